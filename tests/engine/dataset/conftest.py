"""A folder of captions, writes by another process, and file systems with peculiarities."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from engine.dataset.caption_batch import Change
from engine.dataset.caption_files import CaptionFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TEMP = ".cutline-7.tmp"
_REPOSITORY = Path(__file__).parents[3]


class Desk(NamedTuple):
    """A dataset with one caption, its files, and what was given to the journal."""

    root: Path
    caption: Path
    files: CaptionFiles
    saved: list[bytes]

    def write(self, before: bytes | None, after: bytes | None, key: bytes = b"a.txt", temp: str = TEMP) -> None:
        """Write the caption, guarded; raise what refuses it."""
        with self.files.at_once() as captions:
            (refusal,) = captions.replace_all([Change(key, before, after, temp, self.saved.append)])
        if refusal is not None:
            raise refusal

    def names(self) -> list[str]:
        """List what lies in the folder."""
        return sorted(path.name for path in self.root.iterdir())


def desk_at(root: Path) -> Desk:
    """Make a folder with the caption `old` in `a.txt`."""
    root.mkdir(exist_ok=True)
    (root / "a.txt").write_bytes(b"old")
    return Desk(root, root / "a.txt", CaptionFiles(root), [])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Give a dataset with the caption `old` in `a.txt`."""
    return desk_at(tmp_path / "set")


class Child(NamedTuple):
    """How a process that wrote one caption ended."""

    returncode: int
    error: str
    """The error's class, message and hint; empty when the write went well."""
    saved: list[str]


def write_in_child(
    root: Path,
    before: bytes | None,
    after: bytes | None,
    *,
    prepare: str = "",
    kill_at: str = "",
) -> Child:
    """Write `a.txt` in a process of its own, which may be prepared by code and killed at a moment."""
    script = f"""
import json, sys
from pathlib import Path
from engine.dataset.caption_batch import Change
from engine.dataset.caption_files import CaptionFiles
from engine.errors import CutlineError
{prepare}
root, before, after = json.loads(sys.argv[1])
as_bytes = lambda text: None if text is None else text.encode()
saved, error = [], ""
try:
    with CaptionFiles(Path(root)).at_once() as captions:
        asked = Change(b"a.txt", as_bytes(before), as_bytes(after), "{TEMP}", saved.append)
        for refusal in filter(None, captions.replace_all([asked])):
            raise refusal
except CutlineError as refusal:
    error = f"{{type(refusal).__name__}}: {{refusal}}"
print(json.dumps([error, [text.decode() for text in saved]]))
"""
    arguments: list[Any] = [str(root), *(None if text is None else text.decode() for text in (before, after))]
    done = subprocess.run(
        [sys.executable, "-c", script, json.dumps(arguments)],
        cwd=_REPOSITORY,
        env=os.environ | {"CUTLINE_KILL_AT": kill_at, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return Child(done.returncode, done.stderr, [])
    return Child(0, *json.loads(done.stdout))


@pytest.fixture
def mounted() -> Iterator[Callable[[str], Path]]:
    """Give a function that mounts a small file system in memory with the given options."""
    places: list[Path] = []

    def mount(options: str) -> Path:
        # Not below tmp_path, which other users may not enter.
        parent = Path(tempfile.mkdtemp(prefix="cl-", dir="/tmp"))
        parent.chmod(0o755)
        place = parent / "mount"
        place.mkdir()
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", place], capture_output=True, check=False)
        if done.returncode:
            shutil.rmtree(parent)
            pytest.skip("needs the right to mount a file system")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", place], check=True)
        shutil.rmtree(place.parent)


BECOME_NOBODY = "import os; os.setgroups([]); os.setgid(65534); os.setuid(65534)"
"""Code after which the process has no rights but those of others."""

REFUSE_RENAMES_WITH_FLAGS = """
import ctypes, platform, struct
RENAMEAT2, LINKAT = {"x86_64": (316, 265), "aarch64": (276, 37)}[platform.machine()]
def refuse(call, error):
    # A kernel filter: the system call number `call` returns `error`, all others pass.
    steps = [(0x20, 0, 0, 0), (0x15, 0, 1, call), (0x06, 0, 0, 0x00050000 | error), (0x06, 0, 0, 0x7FFF0000)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program, 0, 0) == 0
refuse(RENAMEAT2, 22)
"""
"""Code after which the kernel answers every exchange in this process as a file system without it does: EINVAL."""

REFUSE_LINKS = "refuse(LINKAT, 1)\n"
"""Code that makes hard links impossible, too, as on FAT."""
