"""`cutline config keys`, `themes` and `set`."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from engine import settings
from engine.paths import config_dir, ensure
from tests.tui.looks.test_themes import GOOD
from tui import commands
from tui.looks import themes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.shell.terminal import Terminal


@pytest.fixture
def file() -> Path:
    """Name the settings file; its folder exists."""
    return ensure(config_dir()) / "cutline.toml"


def test_keys_are_listed_as_they_are_in_force(cutline: Terminal, file: Path) -> None:
    """Every action is there with its keys; clashes and mistakes are told, and end nothing."""
    file.write_text('[keys]\npreset = "vim"\nskip = "x"\nacept = "f5"\n')
    said = cutline("config", "keys")
    assert said.code == 0
    assert all(f" {action.name} " in said.out for action in commands.ALL)
    assert "h shift+tab ←" in said.out
    assert "review: key x: skip has it, not reject, which has no key now" in said.err
    assert "did you mean accept?" in said.err
    found = cutline("config", "keys", "--json").json
    assert found["preset"] == "vim"
    assert {"action": "undo", "keys": ["u"], "help": commands.Undo.help} in found["screens"]["review"]
    assert [(clash["winner"], clash["loser"]) for clash in found["clashes"] if clash["matters"]] == [("skip", "reject")]
    assert len(found["mistakes"]) == 1


def test_no_key_is_no_key_of_that_name(cutline: Terminal, file: Path) -> None:
    """An action that has lost its key does not look as if it had the key -, which another one has."""
    file.write_text('[keys]\nskip = "x"\n')
    listed = [line.split("  ")[1] for line in cutline("config", "keys").out.splitlines() if " reject " in line]
    assert listed == ["(no key)"]


def test_themes_are_listed_with_their_contrast(cutline: Terminal, file: Path) -> None:
    """Ours and the person's own are there, the one in force is marked, broken ones are told."""
    ensure(file.parent / "themes")
    (file.parent / "themes" / "own.toml").write_text(GOOD)
    (file.parent / "themes" / "broken.toml").write_text("[colours]")
    file.write_text('[screen]\ntheme = "paper"\n')
    rows = cutline("config", "themes", "--json").rows
    assert {row["name"] for row in rows} == set(themes.names())
    assert [row["name"] for row in rows if row["in_force"]] == ["paper"]
    assert {row["name"] for row in rows if row["contrast"] < 4.5} == {"own"}
    said = cutline("config", "themes")
    assert "* paper" in said.out
    assert "broken.toml" in said.err
    file.write_text('[screen]\ntheme = "papper"\n')
    said = cutline("config", "themes")
    assert "did you mean paper?" in said.err
    assert "* cutline" in said.out


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("screen.theme", "paper", "paper"),
        ("screen.theme", '"paper"', "paper"),
        ("engine.idle_exit_minutes", "5", 5),
        ("captions.extra_extensions", '[".prompt"]', [".prompt"]),
        ("keys.skip", "s", "s"),
        ("keys.skip", "5", "5"),
        ("keys.next", '["j", "n"]', ["j", "n"]),
        ("keys.preset", "vim", "vim"),
        ("filters.small", "width < 512", "width < 512"),
    ],
)
def test_a_setting_is_set_as_it_is_typed(cutline: Terminal, file: Path, key: str, written: str, value: object) -> None:
    """Words need no quotes, TOML is understood, and the setting is in the file."""
    said = cutline("config", "set", key, written)
    assert said.code == 0, said.err
    assert str(file) in said.out
    section, name = key.split(".")
    assert tomllib.loads(file.read_text()) == {section: {name: value}}
    assert cutline("config", "set", key, written, "--json").json == {
        "key": key,
        "value": value,
        "file": str(file),
        "kept": None,
    }


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("screen.theme", "papper"), "did you mean paper?"),
        (("screen.thme", "paper"), "did you mean theme?"),
        (("keys.acept", "a"), "did you mean accept?"),
        (("keys.accept", "escpe"), "did you mean escape?"),
        (("engine.idle_exit_minutes", "soon"), "idle_exit_minutes"),
        (("theme", "paper"), "section"),
        (("screen.theme",), "--default"),
        (("screen.theme", "paper", "--default"), "--default"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_written(
    cutline: Terminal, file: Path, words: tuple[str, ...], says: str
) -> None:
    """A misspelt setting, theme, action or key is wrong usage, named with the nearest."""
    said = cutline("config", "set", *words)
    assert said.code == 2
    assert says in said.err
    assert not file.exists()


def test_a_file_with_comments_is_kept_and_told(cutline: Terminal, file: Path) -> None:
    """Where comments go, the person is told where their file is; taking a setting out brings its default back."""
    file.write_text("# mine\n[screen]\ntheme = 'paper'\n")
    said = cutline("config", "set", "screen.theme", "studio")
    assert f"{file}.before-cutline" in said.err
    file.write_text('[screen]\ntheme="paper"')
    assert cutline("config", "set", "keys.skip", "n").err == ""
    cutline("config", "set", "keys.skip", "--default")
    said = cutline("config", "set", "screen.theme", "--default")
    assert said.out == f"screen.theme has its default again in {file}\n"
    assert settings.load().given == frozenset()
