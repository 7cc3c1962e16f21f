"""Tests of what the dataset's own tags are counted to be while somebody types."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from engine import vocabularies
from engine.errors import CutlineError
from engine.settings import Settings
from engine.workspace import Workspace
from tui.idle import Idle
from tui.typing.completing import Completing

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator

    from tests.tui.trial import Trial


class Typist:
    """Asks for what begins with z, as an editor does."""

    def __init__(self, workspace: Workspace) -> None:
        """Load nothing yet."""
        self._idle = Idle()
        self.completing = Completing(workspace, (), self._idle, lambda _: None)

    async def counts(self) -> dict[str, int]:
        """Open the editor and return how often each tag is said to be there."""
        self.completing.begin()
        await self._idle.reached()
        return {one.tag: one.count for one in self.completing.complete("z")}


@pytest.fixture
def typist(trial: Trial) -> Iterator[Typist]:
    """Sit somebody down before two captions."""
    trial.image("1.png", "zebra").image("2.png", "zebra, zebu")
    typist = Typist(trial.workspace)
    yield typist
    typist.completing.close()


def _write(workspace: Workspace, key: bytes, text: str) -> None:
    workspace.edit(workspace.frame(workspace.entry_of(key).id), text)


async def test_what_is_written_while_captions_are_read_counts_once(
    trial: Trial, typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the reading saw it or not: the count is that of the files."""
    read = vocabularies.count_own
    texts = iter(["zorilla"])

    def slow(*given: object) -> Counter[str]:
        found = read(*given)  # type: ignore[arg-type]
        if text := next(texts, ""):
            _write(trial.workspace, b"2.png", text)
        return found

    monkeypatch.setattr(vocabularies, "count_own", slow)
    assert await typist.counts() == {"zebra": 1, "zorilla": 1}
    _write(trial.workspace, b"2.png", "zebra")
    assert await typist.counts() == {"zebra": 2}


async def test_only_what_became_of_files_counts(trial: Trial, typist: Typist) -> None:
    """A write that was withdrawn changes no count; undo brings the old ones back."""
    desk = trial.workspace
    assert await typist.counts() == {"zebra": 2, "zebu": 1}
    _write(desk, b"2.png", "zorilla")
    (trial.root / "2.txt").write_text("zebra, zebu")
    with desk.store.transaction() as db:
        db.execute("UPDATE writes SET status = 'withdrawn'")
    assert await typist.counts() == {"zebra": 2, "zebu": 1}
    _write(desk, b"2.png", "zorse")
    assert await typist.counts() == {"zebra": 1, "zorse": 1}
    desk.undo_last()
    assert await typist.counts() == {"zebra": 2, "zebu": 1}


async def test_a_folder_opened_alone_counts_its_own_captions(trial: Trial) -> None:
    """What is written elsewhere in the dataset is in no count."""
    whole = trial.image("sub/1.png", "zebra").image("2.png", "zebu").workspace
    with contextlib.closing(Workspace.open(trial.root / "sub", Settings())) as below:
        typist = Typist(below)
        assert await typist.counts() == {"zebra": 1}
        _write(whole, b"2.png", "zorse")
        _write(whole, b"sub/1.png", "zebra, zebu")
        assert await typist.counts() == {"zebra": 1, "zebu": 1}
        typist.completing.close()


async def test_a_store_that_cannot_be_read_leaves_what_is_known(
    trial: Trial, typist: Typist, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Completion goes on with the last counts, and follows again when the store does."""
    assert await typist.counts() == {"zebra": 2, "zebu": 1}
    _write(trial.workspace, b"2.png", "zorse")

    def broken(**_: object) -> None:
        raise CutlineError("the store cannot be read", "wait")

    with monkeypatch.context() as trouble:
        trouble.setattr(trial.workspace, "history", broken)
        assert await typist.counts() == {"zebra": 2, "zebu": 1}
    assert await typist.counts() == {"zebra": 1, "zorse": 1}
