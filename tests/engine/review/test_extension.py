"""What captions end in: found out where a dataset is new, changed as a step, and never taken from the store alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest

from engine.errors import Unsafe, WrongUsage
from engine.settings import Captions, Settings
from engine.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT = Settings()
CAPTION = Settings(captions=Captions(extension=".caption"))
PROMPT = Settings(captions=Captions(extra_extensions=(".prompt",)))


def _folder(root: Path, *captions: str) -> Path:
    root.mkdir()
    for name in ("a", "b", "c"):
        (root / f"{name}.png").write_bytes(name.encode())
    for name in captions:
        (root / name).write_text("cat")
    return root


def _opened(root: Path, settings: Settings = DEFAULT) -> tuple[str, list[str], list[str]]:
    """Open a folder and return its extension, the notices, and the kinds of its steps."""
    workspace = Workspace.open(root, settings)
    try:
        return workspace.extension, workspace.notices, [row.kind for row in workspace.history()]
    finally:
        workspace.close()


@pytest.mark.parametrize(
    ("captions", "settings", "extension", "notices"),
    [
        ((), Settings(), ".txt", 0),
        (("a.txt", "b.txt"), Settings(), ".txt", 0),
        (("a.caption", "b.caption"), Settings(), ".caption", 1),
        (("a.tags",), CAPTION, ".tags", 1),
        (("a.txt",), CAPTION, ".txt", 1),
        (("a.caption",), CAPTION, ".caption", 0),
        (("a.txt", "a.caption"), Settings(), ".txt", 1),
        (("a.tags", "b.caption"), Settings(), ".txt", 1),
        ((), CAPTION, ".caption", 0),
        (("a.prompt",), PROMPT, ".prompt", 1),
        (("a.prompt",), Settings(), ".txt", 0),
    ],
)
def test_a_new_dataset(
    tmp_path: Path, captions: tuple[str, ...], settings: Settings, extension: str, notices: int
) -> None:
    """The files that are there count more than the settings, where they all end alike; whatever is odd is said."""
    root = _folder(tmp_path / "set", *captions)
    kinds = [] if extension == ".txt" else ["extension"]
    found, said, steps = _opened(root, settings)
    assert (found, len(said), steps) == (extension, notices, kinds)
    assert all(word in said[0] for word in ({extension} if kinds else set()) if said)
    again = _opened(root, settings)
    assert again == (extension, [], kinds)


def test_it_belongs_to_the_dataset(tmp_path: Path) -> None:
    """Later settings and later files change nothing about a dataset that was opened before."""
    root = _folder(tmp_path / "set", "a.txt")
    _opened(root)
    (root / "a.txt").unlink()
    (root / "b.caption").write_text("dog")
    assert _opened(root, CAPTION) == (".txt", [], [])


def test_a_change_is_a_step(tmp_path: Path) -> None:
    """It is seen by others, read and written from then on, and taken back like anything else."""
    root = _folder(tmp_path / "set", "a.txt", "a.caption")
    workspace, other = Workspace.open(root, Settings()), Workspace.open(root, Settings())
    workspace.scan()
    assert workspace.change_extension(".caption")
    assert not workspace.change_extension(".caption")
    other.refresh()
    assert (workspace.extension, other.extension) == (".caption", ".caption")
    image = workspace.entry_of(b"a.png").id
    workspace.edit(workspace.frame(image), "cat, sofa")
    assert ((root / "a.caption").read_text(), (root / "a.txt").read_text()) == ("cat, sofa", "cat")
    workspace.undo_last()
    undone = workspace.undo_last()
    assert undone is not None
    assert (undone.kinds, undone.sources) == (("extension",), ())
    other.refresh()
    assert (workspace.extension, other.extension) == (".txt", ".txt")
    workspace.close()
    other.close()


def test_a_step_before_the_change_is_taken_back_where_it_was(tmp_path: Path) -> None:
    """A decision's row names its file; another extension does not make undo write elsewhere."""
    root = _folder(tmp_path / "set", "a.txt")
    workspace = Workspace.open(root, Settings())
    workspace.scan()
    step = workspace.edit(workspace.frame(workspace.entry_of(b"a.png").id), "cat, sofa")
    workspace.change_extension(".caption")
    assert workspace.undo([step.id]).written == 1
    assert sorted(path.name for path in root.glob("a.*")) == ["a.png", "a.txt"]
    assert (root / "a.txt").read_text() == "cat"
    workspace.close()


@pytest.mark.parametrize("extension", [".prompt", ".png", ".sh", "txt", "", ".foo.txt", "/x.txt", ".."])
def test_not_everything_is_an_extension(tmp_path: Path, extension: str) -> None:
    """What is not allowed is refused with what is, and nothing changes."""
    workspace = Workspace.open(_folder(tmp_path / "set"), Settings())
    with pytest.raises(WrongUsage, match="cannot end in") as refusal:
        workspace.change_extension(extension)
    assert ".caption" in refusal.value.hint
    assert workspace.extension == ".txt"
    workspace.close()


def test_one_that_only_the_store_names_is_refused(tmp_path: Path) -> None:
    """A foreign store cannot make cutline write scripts; one's own settings can allow what they name."""
    root = _folder(tmp_path / "set")
    workspace = Workspace.open(root, PROMPT)
    workspace.change_extension(".prompt")
    workspace.close()
    with pytest.raises(Unsafe, match="settings do not allow"):
        Workspace.open(root, Settings())
    named = msgspec.structs.replace(PROMPT, captions=Captions(extension=".prompt"))
    assert _opened(root, named)[0] == ".prompt"
