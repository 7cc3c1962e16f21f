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
from engine.models import registry, weights
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


class NotLoaded(CutlineError):
    """Mend the model, its entry or its files: no picture is at fault."""

    code = "model"


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
    identity: str
    """Of the weights that were loaded."""
    fingerprints: set[str]
    """Of questions that it is known to answer."""
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
        self._failed: dict[tuple[_Key, str], tuple[float, CutlineError]] = {}

    def get(self, order: Order) -> Held:
        """Return the model that an order asks, loading it if need be.

        Raises:
            CutlineError: It cannot be loaded, or not where the order wants it.
        """
        key = order.model, order.device
        held = self._held.get(key)
        if held is None or not _answers(held, order):
            with self._loading:
                held = self._held.get(key)
                if held is None or not _answers(held, order):
                    held = self._load(key, order)
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
                retired = not held.users and self._held.get((order.model, order.device)) is not held
            if retired:
                held.adapter.close()

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

    def _load(self, key: _Key, order: Order) -> Held:
        """Load the model that an order asks, in place of one that has changed since."""
        tried = key, order.fingerprint
        failed_at, failure = self._failed.get(tried, (0.0, None))
        if failure is not None and time.monotonic() - failed_at < FAILURE_KEPT_SECONDS:
            raise failure
        telling = False
        try:
            entry, identity = _as_asked(order)
            self._retire(key)
            self._tell(Loading(*key, "loading"))
            telling = True
            with self._calls.waiting(f"{key[0]} to be loaded", LOAD_SECONDS):
                held = self._loaded(entry, identity, key[1])
            if held.elsewhere and order.by_name:
                held.adapter.close()
                raise _wrong_device(held.elsewhere)  # noqa: TRY301  (a failure to load like the others)
        except Exception as error:
            failure = _not_loaded(key[0], error)
            if not isinstance(failure, WrongDevice):  # which another job may put up with
                self._failed[tried] = time.monotonic(), failure
            if telling:
                self._tell(Loading(*key, "failed", failure.message))
            raise failure from error
        self._held[key] = held
        self._tell(Loading(*key, "loaded", held.elsewhere))
        return held

    def _retire(self, key: _Key) -> None:
        """Answer nothing more with a model; the last call under way closes it."""
        with self._counting:
            held = self._held.pop(key, None)
            unused = held is not None and not held.users
        if held is not None:
            if unused:
                held.adapter.close()
            self._tell(Loading(*key, "unloaded"))

    def _loaded(self, entry: Entry, identity: str, device: str) -> Held:
        adapter = registry.load(entry, device)
        elsewhere = ""
        used = getattr(adapter, "runs_on", "")
        if used and used not in {device, device.partition(":")[0]}:
            elsewhere = f"{entry.name} runs on {used}, although {device} was to be used"
        table = adapter.labels()
        if table is None:
            return Held(entry, adapter, "", elsewhere, identity, set())
        table_id = hashlib.sha256(msgspec.json.encode(table)).hexdigest()
        self._tell(Labels(table_id, table.names, table.categories))
        return Held(entry, adapter, table_id, elsewhere, identity, set())


def _answers(held: Held, order: Order) -> bool:
    """Say whether what is loaded is what an order asks about: files and entry may have changed since, or before."""
    if not order.fingerprint or order.fingerprint in held.fingerprints:
        return True
    if registry.fingerprint(held.entry, order.options, order.prompt, held.identity) != order.fingerprint:
        return False
    held.fingerprints.add(order.fingerprint)
    return True


def _as_asked(order: Order) -> tuple[Entry, str]:
    """Return the entry and the identity of the weights as they are now, if they are what an order asks about.

    Raises:
        NotLoaded: They have changed since the job was made: their answers would be stored as those of what was before.
    """
    entry = registry.find(order.model)
    identity = weights.identity(entry)
    if order.fingerprint and order.fingerprint != registry.fingerprint(entry, order.options, order.prompt, identity):
        raise NotLoaded(
            f"{order.model} has changed since it was asked: its files or its catalogue entry", "run the command again"
        )
    return entry, identity


def _not_loaded(name: str, error: Exception) -> CutlineError:
    """Say why a model is not there, in words that blame no picture."""
    if isinstance(error, WrongDevice | NotLoaded):
        return error
    if isinstance(error, CutlineError):
        return NotLoaded(error.message, error.hint)
    said = " ".join(str(error).split())[:300]
    return NotLoaded(f"{name} cannot be loaded: {type(error).__name__}: {said}", "see: cutline engine logs")


def _wrong_device(elsewhere: str) -> WrongDevice:
    return WrongDevice(elsewhere, "see: cutline engine logs; with --device auto it goes on there")
