"""`cutline config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.paths import config_dir, ensure

if TYPE_CHECKING:
    from tests.tui.shell.terminal import Terminal


def test_the_path_is_named_whether_or_not_it_exists(cutline: Terminal) -> None:
    """`config path` works without a file, and with a broken one."""
    file = config_dir() / "cutline.toml"
    assert cutline("config", "path", "--json").json == {"path": str(file), "exists": False}
    ensure(file.parent)
    file.write_text("nonsense")
    assert cutline("config", "path").out == f"{file}\n"


def test_every_setting_is_shown_with_its_origin(cutline: Terminal) -> None:
    """Settings of the file name it; the others are defaults."""
    file = ensure(config_dir()) / "cutline.toml"
    file.write_text('[engine]\ndevice = "cpu"\n')
    shown = cutline("config", "show", "--json").json
    assert shown["file"] == str(file)
    assert (shown["settings"]["engine.device"]["value"], shown["settings"]["engine.device"]["origin"]) == (
        "cpu",
        str(file),
    )
    assert shown["settings"]["screen.preview"]["origin"] == "default"
    assert f'"cpu"        {file}' in cutline("config", "show").out


def test_a_wrong_setting_is_wrong_usage(cutline: Terminal) -> None:
    """A misspelt key is named with the nearest one, by every command that reads settings."""
    (ensure(config_dir()) / "cutline.toml").write_text('[engine]\ndevise = "cpu"\n')
    said = cutline("config", "show")
    assert said.code == 2
    assert "did you mean device?" in said.err
