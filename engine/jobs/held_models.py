"""The models in a worker's memory: loaded on first use, by one thread while the others wait."""

from __future__ import annotations

import hashlib
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.errors import CutlineError
from engine.jobs.frames import Loading
from engine.models import registry
from engine.wire.protocol import Labels

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.jobs.scheduler import ModelKey
    from engine.models.contract import Adapter

FAILURE_KEPT_SECONDS = 30.0
"""A model that could not be loaded is not tried again for so long: a job has thousands of pictures."""


class Held(NamedTuple):
    """A model in memory."""

    adapter: Adapter
    labels: str
    """Id of its label table; empty for a captioner."""
    picture_px: int
    """Pictures may be decoded no smaller; 0 for full size."""


class HeldModels:
    """What is loaded, and what failed to load a moment ago."""

    def __init__(self, tell: Callable[[Loading | Labels], None]) -> None:
        """Start empty.

        Args:
            tell: Called with every change, and with a model's label table before anything can name it.
        """
        self._tell = tell
        self._lock = threading.Lock()
        self._held: dict[ModelKey, Held] = {}
        self._failed: dict[ModelKey, tuple[float, CutlineError]] = {}

    def get(self, name: str, device: str) -> Held:
        """Return a model, loading it if need be.

        Raises:
            CutlineError: It cannot be loaded.
        """
        key = name, device
        if held := self._held.get(key):
            return held
        with self._lock:
            if held := self._held.get(key):
                return held
            failed_at, failure = self._failed.get(key, (0.0, None))
            if failure is not None and time.monotonic() - failed_at < FAILURE_KEPT_SECONDS:
                raise failure
            self._tell(Loading(name, device, "loading"))
            try:
                held = self._load(name, device)
            except Exception as error:
                failure = error if isinstance(error, CutlineError) else _cannot_load(name, error)
                self._failed[key] = time.monotonic(), failure
                self._tell(Loading(name, device, "failed", failure.message))
                raise failure from error
            self._held[key] = held
            self._tell(Loading(name, device, "loaded"))
            return held

    def drop(self, name: str, device: str) -> None:
        """Give a model's memory back; it must have nothing to do."""
        if held := self._held.pop((name, device), None):
            held.adapter.close()
            self._tell(Loading(name, device, "unloaded"))

    def _load(self, name: str, device: str) -> Held:
        entry = registry.find(name)
        adapter = registry.load(entry, device)
        table = adapter.labels()
        if table is None:
            return Held(adapter, "", entry.picture_px)
        table_id = hashlib.sha256(msgspec.json.encode(table)).hexdigest()
        self._tell(Labels(table_id, table.names, table.categories))
        return Held(adapter, table_id, entry.picture_px)


def _cannot_load(name: str, error: Exception) -> CutlineError:
    said = " ".join(str(error).split())[:300]
    return CutlineError(f"{name} cannot be loaded: {type(error).__name__}: {said}", "see: cutline engine logs")
