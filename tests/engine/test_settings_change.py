"""One setting changed: the rest of the file is as it was, in every way the file can lie there."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import tomllib
from typing import TYPE_CHECKING

import pytest

from engine import paths, settings
from engine.errors import BadSetting, NotWritable, WrongUsage
from engine.settings_change import change

if TYPE_CHECKING:
    from pathlib import Path

COMMENTED = '# mine\n[engine]\ndevice = "cpu"  # no GPU here\n'


@pytest.fixture
def file() -> Path:
    """Name the settings file of this test's home; its folder exists."""
    return paths.ensure(paths.config_dir()) / "cutline.toml"


def beside(file: Path) -> list[str]:
    """Name every file that lies beside the settings."""
    return sorted(path.name for path in file.parent.iterdir() if path.name != file.name)


def test_a_first_setting_makes_the_file(file: Path) -> None:
    """Without a file, one with the setting alone is made; nothing lies beside it."""
    changed = change("screen.theme", "paper")
    assert file.read_text() == '[screen]\ntheme = "paper"\n'
    assert changed.settings == settings.load()
    assert changed.kept is None
    assert beside(file) == []


def test_everything_else_stays(file: Path) -> None:
    """A change sets what it names; all other sections, tables and values are as they were."""
    was = '[keys]\npreset = "vim"\nnext = ["j", "n"]\n\n[filters]\n"a \\"b\\"" = "x"\n\n[screen]\ntheme = "paper"\n'
    file.write_text(was)
    change("screen.theme", "cutline")
    assert tomllib.loads(file.read_text()) == {**tomllib.loads(was), "screen": {"theme": "cutline"}}


def test_comments_are_kept_beside_the_new_file(file: Path) -> None:
    """The person's file stays beside the one without comments, also the second time; ours needs no keeping."""
    file.write_text(COMMENTED)
    first = change("screen.theme", "paper").kept
    assert first is not None
    assert (first.name, first.read_text()) == ("cutline.toml.before-cutline", COMMENTED)
    assert change("screen.theme", "cutline").kept is None
    file.write_text(COMMENTED.replace("mine", "mine again"))
    second = change("screen.theme", "paper").kept
    assert second is not None
    assert "mine again" in second.read_text()
    assert first.read_text() == COMMENTED
    assert beside(file) == [first.name, second.name]


@pytest.mark.parametrize(
    ("was", "has_comments"),
    [
        ('[screen]\ntheme="paper"', False),
        ('[filters]\n"#1" = "tag:#1 # no comment"\nb = "\\"#"\n', False),
        ('[filters]\na = """\n# text\n"""\nb = \'# text\'\n', False),
        ("[filters]\na = '#1' # mine\n", True),
        ("[keys]\r\n# mine\r\nskip = ['s', # mine\r\n'n']\r\n", True),
        ("# mine", True),
        ("\n", False),
    ],
)
def test_only_comments_are_kept(file: Path, was: str, *, has_comments: bool) -> None:
    """A file is kept where it holds a comment; neither another way to lay it out nor a # in a text is one."""
    file.write_bytes(was.encode())
    assert (change("screen.theme", "studio").kept is not None) == has_comments


def test_a_setting_can_be_taken_out(file: Path) -> None:
    """None brings the default back; a section that becomes empty goes with it."""
    change("screen.theme", "paper")
    change("keys.skip", ("s", "n"))
    assert change("screen.theme", None).settings.given == {"keys.skip"}
    assert tomllib.loads(file.read_text()) == {"keys": {"skip": ["s", "n"]}}


def test_the_same_value_writes_nothing(file: Path) -> None:
    """A setting that has its value already leaves the file alone."""
    change("screen.theme", "paper")
    was = file.stat()
    assert change("screen.theme", "paper").settings.screen.theme == "paper"
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (was.st_ino, was.st_mtime_ns)


@pytest.mark.parametrize(
    ("key", "value", "kind", "says"),
    [
        ("screen.thme", "paper", BadSetting, "theme"),
        ("scren.theme", "paper", BadSetting, "screen"),
        ("theme", "paper", WrongUsage, "section"),
        ("engine.idle_exit_minutes", -1, BadSetting, ">= 0"),
        ("keys.skip", 3, BadSetting, "keys.skip"),
    ],
)
def test_what_is_wrong_is_not_written(file: Path, key: str, value: object, kind: type[Exception], says: str) -> None:
    """An unknown setting or a wrong value is refused by name, and the file stays."""
    file.write_text(COMMENTED)
    with pytest.raises(kind, match=says):
        change(key, value)
    assert file.read_text() == COMMENTED
    assert beside(file) == []


def test_a_broken_file_is_not_touched(file: Path) -> None:
    """What cannot be read as settings is never replaced by what could."""
    file.write_text("[screen")
    with pytest.raises(BadSetting, match="not a TOML file"):
        change("screen.theme", "paper")
    assert file.read_text() == "[screen"


def test_permissions_and_links_stay(file: Path, tmp_path: Path) -> None:
    """A link stays a link to the file it named, whose permissions the new one has."""
    real = tmp_path / "dotfiles.toml"
    real.write_text(COMMENTED)
    real.chmod(0o640)
    file.symlink_to(real)
    change("screen.theme", "paper")
    assert file.is_symlink()
    assert tomllib.loads(real.read_text())["screen"] == {"theme": "paper"}
    assert real.stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "dotfiles.toml.before-cutline").read_text() == COMMENTED


def test_an_edit_that_comes_between_is_taken_in(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that another program changed after it was read is read again, and its change stays."""
    file.write_text('[screen]\ntheme = "paper"\n')
    checked, edits = settings.checked, ['[engine]\ndevice = "cpu"\n']

    def with_an_edit_between(*given: object) -> settings.Settings:
        if edits:
            file.write_text(edits.pop())
        return checked(*given)  # type: ignore[arg-type]  # handed on as it came

    monkeypatch.setattr(settings, "checked", with_an_edit_between)
    change("captions.separator", ";")
    assert tomllib.loads(file.read_text()) == {"engine": {"device": "cpu"}, "captions": {"separator": ";"}}


def test_changes_at_the_same_time_all_arrive(file: Path) -> None:
    """Several threads and a process that change different settings at once lose none of them."""
    program = "from engine.settings_change import change\nfor n in range(20): change(f'filters.other{n}', 'x')"
    other = subprocess.Popen([sys.executable, "-c", program])
    threads = [
        threading.Thread(target=lambda t=t: [change(f"filters.f{t}-{n}", "x") for n in range(10)]) for t in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert other.wait(30) == 0
    expected = {f"other{n}" for n in range(20)} | {f"f{t}-{n}" for t in range(3) for n in range(10)}
    assert set(settings.load().filters) == expected
    assert beside(file) == []


def test_a_folder_that_cannot_be_written_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the system refuses, one line names the file; the old one is as it was and no half stays."""
    file.write_text(COMMENTED)

    def refuse(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(NotWritable, match="No space left"):
        change("screen.theme", "paper")
    assert file.read_text() == COMMENTED
    assert beside(file) == []
