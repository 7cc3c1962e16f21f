"""The models in a worker's memory: loaded on first use, by one thread while the others wait."""

from __future__ import annotations

import gc
import hashlib
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import msgspec

from engine.errors import CutlineError
from engine.jobs.frames import Loading
from engine.models import registry
from engine.models.contract import Adapter
from engine.models.entry import Entry
from engine.wire.protocol import Labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from engine.jobs.calls import Calls
    from engine.jobs.frames import Order

FAILURE_KEPT_SECONDS = 30.0
"""A model that could not be loaded is not tried again for so long: a job has thousands of pictures."""
LOAD_SECONDS = 1800.0
"""Loading a model, which may be large and come over a network, may take so long."""

_Key = tuple[str, str]


class WrongDevice(CutlineError):
    """Mend the device's driver or libraries, or let the job run elsewhere."""

    code = "device"


class Held(msgspec.Struct, eq=False):
    """A model in memory."""

    entry: Entry
    adapter: Adapter
    labels: str
    """Id of its label table; empty for a captioner."""
    elsewhere: str
    """Why it does not run where it should, in one sentence; empty when it does."""
    users: int = 0
    """Calls under way; it is not unloaded during one."""


class HeldModels:
    """What is loaded, and what failed to load a moment ago."""

    def __init__(self, tell: Callable[[Loading | Labels], None], calls: Calls) -> None:
        """Start empty.

        Args:
            tell: Called with every change, and with a model's label table before anything can name it.
            calls: Where the time spent loading is counted.
        """
        self._tell = tell
        self._calls = calls
        self._loading = threading.Lock()
        self._counting = threading.Lock()
        self._held: dict[_Key, Held] = {}
        self._failed: dict[_Key, tuple[float, CutlineError]] = {}

    def get(self, order: Order) -> Held:
        """Return the model that an order asks, loading it if need be.

        Raises:
            CutlineError: It cannot be loaded, or not where the order wants it.
        """
        key = order.model, order.device
        held = self._held.get(key)
        if held is None:
            with self._loading:
                held = self._held.get(key) or self._load(key, by_name=order.by_name)
        if held.elsewhere and order.by_name:
            raise _wrong_device(held.elsewhere)
        return held

    @contextmanager
    def use(self, order: Order) -> Iterator[Held]:
        """Return the model that an order asks, which stays loaded meanwhile.

        Raises:
            CutlineError: It cannot be loaded, or not where the order wants it.
        """
        while True:
            held = self.get(order)
            with self._counting:
                if self._held.get((order.model, order.device)) is held:
                    held.users += 1
                    break
        try:
            yield held
        finally:
            with self._counting:
                held.users -= 1

    def drop(self, name: str, device: str) -> None:
        """Give a model's memory back, unless it is at work."""
        with self._counting:
            held = self._held.get((name, device))
            if held is None or held.users:
                return
            del self._held[name, device]
        held.adapter.close()
        self._tell(Loading(name, device, "unloaded"))

    def drop_others(self, name: str, device: str) -> None:
        """Give back the memory of all other models that are not at work."""
        for key in [key for key in self._held if key != (name, device)]:
            self.drop(*key)
        gc.collect()

    def _load(self, key: _Key, *, by_name: bool) -> Held:
        failed_at, failure = self._failed.get(key, (0.0, None))
        if failure is not None and time.monotonic() - failed_at < FAILURE_KEPT_SECONDS:
            raise failure
        self._tell(Loading(*key, "loading"))
        try:
            with self._calls.waiting(f"{key[0]} to be loaded", LOAD_SECONDS):
                held = self._loaded(*key)
            if held.elsewhere and by_name:
                held.adapter.close()
                raise _wrong_device(held.elsewhere)  # noqa: TRY301  (a failure to load like the others)
        except Exception as error:
            failure = error if isinstance(error, CutlineError) else _cannot_load(key[0], error)
            if not isinstance(failure, WrongDevice):  # which another job may put up with
                self._failed[key] = time.monotonic(), failure
            self._tell(Loading(*key, "failed", failure.message))
            raise failure from error
        self._held[key] = held
        self._tell(Loading(*key, "loaded", held.elsewhere))
        return held

    def _loaded(self, name: str, device: str) -> Held:
        entry = registry.find(name)
        adapter = registry.load(entry, device)
        elsewhere = ""
        used = getattr(adapter, "runs_on", "")
        if used and used not in {device, device.partition(":")[0]}:
            elsewhere = f"{name} runs on {used}, although {device} was to be used"
        table = adapter.labels()
        if table is None:
            return Held(entry, adapter, "", elsewhere)
        table_id = hashlib.sha256(msgspec.json.encode(table)).hexdigest()
        self._tell(Labels(table_id, table.names, table.categories))
        return Held(entry, adapter, table_id, elsewhere)


def _wrong_device(elsewhere: str) -> WrongDevice:
    return WrongDevice(elsewhere, "see: cutline engine logs; with --device auto it goes on there")


def _cannot_load(name: str, error: Exception) -> CutlineError:
    said = " ".join(str(error).split())[:300]
    return CutlineError(f"{name} cannot be loaded: {type(error).__name__}: {said}", "see: cutline engine logs")
