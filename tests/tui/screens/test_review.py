"""The review screen on a real workspace: keys, decisions, drafts, hostile text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from engine.settings import Settings
from engine.workspace import Workspace
from tests.tui.screens.seen import codes, press, text
from tests.tui.trial import HOSTILE
from tui.app import CutlineApp
from tui.messages import ResultsStored
from tui.screens import editing

if TYPE_CHECKING:
    from textual.pilot import Pilot

    from tests.tui.trial import Trial

SIZES = [(80, 24), (120, 40), (200, 60)]
FORBIDDEN = re.compile(
    r"\x1b(?!\[[0-9;]*m)|[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Everything but colour codes and newlines that a terminal obeys."""


def name_in_view(app: CutlineApp) -> str:
    """Return the file name of the card in view."""
    assert app.turns.card is not None
    return app.turns.card.frame.image.key.rpartition(b"/")[2].decode("utf-8", "surrogateescape")


async def started(pilot: Pilot[int], app: CutlineApp) -> None:
    """Wait for the first card."""
    await pilot.pause()
    await app.until_idle()
    await pilot.pause()


async def test_the_first_image_waits_for_no_other(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits first is on the screen before the others are loaded, and is the first of all when they are."""
    for name in ("1.png", "2.png", "3.png"):
        trial.image(name)
    trial.tags("2.png", dog=0.7)
    workspace = Workspace.open(trial.root, Settings(), load=False)
    app = CutlineApp(workspace, Settings(), "none")
    seen: list[tuple[int, str]] = []
    load = workspace.load

    def watched() -> None:
        seen.append((len(workspace.entries), name_in_view(app)))
        load()

    monkeypatch.setattr(workspace, "load", watched)
    async with app.run_test(size=(100, 30)) as pilot:
        await started(pilot, app)
        assert seen[0] == (1, "2.png")
        assert name_in_view(app) == "2.png"
        assert (app.turns.place, app.turns.length) == (0, 3)
    workspace.close()


async def test_accepting_writes_and_moves_on(trial: Trial) -> None:
    """`a` writes the chosen tags after the caption and shows the next image that waits."""
    trial.image("1.png", "cat").image("2.png")
    trial.tags("1.png", sofa=0.9, window=0.8)
    trial.tags("2.png", dog=0.7)
    app = trial.app()
    async with app.run_test(size=(100, 30)) as pilot:
        await started(pilot, app)
        assert "WILL BE WRITTEN" in text(app)
        assert "cat, sofa, window" in text(app)
        await press(pilot, app, "a")
        assert name_in_view(app) == "2.png"
        assert "1.png: accepted and written" in text(app)
    assert trial.caption("1.png") == b"cat, sofa, window"
    assert trial.caption("2.png") is None


async def test_unchosen_hunk_is_not_written(trial: Trial) -> None:
    """`space` on the second change leaves it out of the file."""
    trial.image("1.png", "cat")
    trial.tags("1.png", sofa=0.9, window=0.8)
    app = trial.app()
    async with app.run_test() as pilot:
        await started(pilot, app)
        await press(pilot, app, "tab", "space", "a")
    assert trial.caption("1.png") == b"cat, sofa"


async def test_keys_pressed_at_once_each_act_on_the_then_current_image(trial: Trial) -> None:
    """Twenty `a` pressed without waiting accept twenty images, each once."""
    names = [f"{number:02}.png" for number in range(20)]
    for name in names:
        trial.image(name)
    for name in names:
        trial.tags(name, sofa=0.9)
    app = trial.app()
    async with app.run_test() as pilot:
        await started(pilot, app)
        for _ in range(20):
            app.screen.action_turn("accept")  # type: ignore[attr-defined]
        await app.until_idle()
        assert app.turns.counts.accepted == 20
    kinds = [row.kind for row in trial.workspace.history()]
    assert kinds == ["accept"] * 20


async def test_key_acts_on_the_card_that_was_seen(trial: Trial) -> None:
    """A candidate that arrives between the key and its turn is neither written nor answered."""
    trial.image("1.png", "cat")
    trial.tags("1.png", sofa=0.9)
    app = trial.app()
    async with app.run_test() as pilot:
        await started(pilot, app)
        trial.tags("1.png", source="late", window=0.9)
        app.turns.ask(app.turns.look)
        app.screen.action_turn("accept")  # type: ignore[attr-defined]
        await app.until_idle()
    assert trial.caption("1.png") == b"cat, sofa"
    (entry,) = trial.workspace.entries.values()
    assert entry.state == "pending"


async def test_reject_skip_flag_and_undo(trial: Trial) -> None:
    """Each mark is counted, and `u` takes back this session's last step where it was made."""
    for name in "123":
        trial.image(f"{name}.png", "cat")
    for name in "123":
        trial.tags(f"{name}.png", sofa=0.9)
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await started(pilot, app)
        await press(pilot, app, "x", "s", "f")
        assert (app.turns.counts.rejected, app.turns.counts.skipped, app.turns.counts.flagged) == (1, 1, 1)
        await press(pilot, app, "u", "u")
        assert name_in_view(app) == "2.png"
        await press(pilot, app, "u")
        assert name_in_view(app) == "1.png"
        assert app.turns.counts.pending == 3
        await press(pilot, app, "u")
        assert "nothing of this session is left to undo" in text(app)
    assert trial.caption("1.png") == b"cat"


async def test_accepting_one_candidate_stays(trial: Trial) -> None:
    """`A` writes the candidate in view, stays, and the other is compared with the new text."""
    trial.image("1.png", "cat")
    trial.tags("1.png", source="one", sofa=0.9)
    trial.tags("1.png", source="two", sofa=0.9, window=0.8)
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await started(pilot, app)
        await press(pilot, app, "A")
        assert trial.caption("1.png") == b"cat, sofa"
        assert app.turns.card is not None
        assert [hunk.new for hunk in app.turns.card.hunks] == ["window"]
        assert "one ✓ taken" in text(app)


async def test_results_of_a_followed_job_are_counted(trial: Trial) -> None:
    """Results that a thread of ours stored, and refreshed the workspace for, are shown and counted."""
    trial.image("1.png", "cat").image("2.png", "cat")
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await started(pilot, app)
        assert app.turns.counts.untouched == 2
        trial.tags("1.png", sofa=0.9)  # refreshes, too
        trial.tags("2.png", sofa=0.9)
        app.screen.post_message(ResultsStored())
        await pilot.pause()
        await app.until_idle()
        await pilot.pause()
        assert app.turns.counts.pending == 2
        assert "+ sofa" in text(app)


async def test_disabled_key_says_why(trial: Trial) -> None:
    """A key that does nothing now gives its reason."""
    trial.image("1.png", "cat")
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await started(pilot, app)
        for key, reason in (("x", "no candidate is open"), ("space", "nothing is proposed"), ("k", "the first image")):
            await press(pilot, app, key)
            assert reason in text(app)


async def test_image_without_proposal_is_approved_once(trial: Trial) -> None:
    """`a` approves a caption as it stands; held down it does not approve again."""
    trial.image("1.png", "cat")
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await started(pilot, app)
        await press(pilot, app, "a", "a", "a")
        assert "accepted already" in text(app)
    assert [row.kind for row in trial.workspace.history()] == ["approve"]
    assert trial.caption("1.png") == b"cat"


async def test_edit_is_written_with_ctrl_s(trial: Trial) -> None:
    """`e`, typing and ctrl+s write the file; keys typed in the editor decide nothing."""
    trial.image("1.png", "cat\r\n")
    trial.tags("1.png", sofa=0.9)
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await started(pilot, app)
        await press(pilot, app, "e", "x", "a", "tab", "ctrl+s")
        assert "edited and written" in text(app)
        await press(pilot, app, "f")
        assert app.turns.counts.flagged == 1
    assert trial.caption("1.png") == b"catxa\r\n"
    assert [row.kind for row in trial.workspace.history()] == ["edit", "flag"]


async def test_unsaved_text_is_kept_as_a_draft(trial: Trial) -> None:
    """Escape writes nothing and loses nothing: `e` goes on where it was; the first escape closes the list of tags."""
    trial.image("1.png", "cat")
    app = trial.app()
    async with app.run_test(size=(120, 40)) as pilot:
        await started(pilot, app)
        await press(pilot, app, "e", "s", "escape", "escape")
        assert "kept as a draft, not written" in text(app)
        assert "✎ draft" in text(app)
        await press(pilot, app, "e", "!", "ctrl+s")
    assert trial.caption("1.png") == b"cats!"


async def test_edit_against_a_file_changed_outside_is_not_lost(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the caption changed meanwhile nothing is written, the text stays in the editor, and ctrl+s again writes it."""
    monkeypatch.setattr(editing, "KEY_REPEAT_SECONDS", 0.0)
    trial.image("1.png", "cat")
    app = trial.app()
    async with app.run_test(size=(140, 40)) as pilot:
        await started(pilot, app)
        await press(pilot, app, "e", "s")
        (trial.root / "1.txt").write_bytes(b"dog")
        await press(pilot, app, "ctrl+s")
        assert trial.caption("1.png") == b"dog"
        assert "changed on disk" in text(app)
        await press(pilot, app, "ctrl+s")
    assert trial.caption("1.png") == b"cats"


async def test_outside_change_is_shown_before_it_is_decided(trial: Trial) -> None:
    """A caption changed outside is refused once, shown as it is now, and then accepted on top."""
    trial.image("1.png", "cat")
    trial.tags("1.png", sofa=0.9)
    app = trial.app()
    async with app.run_test(size=(140, 40)) as pilot:
        await started(pilot, app)
        (trial.root / "1.txt").write_bytes(b"dog")
        app.screen.action_turn("accept")  # type: ignore[attr-defined]
        await app.until_idle()
        await pilot.pause()
        assert trial.caption("1.png") == b"dog"
        assert "dog, sofa" in text(app)
        await press(pilot, app, "a")
    assert trial.caption("1.png") == b"dog, sofa"


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_hostile_text_never_reaches_the_terminal(trial: Trial, size: tuple[int, int]) -> None:
    """Escape sequences, markup, bidi controls and broken bytes in names, captions, tags and sources are only shown."""
    name = b"1 [/] \x1b[2J\xff\n.png"
    key = name.decode("utf-8", "surrogateescape")
    trial.image(name, HOSTILE.encode() + b" \xff\xfe").image("2.png", "fine")
    trial.named_tags(key, {HOSTILE: 0.9, "[b]tag": 0.8}, source=f"so[/]urce {HOSTILE}")
    trial.prose(key, f"A sentence with {HOSTILE} in it, long enough to be prose.", source="[red]")
    app = trial.app("symbols")
    async with app.run_test(size=size) as pilot:
        await started(pilot, app)
        for keys in ((), ("2",), ("tab", "space"), ("e",), ("x", "escape"), ("a",), ("u",), ("question_mark",)):
            await press(pilot, app, *keys)
            assert not FORBIDDEN.search(codes(app)), keys
        assert "a [/] b" in text(app) or "Decide" in text(app)


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_screen_shows_name_caption_changes_result_and_keys(trial: Trial, size: tuple[int, int]) -> None:
    """At every size the person sees the image's name, its state, the caption, the scores, the result and the keys."""
    trial.image("10_cat house/1.png", "cat")
    trial.tags("10_cat house/1.png", sofa=0.91)
    app = trial.app("symbols")
    async with app.run_test(size=size) as pilot:
        await started(pilot, app)
        seen = text(app)
        for part in ("1.png", "● pending", "×10", "24×16", "cat", "+ sofa", "0.91", "cat, sofa", "a accept", "? help"):
            assert part in seen, part
