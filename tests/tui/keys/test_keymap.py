"""Keys in force: who has which, who lost one and what is said about it, and that they work on the screen."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from textual.binding import Binding

from engine.settings import Settings, load
from tests.stories.sitting import Sitting
from tui import commands
from tui.actions.action import Command
from tui.app import CutlineApp
from tui.jobs import job_commands
from tui.keys.keymap import PLAIN, SCREENS, WAYS_OUT, Keymap, here
from tui.keys.presets import PRESETS
from tui.screens.review import ReviewScreen
from tui.widgets.tag_editor import TagEditor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.tui.trial import Trial


SOME = (
    *(commands.Accept, commands.Reject, commands.Skip, commands.Flag, commands.Undo, commands.ToggleHunk),
    *(commands.NextHunk, commands.PreviousHunk, commands.ShowCandidate, commands.Next, commands.Previous),
    *(commands.Jobs, commands.Help, commands.Quit),
)
"""A screen of some actions, whatever others there are."""


def review(**wishes: str | Sequence[str]) -> Keymap:
    """Return the keymap of a `[keys]` table."""
    return Keymap(wishes)


def test_the_defaults_hold_without_settings() -> None:
    """Every action of every screen has its default keys, and no two want the same one."""
    for actions in SCREENS.values():
        keys = PLAIN.keys(actions)
        assert {action: keys.of(action) for action in actions} == {action: action.keys for action in actions}
        assert keys.clashes == ()
    assert PLAIN.problems == []


@pytest.mark.parametrize(("preset", "screen"), [*itertools.product(PRESETS, SCREENS)])
def test_every_action_has_a_key_in_every_preset(preset: str, screen: str) -> None:
    """A preset leaves no action of any screen without a key, gives none away twice, and leaves ctrl+c alone."""
    keys = review(preset=preset).keys(SCREENS[screen])
    held = [key for action in SCREENS[screen] for key in keys.of(action)]
    assert len(held) == len(set(held))
    assert set(WAYS_OUT) & set(held) == (set(WAYS_OUT) if screen == "review" else set())  # the app has them everywhere
    assert [action.name for action in SCREENS[screen] if not keys.of(action)] == []
    assert review(preset=preset).problems == []


def test_presets_name_actions_that_exist() -> None:
    """A preset's actions are those of some screen."""
    known = {action.name for actions in SCREENS.values() for action in actions}
    assert {name for preset in PRESETS.values() for name in preset} <= known


def test_hands_find_what_they_know() -> None:
    """The vim preset moves with hjkl and inserts with i; Prodigy's ignores with space and undoes with backspace."""
    vim, prodigy = (review(preset=name).keys(commands.ALL) for name in ("vim", "prodigy"))
    moves = (commands.PreviousHunk, commands.Next, commands.Previous, commands.NextHunk)
    assert [vim.shown(move) for move in moves] == ["h", "j", "k", "l"]
    assert vim.shown("edit") == "i"
    assert [prodigy.shown(name) for name in ("accept", "reject", "skip", "undo", "flag")] == [
        *("a", "x", "space", "backspace", "f"),
    ]
    assert prodigy.all_shown("show_candidate") == "1 … 9"


def test_what_a_person_sets_wins_over_the_preset_and_the_default() -> None:
    """An own key is taken from whoever had it; who has no key left is told, who has another is not."""
    keymap = review(preset="vim", jobs="h", skip=["x", "z"])
    keys = keymap.keys(SOME)
    assert (keys.of("jobs"), keys.of("skip")) == (("h",), ("x", "z"))
    assert keys.of("previous_hunk") == ("shift+tab", "left")
    assert keys.of("reject") == ()
    assert [str(clash) for clash in keys.clashes] == [
        "key x: skip has it, not reject, which has no key now",
        "key h: jobs has it, not previous_hunk, which has shift+tab ←",
    ]
    assert "key x: skip has it, not reject, which has no key now" in keymap.problems
    assert not any(problem.startswith("key h: jobs has it, not previous") for problem in keymap.problems)


def test_of_two_own_wishes_the_later_action_loses() -> None:
    """A key set for two actions is the first one's, in the order of the help; both are named."""
    keymap = review(skip="f5", accept=["f5", "a"])
    assert keymap.keys(SOME).of("accept") == ("f5", "a")
    assert keymap.problems == ["key f5: accept has it, not skip, which has no key now"]


def test_a_preset_takes_no_actions_only_key() -> None:
    """Where a preset wants the only key of an action that it does not name, that action keeps it."""

    class Later(Command):
        """An action that the vim preset does not know."""

        name, keys = "later", ("n",)

    keys = review(preset="vim").keys((*SOME, Later))
    assert keys.of(Later) == ("n",)
    assert keys.of("next") == ("j", "down")
    assert [str(clash) for clash in keys.clashes] == ["key n: later has it, not next, which has j ↓"]


def test_an_action_without_a_key() -> None:
    """An empty entry takes an action's keys away; texts that mention it say so."""
    keymap = review(undo="", flag=[])
    keys = keymap.keys(commands.ALL)
    assert keys.of("undo") == keys.of("flag") == ()
    assert (keys.shown("undo"), keys.all_shown("undo")) == ("", "")
    assert (
        keys.text("{undo} takes that back, {skip} passes over it") == "undo (no key) takes that back, s passes over it"
    )
    assert keymap.problems == []


def test_the_way_out_stays() -> None:
    """Whatever is set, ctrl+c and ctrl+q leave; giving them away is refused in words."""
    keymap = review(quit="Z", back=[], accept="ctrl+c")
    assert keymap.keys(commands.ALL).of("quit") == ("Z", *WAYS_OUT)
    assert keymap.keys(job_commands.ALL).of("back") == ()
    assert {binding.key for binding in CutlineApp.BINDINGS if isinstance(binding, Binding)} == set(WAYS_OUT)
    assert keymap.keys(commands.ALL).of("accept") == ("a",)
    assert keymap.problems == ["keys.accept: ctrl+c always leaves: choose another key"]


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        ({"acept": "f6"}, "keys.acept: there is no such action: did you mean accept?"),
        ({"accept": "escpe"}, "keys.accept: there is no key 'escpe': did you mean escape?"),
        ({"write_caption": "w"}, "keys.write_caption: w is typed there: put ctrl or alt before it"),
        ({"take_change": "space"}, "keys.take_change: space is typed there"),
        ({"preset": "vi"}, "keys.preset: there is no preset 'vi': did you mean vim?"),
        ({"preset": ["vim"]}, "keys.preset: there is no preset"),
    ],
)
def test_a_mistake_is_named_and_the_rest_holds(wishes: dict[str, str], says: str) -> None:
    """An unknown action, key or preset is told with the nearest; everything else is in force."""
    keymap = review(**wishes, skip="f5")
    assert len(keymap.mistakes) == 1
    assert says in keymap.mistakes[0]
    assert keymap.keys(commands.ALL).of("skip") == ("f5",)
    assert keymap.keys(commands.ALL).of("accept") == ("a",)


def test_a_name_holds_on_every_screen_that_has_it() -> None:
    """One entry for `next` is its key on every screen; of an action of another screen the default is known."""
    keymap = review(next="f5", retry="N")
    assert keymap.keys(commands.ALL).of(commands.Next) == ("f5",)
    assert keymap.keys(job_commands.ALL).of(job_commands.Next) == ("f5",)
    assert keymap.keys(job_commands.ALL).of(job_commands.Retry) == ("N",)
    assert keymap.keys(commands.ALL).of(job_commands.Cancel) == ("c",)
    assert keymap.problems == []


def test_numbered_keys_keep_their_numbers() -> None:
    """A numbered action whose second key is lost keeps the third for the third candidate; every key is bound once."""
    keys = review(show_candidate=["7", "8", "9"], skip="8").keys(SOME)
    bound = Bound()
    keys.bind(bound, "turn")
    assert keys.all_shown("show_candidate") == "7 9"
    assert bound.calls["7"] == "turn('show_candidate', 1)"
    assert bound.calls["8"] == "turn('skip')"
    assert bound.calls["9"] == "turn('show_candidate', 3)"


class Bound:
    """Keeps what is bound."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.calls: dict[str, str] = {}
        self.key_to_bindings: dict[str, object] = {}

    def bind(self, keys: str, action: str) -> None:
        """Keep one."""
        assert keys not in self.calls
        self.calls[keys] = action


async def test_keys_of_the_settings_work_and_are_shown(trial: Trial) -> None:
    """On the review and jobs screens the keys in force act, the old ones do nothing, and every text names the new."""
    trial.image("a.png", "cat").image("b.png", "dog")
    wishes: dict[str, str | tuple[str, ...]] = {"next": "f2", "undo": "backspace", "accept": "f3", "jobs": "f4"}
    wishes |= {"hold_or_go_on": "f6", "help": "f1"}
    app = CutlineApp(trial.workspace, Settings(keys=wishes), "none")
    async with app.run_test(size=(160, 40)) as pilot:
        sitting = Sitting(app, pilot)
        await sitting.settle()
        sitting.shows("f3 accept", "backspace undo", "f3 approves the caption", "f1 help")
        await sitting.press("a", "j")
        assert (sitting.in_view, sitting.counts.accepted) == ("a.png", 0)
        await sitting.press("f3")
        assert sitting.counts.accepted == 1
        await sitting.press("u")
        assert sitting.counts.accepted == 1
        await sitting.press("backspace")
        assert sitting.counts.accepted == 0
        await sitting.press("f2")
        assert sitting.in_view == "b.png"
        await sitting.press("f1")
        sitting.shows("f3   ", "Decide", "backspace   ")
        await sitting.press("f1")
        assert isinstance(app.screen, ReviewScreen)
        await sitting.press("f4")
        sitting.shows("f6 pause/resume")


async def test_keys_of_the_editors_are_set_like_all_others(trial: Trial) -> None:
    """The editor's keys in force act and are named in its frame and the key bar; those they replace do nothing."""
    trial.image("a.png", "cat")
    wishes: dict[str, str | tuple[str, ...]] = {
        "write_caption": "f2",
        "leave_caption": "ctrl+x",
        "undo_typing": "alt+z",
        "delete_tag": "f2",
    }
    app = CutlineApp(trial.workspace, Settings(keys=wishes), "none")
    async with app.run_test(size=(160, 40)) as pilot:
        sitting = Sitting(app, pilot)
        await sitting.settle()
        sitting.shows("key f2: write_caption has it, not delete_tag, which has no key now")
        await sitting.press("e")
        sitting.shows("f2 write · ctrl+x keep as draft", "f2 write the file", "alt+z ctrl+y undo, redo typing")
        sitting.shows_not("delete it")
        await sitting.write("s!")
        await sitting.press("ctrl+z", "alt+z")
        assert app.screen.query_one(TagEditor).text == "cat"
        await sitting.write("s")
        await sitting.press("ctrl+s", "escape")
        assert (trial.root / "a.txt").read_text() == "cat"
        await sitting.press("f2")
        assert (trial.root / "a.txt").read_text() == "cats"


async def test_what_is_wrong_with_keys_is_said_at_the_start(trial: Trial) -> None:
    """Mistakes and clashes stand in the status line; the screen works with the rest."""
    trial.image("a.png", "cat")
    app = CutlineApp(trial.workspace, Settings(keys={"acept": "f5", "skip": "x"}), "none")
    async with app.run_test(size=(160, 40)) as pilot:
        sitting = Sitting(app, pilot)
        await sitting.settle()
        sitting.shows("keys.acept: there is no such action: did you mean accept?", "skip has it, not reject")
        assert here(app.screen).of("skip") == ("x",)


async def test_every_problem_of_keys_is_told_in_a_small_window(trial: Trial) -> None:
    """An action that does not exist is told in few words, so that those that lost their keys are named, too."""
    trial.image("a.png", "cat")
    app = CutlineApp(trial.workspace, Settings(keys={"skip": ("space", "a"), "palette": "F", "foo": "1"}), "none")
    async with app.run_test(size=(80, 24)) as pilot:
        sitting = Sitting(app, pilot)
        await sitting.settle()
        told = " ".join(sitting.text.split())
        for problem in app.keymap.problems:
            assert problem in told
        assert len(app.keymap.problems) == 3
    many = Keymap({f"foo{number}": "f5" for number in range(9)} | {"skip": "x"})
    assert [problem.split()[0] for problem in many.problems] == [
        "keys.foo0:",
        "keys.foo1:",
        "keys.foo2:",
        "keys.foo3:",
        "6",
    ]


async def test_the_theme_key_changes_the_look_and_is_written_down(trial: Trial) -> None:
    """One key puts on the next theme, says so, and the settings name it."""
    trial.image("a.png", "cat")
    async with trial.app().run_test(size=(120, 40)) as pilot:
        app = pilot.app
        assert isinstance(app, CutlineApp)
        sitting = Sitting(app, pilot)
        await sitting.settle()
        before = sitting.sent
        await sitting.press(commands.Theme)
        assert load().screen.theme == app.theme == app.looks.names()[1]
        sitting.shows(f"theme {app.theme}, also the next time")
        assert sitting.sent != before


async def test_an_action_without_a_key_is_mentioned_by_its_name(trial: Trial) -> None:
    """No sentence has a hole where the key would stand."""
    trial.image("a.png", "cat")
    app = CutlineApp(trial.workspace, Settings(keys={"accept": "", "undo": ""}), "none")
    async with app.run_test(size=(160, 40)) as pilot:
        sitting = Sitting(app, pilot)
        await sitting.settle()
        sitting.shows("accept (no key) approves the caption")
        await sitting.press("d")
        sitting.shows("set aside; undo (no key) brings it back")
