"""Captions in files that do not end in .txt: what one trainer writes, and another reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.stories.desk import CaptionFile
from tui import commands

if TYPE_CHECKING:
    from tests.stories.desk import Desk


async def test_a_folder_of_caption_files(desk: Desk) -> None:
    """They are found on the first opening, said, read and written; no .txt appears beside them."""
    desk.images("1.png", "2.png")
    for number in (1, 2):
        (desk.root / f"{number}.caption").write_text("a cat")
    assert "captions here end in .caption" in desk.cutline("stats", ".").err
    desk.proposal("1.png", {"window": 0.9})
    async with desk.review() as review:
        review.shows("a cat")
        await review.press(commands.Accept)
    assert desk.cutline("edit", ".", "add:indoors", "--apply", "--json").json["images"] == 2
    CaptionFile(desk.root / "1.caption").reads("a cat, window, indoors")
    CaptionFile(desk.root / "2.caption").reads("a cat, indoors")
    assert list(desk.root.glob("*.txt")) == []
    assert desk.cutline("undo", ".", "--steps", 2).code == 0
    CaptionFile(desk.root / "1.caption").reads("a cat")


async def test_it_is_changed_and_changed_back(desk: Desk) -> None:
    """One command says what is read, another changes it; an open screen follows, and undo takes it back."""
    desk.image("1.png", "from txt")
    (desk.root / "1.caption").write_text("from caption")
    said = desk.cutline("config", "captions", ".", "--json").json
    assert said == {"extension": ".txt", "changed": False, "images": 1, "files": {".caption": 1, ".txt": 1}}
    async with desk.review() as review:
        review.shows("from txt")
        said = desk.cutline("config", "captions", ".", ".caption")
        assert said.out.startswith("captions end in .caption from now on")
        assert "with a .txt file: it is not read" in said.err
        await review.comes_to_show("from caption", within=5)
        said = desk.cutline("undo", ".")
        assert (said.code, said.err.count("Traceback")) == (0, 0)
        assert "what captions end in is taken back" in said.err
        await review.comes_to_show("from txt", within=5)
    assert desk.kinds() == ["extension", "undo"]
    assert desk.cutline("config", "captions", ".", ".exe").code == 2
