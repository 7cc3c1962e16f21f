"""`cutline show`, `cutline stats` and `cutline history`."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from engine import paths
from tests.pictures import make_picture

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.review.shelf import Shelf
    from tests.tui.shell.terminal import Terminal


def test_stats_count_everything(cutline: Terminal, shelf: Shelf) -> None:
    """States add up to the images; captions, tags and stale candidates are counted from the files."""
    shelf.propose("a.png", {"window": 0.9})
    shelf.propose("b.png", {"window": 0.9}, stale=True)
    shelf.accept("a.png")
    said = cutline("stats", shelf.root, "--json")
    assert said.code == 0
    assert said.json == {
        "images": 3,
        "captioned": 2,
        "pending": 1,
        "accepted": 1,
        "rejected": 0,
        "untouched": 1,
        "skipped": 0,
        "flagged": 0,
        "aside": 0,
        "stale": 1,
        "unreadable": 0,
        "tags": 3,
    }
    assert "captioned  2\n" in cutline("stats", shelf.root).out


def test_show_says_what_is_known_of_an_image(cutline: Terminal, shelf: Shelf) -> None:
    """All stored tags with their scores, the text of the view, what was answered, and the image's steps."""
    make_picture(shelf.root / "a.png", size=(64, 48))
    shelf.desk.scan()
    first = shelf.propose("a.png", {"window": 0.9, "dark": 0.2})
    second = shelf.propose("a.png", "A cat on a sofa.", source="captioner", merge="fill")
    step = shelf.accept("a.png")
    shown = cutline("show", shelf.root, "./a.png", "--json").json
    assert (shown["image"], shown["width"], shown["height"]) == ("a.png", 64, 48)
    assert (shown["caption"], shown["state"]) == ("cat, sofa, window\n", "accepted")
    assert shown["tokens"] == {"clip": 5, "clip_exact": True, "t5": 7, "t5_exact": False}
    tagger, captioner = shown["proposals"]
    assert tagger["id"] == first
    assert (tagger["kind"], tagger["text"], tagger["stale"]) == ("tags", "window", False)
    assert [(t["tag"], t["in_view"]) for t in tagger["tags"]] == [("window", True), ("dark", False)]
    assert tagger["decision"] == {"id": step.id, "answer": "taken"}
    assert (captioner["id"], captioner["tags"], captioner["text"]) == (second, None, "A cat on a sofa.")
    assert [row["id"] for row in shown["history"]] == [step.id]
    assert cutline("show", shelf.root, "a.png").out.startswith("a.png  64×48 px  accepted\ncat, sofa, window\n")


def test_show_says_what_a_caption_takes_of_the_text_encoders(cutline: Terminal, shelf: Shelf) -> None:
    """Counts stand beside the limits of the settings; without a caption there is nothing to count."""
    (shelf.root / "a.txt").write_text("cat, " * 40)
    assert "80/75 CLIP tokens, over, ~97/512 T5 (estimate)\n" in cutline("show", shelf.root, "a.png").out
    settings = paths.ensure(paths.config_dir()) / "cutline.toml"
    settings.write_text("[tokens]\nclip_blocks = 2\nt5_limit = 256\n")
    assert "80/150 CLIP tokens, ~97/256 T5 (estimate)\n" in cutline("show", shelf.root, "a.png").out
    (shelf.root / "a.txt").unlink()
    assert cutline("show", shelf.root, "a.png", "--json").json["tokens"] is None


def test_a_tokenizer_file_that_is_not_there_is_named(cutline: Terminal, shelf: Shelf) -> None:
    """One line says which setting names which file."""
    settings = paths.ensure(paths.config_dir()) / "cutline.toml"
    settings.write_text('[tokens]\nt5 = "/nowhere/spiece.model"\n')
    said = cutline("show", shelf.root, "a.png")
    assert said.code == 2
    assert "tokens.t5: there is no file /nowhere/spiece.model (name a tokenizer.json" in said.err


def test_show_can_say_what_is_not_utf8(cutline: Terminal, shelf: Shelf) -> None:
    """Names and captions of any bytes come through JSON; on the terminal they are visible signs."""
    name = b"\xff\x1b.png"
    (shelf.root / os.fsdecode(name)).write_bytes(b"no picture")
    (shelf.root / os.fsdecode(b"\xff\x1b.txt")).write_bytes(b"\xfe")
    shown = cutline("show", shelf.root, os.fsdecode(name), "--json").json
    assert shown["image"] == {"name_b64": "/xsucG5n"}
    assert shown["caption"] == {"b64": "/g=="}
    assert (shown["width"], shown["height"]) == (None, None)
    assert cutline("show", shelf.root, os.fsdecode(name)).out.startswith("\\xff␛.png  unreadable")


def test_show_refuses_what_is_no_image(cutline: Terminal, shelf: Shelf) -> None:
    """An image that is not in the dataset is wrong usage."""
    said = cutline("show", shelf.root, "nope.png")
    assert said.code == 2
    assert "nope.png" in said.err


def test_history_shows_what_an_edit_changed(cutline: Terminal, shelf: Shelf) -> None:
    """A hand edit has no hunks to show: its line names the tags that went and came, `show` too."""
    shelf.desk.edit(shelf.frame("a.png"), "cat, kitten")
    (line,) = cutline("history", shelf.root).out.splitlines()
    assert line.endswith("  a.png  -sofa  +kitten")
    assert cutline("show", shelf.root, "a.png").out.splitlines()[-1] == line


def test_history_names_a_glob_that_fits_no_image(cutline: Terminal, shelf: Shelf) -> None:
    """A misspelt `--images` is wrong usage, as `edit` has it; an image nothing was done to has no history."""
    said = cutline("history", shelf.root, "--images", "zzz")
    assert (said.code, said.out) == (2, "")
    assert said.err == cutline("edit", shelf.root, "add:x", "--images", "zzz").err
    (shelf.root / "new.png").write_bytes(b"picture")
    said = cutline("history", shelf.root, "--images", "new*")
    assert (said.code, said.out, said.err) == (0, "", "")


def test_history_is_one_document_a_step(cutline: Terminal, shelf: Shelf) -> None:
    """Every row of the journal has what was there before and after, and what took it back."""
    proposal = shelf.propose("a.png", {"window": 0.9})
    cutline("accept", shelf.root)
    cutline("undo", shelf.root)
    accepted, undone = cutline("history", shelf.root, "--json").rows
    expected = {
        "id": 1,
        "group": 1,
        "kind": "accept",
        "image": "a.png",
        "caption_file": "a.txt",
        "answers": [{"proposal": proposal, "answer": "taken", "hunks": ["+window"]}],
        "before": "cat, sofa\n",
        "after": "cat, sofa, window\n",
        "written": True,
        "undoes": None,
        "undone_by": 2,
    }
    assert {field: accepted[field] for field in expected} == expected
    assert (undone["kind"], undone["undoes"], undone["after"]) == ("undo", 1, "cat, sofa\n")
    lines = cutline("history", shelf.root).out.splitlines()
    assert len(lines) == 2
    assert "+window" in lines[0]


def test_looking_writes_nothing(cutline: Terminal, shelf: Shelf) -> None:
    """Commands that look change no file of the dataset."""

    def files() -> dict[Path, bytes]:
        found = (path for path in shelf.root.rglob("*") if path.is_file() and ".cutline" not in path.parts)
        return {path: path.read_bytes() for path in found}

    before = files()
    for command in (["stats"], ["history"], ["show"]):
        cutline(*command, shelf.root, *(["a.png"] if command == ["show"] else []))
    assert files() == before


@pytest.mark.parametrize("kind", ["pipe", "folder", "socket"])
def test_a_caption_that_is_no_file_is_said(cutline: Terminal, shelf: Shelf, kind: str) -> None:
    """`show` says what has the caption's name and fails; the rest is shown, nothing waits, and `stats` goes on."""
    place = shelf.root / "sub/c.txt"
    if kind == "pipe":
        os.mkfifo(place)
    elif kind == "folder":
        place.mkdir()
    else:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.relpath(place))  # a whole path may be too long for a socket
    said = cutline("show", shelf.root, "sub/c.png")
    hint = "(a folder, pipe, socket or device has a caption's name; move it away)"
    assert (said.code, said.err) == (1, f"cutline: c.txt is not a plain file {hint}\n")
    assert (
        said.out
        == "sub/c.png  unreadable (the picture is not a picture of a kind that can be read)  untouched\n(the caption cannot be read)\n"
    )
    assert cutline("show", shelf.root, "sub/c.png", "--json").json["caption"] is None
    stats = cutline("stats", shelf.root, "--json")
    assert (stats.code, stats.json["captioned"]) == (0, 2)


def test_stored_scores_that_cannot_be_read_are_said_once(cutline: Terminal, shelf: Shelf) -> None:
    """A damaged answer in the store is one line and exit code 1."""
    shelf.propose("a.png", {"window": 0.9})
    with shelf.desk.store.transaction() as db:
        db.execute("UPDATE answers SET scores = x'01'")
    said = cutline("show", shelf.root, "a.png")
    assert (said.code, said.out) == (1, "")
    assert said.err == "cutline: stored tag scores cannot be read (tag the image again with --again)\n"


def test_looking_at_a_broken_picture_makes_it_known(cutline: Terminal, shelf: Shelf) -> None:
    """`show` says that it cannot be read, and from then on counts and filters know it."""
    (shelf.root / "b.png").write_bytes(b"not a png...")
    assert cutline("stats", shelf.root, "--json").json["unreadable"] == 0
    assert cutline("show", shelf.root, "b.png").out.startswith("b.png  unreadable (the picture is not a picture")
    assert cutline("stats", shelf.root, "--json").json["unreadable"] == 1
