"""`cutline engine env`: what is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import paths

if TYPE_CHECKING:
    from tests.tui.shell.terminal import Terminal


def test_a_broken_description_does_not_hide_the_others(cutline: Terminal) -> None:
    """The good ones are listed, and one line on stderr names the broken file."""
    folder = paths.ensure(paths.config_dir() / "environments")
    (folder / "good.toml").write_text('summary = "for old models"\nrequirements = ["a==1"]\n')
    (folder / "broken.toml").write_text("summary = [\n")
    said = cutline("engine", "env", "list")
    assert said.code == 0
    assert said.out.split() == ["good", "not", "made", "for", "old", "models"]
    assert len(said.err.splitlines()) == 1
    assert f"{folder}/broken.toml" in said.err
    said = cutline("engine", "env", "list", "--json")
    assert [environment["name"] for environment in said.json["environments"]] == ["good"]
    assert "broken.toml" in said.err
