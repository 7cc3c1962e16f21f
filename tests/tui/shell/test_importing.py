"""`cutline import`."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from engine import paths
from tests.engine.review.shelf import Shelf

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tui.shell.terminal import Terminal


@pytest.fixture
def kept(shelf: Shelf, tmp_path: Path) -> Path:
    """A store that was kept for the dataset while it could not be written: one rejection, one proposal."""
    away = Shelf(tmp_path / "away", {"a.png": b"cat, sofa\n", "b.png": None})
    for name in ("a.png", "b.png"):
        away.propose(name, {"window": 0.9})
    away.desk.reject(away.frame("a.png"))
    away.desk.close()
    folder = paths.ensure(paths.dataset_state_dir(shelf.root).parent) / paths.dataset_state_dir(shelf.root).name
    shutil.move(away.root / ".cutline", folder)
    return folder / "review.db"


def test_the_kept_store_comes_in_and_is_put_away(cutline: Terminal, shelf: Shelf, kept: Path) -> None:
    """The notice names the command; what came is counted; the store stays under another name, and is offered no more."""
    (notice,) = cutline("stats", shelf.root).err.splitlines()
    assert notice.endswith(f"lie in {kept}: bring them in with cutline import {shelf.root} --from store")
    said = cutline("import", shelf.root, "--from", "store")
    assert said.code == 0
    assert said.out == (
        f"2 proposals, 1 decision of 2 images brought in; take it back with: cutline undo {shelf.root} --group 1\n"
    )
    away = kept.with_name("review.db.imported")
    assert f"the store that was kept is now {away}" in said.err
    assert (kept.exists(), away.exists()) == (False, True)
    counts = cutline("stats", shelf.root, "--json")
    assert counts.err == ""
    assert (counts.json["rejected"], counts.json["pending"]) == (1, 1)
    assert "(imported)" in cutline("history", shelf.root).out
    again = cutline("import", shelf.root, "--from", "store")
    assert (again.code, again.out) == (2, "")
    assert again.err.startswith(f"cutline: no store was kept for {shelf.root} (name one:")


def test_a_named_store_stays_where_it_is(cutline: Terminal, shelf: Shelf, kept: Path, tmp_path: Path) -> None:
    """`--json` gives the numbers and what did not come, which ends with 3; a second time brings nothing."""
    file = tmp_path / "named.db"
    shutil.copy(kept, file)
    (shelf.root / "b.png").write_bytes(b"quite another picture")
    said = cutline("import", shelf.root, "--from", "store", file, "--json")
    assert said.code == 3
    assert said.json == {
        "group": 1,
        "images": 1,
        "proposals": 1,
        "decisions": 1,
        "marks": 0,
        "views": 0,
        "refused": [{"image": "b.png", "reason": "another picture has its name here"}],
        "put_away": None,
    }
    assert "b.png: another picture has its name here" in said.err
    assert file.exists()
    (shelf.root / "b.png").write_bytes(b"picture b.png")
    assert cutline("import", shelf.root, "--from", "store", file, "--json").json["proposals"] == 1
    assert cutline("import", shelf.root, "--from", "store", file).out == "nothing new in it\n"


def test_what_cannot_be_brought_in(cutline: Terminal, shelf: Shelf, tmp_path: Path) -> None:
    """No store, the one in use, and a format nobody knows are one line each."""
    missing = cutline("import", shelf.root, "--from", "store", tmp_path / "no.db")
    assert (missing.code, missing.err) == (
        2,
        f"cutline: {tmp_path}/no.db cannot be opened: No such file or directory (name a review.db)\n",
    )
    same = cutline("import", shelf.root, "--from", "store", shelf.root / ".cutline/review.db")
    assert (same.code, "is the store in use" in same.err) == (1, True)
    assert (shelf.root / ".cutline/review.db").exists()
    for words in (["--from", "xml"], []):
        said = cutline("import", shelf.root, *words)
        assert (said.code, said.err.count("\n")) == (2, 1)


def test_decided_images_that_wait_again_are_counted(cutline: Terminal, shelf: Shelf, kept: Path) -> None:
    """A decision stands, and yet its image waits where something new is proposed: the last line says so."""
    shelf.desk.edit(shelf.frame("b.png"), "A dog.")
    said = cutline("import", shelf.root, "--from", "store", kept)
    assert said.out.splitlines()[1:] == ["1 decided image waits again: new candidates"]
    assert shelf.desk.refresh()
    assert shelf.state("b.png") == "pending"
