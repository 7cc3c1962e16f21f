"""`cutline export`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.tagging.export_scores import stored_scores
from tui.shell import exporting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.tagging.export_scores import Scored
    from engine.workspace import Workspace
    from tests.engine.review.shelf import Shelf
    from tests.tui.shell.terminal import Terminal

TEXT = """image,tag,category,score
a.png,window,general,0.90001
a.png,sofa,general,0.10001
b.png,dog,general,0.80000
"""


@pytest.fixture
def scored(shelf: Shelf) -> Shelf:
    """Have one tagger say something about two images."""
    shelf.propose("a.png", {"sofa": 0.1, "window": 0.9})
    shelf.propose("b.png", {"dog": 0.8})
    return shelf


def test_a_file_is_written_and_counted(cutline: Terminal, scored: Shelf, tmp_path: Path) -> None:
    """All stored tags come, whatever the threshold; a file that is there is replaced only with `--force`."""
    out = tmp_path / "s.csv"
    said = cutline("export", scored.root, "--to", "scores-csv", out)
    assert (said.code, said.out, said.err) == (0, f"3 tags of 2 images by tagger written to {out}\n", "")
    assert out.read_text() == TEXT
    out.write_text("mine")
    again = cutline("export", scored.root, "--to", "scores-csv", out)
    assert (again.code, again.err) == (1, f"cutline: {out} is there already (--force replaces it)\n")
    assert out.read_text() == "mine"
    said = cutline("export", scored.root, "--to", "scores-csv", out, "--force", "--json")
    assert said.json == {"images": 2, "tags": 3, "stale": 0, "source": "tagger", "file": str(out)}
    assert out.read_text() == TEXT


def test_stdout_carries_the_file_alone(cutline: Terminal, scored: Shelf) -> None:
    """`-` is stdout, and what else is said goes to stderr; `--json` has no place there."""
    said = cutline("export", scored.root, "--to", "scores-csv", "-")
    assert (said.code, said.out) == (0, TEXT)
    assert said.err == "3 tags of 2 images by tagger written\n"
    both = cutline("export", scored.root, "--to", "scores-csv", "-", "--json")
    assert (both.code, both.out, "cannot both go to stdout" in both.err) == (2, "", True)


def test_several_taggers_need_a_choice(cutline: Terminal, scored: Shelf, tmp_path: Path) -> None:
    """Where several have said something, one must be named; nothing is written before."""
    scored.propose("a.png", {"cat": 0.5}, source="joy")
    out = tmp_path / "s.csv"
    said = cutline("export", scored.root, "--to", "scores-csv", out)
    assert (said.code, "several taggers have said something: joy, tagger" in said.err) == (2, True)
    assert not out.exists()
    chosen = cutline("export", scored.root, "--to", "scores-csv", out, "--source", "joy", "--json")
    assert (chosen.json["source"], chosen.json["tags"]) == ("joy", 1)


def test_changed_images_are_told(cutline: Terminal, scored: Shelf, tmp_path: Path) -> None:
    """What was said of a picture that has changed is exported, and counted in a note."""
    (scored.root / "a.png").write_bytes(b"quite another picture")
    said = cutline("export", scored.root, "--to", "scores-csv", tmp_path / "s.csv", "--json")
    assert (said.code, said.json["images"], said.json["stale"]) == (0, 2, 1)
    assert "1 image changed since tagger saw them" in said.err
    assert (tmp_path / "s.csv").read_text() == TEXT


def test_no_caption_is_ever_in_the_way(cutline: Terminal, scored: Shelf) -> None:
    """A caption or an image as OUT is refused, with `--force` too, and is as it was."""
    for name in ("a.txt", "a.png", "sub/c.txt"):
        before = (scored.root / name).read_bytes() if (scored.root / name).exists() else None
        said = cutline("export", scored.root, "--to", "scores-csv", scored.root / name, "--force")
        assert (said.code, "has the name of a caption or an image" in said.err) == (1, True)
        assert ((scored.root / name).read_bytes() if (scored.root / name).exists() else None) == before


def test_an_interruption_leaves_no_file(
    cutline: Terminal, scored: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C in the middle ends with 130, and neither a half file nor a temporary one stays."""

    def interrupted(workspace: Workspace, source: str) -> Iterator[Scored]:
        yield from [*stored_scores(workspace, source)][:1]
        raise KeyboardInterrupt

    monkeypatch.setattr(exporting, "stored_scores", interrupted)
    folder = tmp_path / "out"
    folder.mkdir()
    said = cutline("export", scored.root, "--to", "scores-csv", folder / "s.csv")
    assert (said.code, said.err) == (130, "cutline: interrupted\n")
    assert list(folder.iterdir()) == []
