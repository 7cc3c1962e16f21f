"""Reading from the terminal: what comes is handed on at once, whatever bytes it is, and its end keeps nothing busy."""

from __future__ import annotations

import os
import time
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
from textual import events

from tests.engine.engine_room import until
from tui.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.message import Message


class _Driver(Terminal):
    """One that reads from a pipe and hands on to a list."""

    def __init__(self, fileno: int) -> None:
        self.fileno, self._debug, self.exit_event = fileno, False, Event()
        self.keys: list[str] = []

    def process_message(self, message: Message) -> None:
        assert isinstance(message, events.Key)
        self.keys.append(message.key)


@pytest.fixture
def pipe() -> Iterator[tuple[_Driver, int]]:
    """Give a driver that reads, and where to write."""
    end, start = os.pipe()
    driver = _Driver(end)
    thread = Thread(target=driver.run_input_thread)
    thread.start()
    yield driver, start
    driver.exit_event.set()
    thread.join(5)
    assert not thread.is_alive()
    os.close(end)


def test_bytes_become_keys(pipe: tuple[_Driver, int]) -> None:
    """Half a character waits for the other half, what is none is shown as such, and an escape is one after its delay."""
    driver, start = pipe
    os.write(start, b"a\xe7\x8c")
    until(lambda: driver.keys, "the first key")
    os.write(start, b"\xab\xff\x1b[A\x1b")
    until(lambda: driver.keys[-1:] == ["escape"], "the escape")
    assert driver.keys == ["a", "猫", "replacement_character", "up", "escape"]
    os.write(start, b"j")
    until(lambda: driver.keys[-1] == "j", "the next key")
    os.close(start)


def test_the_end_of_what_is_typed_keeps_nothing_busy(
    pipe: tuple[_Driver, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing comes any more that is asked for once; what was typed before is there, and the app can leave."""
    reads: list[bytes] = []
    real = os.read

    def read(fileno: int, size: int) -> bytes:
        reads.append(real(fileno, size))
        return reads[-1]

    monkeypatch.setattr(os, "read", read)
    driver, start = pipe
    os.write(start, b"q")
    os.close(start)
    until(lambda: reads[-1:] == [b""], "the end")
    time.sleep(0.3)
    assert reads.count(b"") == 1
    assert driver.keys == ["q"]
