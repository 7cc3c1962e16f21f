"""Reaching an engine of another version: what is said, what is asked, what is restarted. Real engines."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from engine.errors import TooNew
from engine.wire import lifecycle
from tests.engine.engine_room import EngineRoom, until
from tests.engine.odd_models import BLOCKING
from tui.shell import connecting, questions
from tui.shell.connecting import connect
from tui.shell.output import Output

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.tui.shell.terminal import Terminal


class Person:
    """Somebody at a terminal, who answers always alike."""

    def __init__(self, *, there: bool, answer: bool = True) -> None:
        """Sit down, or not."""
        self.there, self.answer = there, answer
        self.asked: list[str] = []

    def hears(self, _: Output, question: str) -> bool:
        """Answer."""
        self.asked.append(question)
        return self.answer


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Stop the engine that a test leaves running."""
    yield
    lifecycle.stop(now=True)


@pytest.fixture
def person(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Person:
    """Put a person, or nobody, at the terminal."""
    person: Person = request.param
    person.asked.clear()
    monkeypatch.setattr(connecting, "can_ask", lambda _: person.there)
    monkeypatch.setattr(connecting, "says_yes", person.hears)
    return person


def start() -> int:
    """Start an engine and return its process."""
    with lifecycle.find_or_start() as client:
        return client.status().pid


NOBODY, YES, NO = Person(there=False), Person(there=True), Person(there=True, answer=False)


@pytest.mark.parametrize("person", [NOBODY, YES], indirect=True)
def test_the_same_version_is_not_spoken_of(person: Person, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is said and nothing asked."""
    pid = start()
    with connect(Output()) as client:
        assert client.status().pid == pid
    assert (person.asked, capsys.readouterr()) == ([], ("", ""))


@pytest.mark.parametrize("person", [NOBODY], indirect=True)
def test_another_version_is_told_once_where_nobody_can_be_asked(
    person: Person, cutline: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line on stderr with what to do, and the command goes on with the engine there is."""
    pid = start()
    monkeypatch.setattr(lifecycle, "program_version", lambda: "9.9")
    said = cutline("engine", "start", "--json")
    assert (said.code, said.json["pid"], person.asked) == (0, pid, [])
    assert "this is 9.9 (to run this one: cutline engine stop)\n" in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("person", [YES, NO], indirect=True)
def test_an_idle_engine_of_another_version_is_restarted_by_who_says_so(
    person: Person, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A yes gives a new engine, a no the old one; either way it is said once."""
    pid = start()
    monkeypatch.setattr(lifecycle, "program_version", lambda: "9.9")
    with connect(Output()) as client:
        assert (client.status().pid == pid) is not person.answer
    (question,) = person.asked
    assert question.endswith("this is 9.9; restart it now?")
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("person", [YES], indirect=True)
def test_an_engine_at_work_is_not_restarted(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """While a job runs nobody is asked: the difference is told, and where the two cannot talk it is refused."""
    room = EngineRoom(tmp_path)
    with ExitStack() as ending:
        ending.callback(room.close)
        client = room.start()
        client.submit(room.job([room.picture("a.png", BLOCKING)]))
        until(lambda: client.status().jobs.get("running"), "it runs")
        pid = client.status().pid
        monkeypatch.setattr(lifecycle, "program_version", lambda: "9.9")
        with connect(Output()) as found:
            assert found.status().pid == pid
        assert "this is 9.9" in capsys.readouterr().err
        monkeypatch.setattr(lifecycle, "PROTOCOL_VERSION", 99)
        with pytest.raises(TooNew, match="an older cutline") as refused:
            connect(Output())
        assert refused.value.hint == "wait for its jobs, then: cutline engine stop"
        assert person.asked == []


@pytest.mark.parametrize("person", [NOBODY, YES, NO], indirect=True)
def test_an_engine_that_is_not_understood_is_refused_or_restarted(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a common protocol only a restart helps: by who says yes, else the command that does it is named."""
    pid = start()
    with monkeypatch.context() as foreign:

        def hears(out: Output, question: str) -> bool:
            foreign.undo()  # the engine that starts now speaks our protocol
            return person.hears(out, question)

        foreign.setattr(lifecycle, "PROTOCOL_VERSION", 99)
        foreign.setattr(connecting, "says_yes", hears)
        if person.there and person.answer:
            with connect(Output()) as client:
                assert client.status().pid != pid
        else:
            with pytest.raises(TooNew, match="an older cutline") as refused:
                connect(Output())
            assert refused.value.hint == "run: cutline engine stop"
    assert len(person.asked) == person.there


@pytest.mark.parametrize(
    ("typed", "answer"), [("\n", True), ("y\n", True), ("Yes\n", True), ("n\n", False), ("what\n", False), ("", False)]
)
def test_a_question_is_answered_at_the_terminal(typed: str, answer: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    """Enter, y and yes are a yes, all else is a no; the question stands on stderr, made safe."""
    ours, theirs = os.openpty()
    monkeypatch.setenv("TERM", "xterm")
    with ExitStack() as ending:
        stdin = ending.enter_context(open(theirs, encoding="utf-8"))  # noqa: PTH123  (a descriptor)
        stderr = ending.enter_context(open(os.dup(theirs), "w", encoding="utf-8"))  # noqa: PTH123
        ending.callback(os.close, ours)
        monkeypatch.setattr("sys.stdin", stdin)
        monkeypatch.setattr("sys.stderr", stderr)
        out = Output()
        assert questions.can_ask(out)
        os.write(ours, typed.encode() or b"\x04")
        assert questions.says_yes(out, "now\x1b?") is answer
        seen = bytearray()
        while "now␛? [Y/n] ".encode() not in seen:  # what was typed is echoed before it
            seen += os.read(ours, 1000)


def test_nobody_is_asked_through_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal on stdin there is nobody to ask."""
    reading, writing = os.pipe()
    with open(reading, encoding="utf-8") as stdin:  # noqa: PTH123  (a descriptor)
        monkeypatch.setattr("sys.stdin", stdin)
        assert not questions.can_ask(Output())
    os.close(writing)
