"""Tests of where things lie."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from engine import paths
from engine.errors import NotWritable, Unsafe

FOLDERS = {
    "XDG_CONFIG_HOME": (paths.config_dir, ".config/cutline"),
    "XDG_STATE_HOME": (paths.state_dir, ".local/state/cutline"),
    "XDG_CACHE_HOME": (paths.cache_dir, ".cache/cutline"),
}


@pytest.mark.parametrize("variable", FOLDERS)
def test_an_absolute_xdg_folder_is_honoured(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An absolute XDG folder holds a folder called cutline."""
    monkeypatch.setenv(variable, "/some/where")
    assert FOLDERS[variable][0]() == Path("/some/where/cutline")


@pytest.mark.parametrize("variable", FOLDERS)
@pytest.mark.parametrize("value", [None, "", "relative/place"])
def test_without_an_absolute_xdg_folder_the_default_holds(
    variable: str, value: str | None, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unset, empty or relative XDG variable is ignored for the default below HOME."""
    monkeypatch.delenv(variable)
    if value is not None:
        monkeypatch.setenv(variable, value)
    function, below_home = FOLDERS[variable]
    assert function() == home / below_home


def test_naming_a_folder_makes_none(home: Path) -> None:
    """Asking where things lie writes nothing."""
    for function, _ in FOLDERS.values():
        function()
    paths.socket_path()
    paths.dataset_state_dir(home)
    assert list(home.iterdir()) == []
    assert not paths.runtime_dir().exists()


def test_made_folders_are_for_us_alone(home: Path) -> None:
    """Every folder made on the way is closed to others, whatever the umask; what was there keeps its mode."""
    home.chmod(0o755)
    before = os.umask(0)
    try:
        made = paths.ensure(paths.state_dir())
    finally:
        os.umask(before)
    while made != home:
        assert stat.S_IMODE(made.stat().st_mode) == 0o700, made
        made = made.parent
    assert stat.S_IMODE(home.stat().st_mode) == 0o755


def test_a_file_in_the_way_is_named(home: Path) -> None:
    """A folder that cannot be made is an error that names it."""
    (home / ".local").write_text("a file")
    with pytest.raises(NotWritable, match=str(paths.state_dir())):
        paths.ensure(paths.state_dir())
    with pytest.raises(NotWritable, match=str(home / ".local")):
        paths.ensure(home / ".local")


def test_the_login_folder_is_taken_for_the_socket() -> None:
    """The socket lies in the login's runtime folder when there is one, and can be bound there."""
    assert paths.runtime_dir() == Path(os.environ["XDG_RUNTIME_DIR"]) / "cutline"
    place = paths.socket_path()
    assert paths.ensure_private(place.parent) == paths.runtime_dir()
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(place))


@pytest.mark.parametrize("value", ["", "relative", "/nowhere/at/all"])
def test_without_a_login_folder_the_users_own_is_taken(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime folder that is missing or not absolute gives way to this user's folder under /tmp."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", value)
    assert paths.runtime_dir() == Path(f"/tmp/cutline-{os.getuid()}")


def test_somebody_elses_login_folder_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime folder of another user, carried over by `su`, is not used."""
    stranger = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: stranger)
    assert paths.runtime_dir() == Path(f"/tmp/cutline-{stranger}")


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o720])
def test_a_login_folder_that_others_may_change_is_not_taken(mode: int) -> None:
    """Where others could put a folder of their own in place of ours, even a sticky one, no socket is made."""
    Path(os.environ["XDG_RUNTIME_DIR"]).chmod(mode)
    assert paths.runtime_dir() == Path(f"/tmp/cutline-{os.getuid()}")


def test_the_places_for_a_socket_have_an_order(monkeypatch: pytest.MonkeyPatch) -> None:
    """The login's folder, the user's own under /tmp, the state folder's; one too deep for a socket is left out."""
    login = Path(os.environ["XDG_RUNTIME_DIR"]) / "cutline"
    monkeypatch.setenv("XDG_STATE_HOME", "/s")
    places = paths.socket_paths()
    assert [place.parent for place in places] == [login, Path(f"/tmp/cutline-{os.getuid()}"), Path("/s/cutline/run")]
    assert paths.socket_path() == places[0]
    monkeypatch.setenv("XDG_STATE_HOME", f"/{'s' * 100}")
    assert len(paths.socket_paths()) == 2


def test_a_socket_path_always_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime folder too deep for a socket gives way; one byte less than too deep does not."""
    name_bytes = len(os.fsencode(paths.socket_path().name)) + len("/cutline/")
    room = paths.SOCKET_PATH_BYTES - name_bytes
    base = Path(os.environ["XDG_RUNTIME_DIR"])
    for length, fits in ((room, True), (room + 1, False)):
        deep = base / ("d" * (length - len(os.fsencode(base)) - 1))
        deep.mkdir()
        monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
        assert (paths.socket_path().parent == deep / "cutline") is fits
        assert len(os.fsencode(paths.socket_path())) <= paths.SOCKET_PATH_BYTES
    assert tmp_path.is_dir()


def test_two_state_folders_have_two_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines with different spools never meet on one socket; the same spool always has the same one."""
    first = paths.socket_path()
    assert paths.socket_path() == first
    monkeypatch.setenv("XDG_STATE_HOME", "/another/state")
    assert paths.socket_path() != first


def test_a_private_folder_is_no_link(tmp_path: Path) -> None:
    """A link in place of the private folder is refused, even one that leads to a fine folder."""
    (tmp_path / "fine").mkdir(0o700)
    (tmp_path / "link").symlink_to(tmp_path / "fine")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    assert paths.ensure_private(tmp_path / "fine") == tmp_path / "fine"
    for name in ("link", "dangling"):
        with pytest.raises(Unsafe, match=name):
            paths.ensure_private(tmp_path / name)
    assert not (tmp_path / "nothing").exists()


@pytest.mark.parametrize("mode", [0o710, 0o701, 0o777])
def test_a_private_folder_lets_nobody_in(mode: int, tmp_path: Path) -> None:
    """A folder that others may enter is refused and left as it is."""
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(mode)
    with pytest.raises(Unsafe):
        paths.ensure_private(tmp_path / "open")
    assert stat.S_IMODE((tmp_path / "open").stat().st_mode) == mode


def test_a_private_folder_is_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that another user made is refused."""
    (tmp_path / "theirs").mkdir(0o700)
    stranger = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: stranger)
    with pytest.raises(Unsafe):
        paths.ensure_private(tmp_path / "theirs")


def test_a_dataset_is_known_by_its_real_path(tmp_path: Path) -> None:
    """Two ways to one folder give one state folder; two folders give two."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    one = paths.dataset_state_dir(tmp_path / "real")
    assert one.parent == paths.state_dir() / "datasets"
    assert paths.dataset_state_dir(tmp_path / "link") == one
    assert paths.dataset_state_dir(tmp_path / "link/../real") == one
    assert paths.dataset_state_dir(tmp_path) != one
    assert paths.dataset_state_dir(Path(os.fsdecode(b"/not/utf-8/\xff"))) != one
