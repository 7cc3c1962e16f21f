"""`cutline import --from scores-csv`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.dataset.images import read_digest
from engine.tagging import import_scores

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.review.shelf import Shelf
    from tests.tui.shell.terminal import Said, Terminal

TEXT = "image,tag,category,score\na.png,window,general,0.9\na.png,sofa,general,0.04\nsub/c.png,dog,general,0.8\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a file with scores of two images."""
    file = tmp_path / "wd.v3.csv"
    file.write_text(TEXT)
    return file


def bring(cutline: Terminal, shelf: Shelf, file: Path, *words: object) -> Said:
    """Import a file with scores."""
    return cutline("import", shelf.root, "--from", "scores-csv", file, *words)


def test_scores_come_in_under_the_files_name(cutline: Terminal, shelf: Shelf, file: Path) -> None:
    """What came and what was there already is said; captions stay as they are."""
    said = bring(cutline, shelf, file)
    assert (said.code, said.err) == (0, "")
    assert said.out == "scores of 2 images brought in as wd.v3, proposed from 0.35 on\n"
    assert bring(cutline, shelf, file).out == "nothing new in it: 2 images already there\n"
    file.write_text(TEXT.replace("0.8", "0.7"))
    again = bring(cutline, shelf, file)
    assert again.out == "scores of 1 image brought in as wd.v3, proposed from 0.35 on; 1 image already there\n"
    assert (shelf.caption("a.png"), shelf.caption("sub/c.png")) == (b"cat, sofa\n", None)
    (proposal,) = cutline("show", shelf.root, "a.png", "--json").json["proposals"]
    assert [(tag["tag"], tag["in_view"]) for tag in proposal["tags"]] == [("window", True), ("sofa", False)]


def test_the_options_and_the_summary(cutline: Terminal, shelf: Shelf, file: Path) -> None:
    """`--as`, `--merge` and `--threshold` say as what it comes in; `--json` gives the numbers."""
    said = bring(cutline, shelf, file, "--as", "joy", "--merge", "replace", "--threshold", "0.85", "--json")
    assert said.json == {
        "source": "joy",
        "threshold": 0.85,
        "view_changed": False,
        "images": 2,
        "proposed": 2,
        "unchanged": 0,
        "repeated": 0,
        "unknown": [],
        "refused": [],
    }
    (proposal,) = cutline("show", shelf.root, "a.png", "--json").json["proposals"]
    assert (proposal["source"], proposal["merge"], proposal["text"]) == ("joy", "replace", "window")
    assert bring(cutline, shelf, file, "--as", "joy", "--merge", "replace", "--json").json["threshold"] == 0.85


def test_another_threshold_for_what_is_there_is_said(cutline: Terminal, shelf: Shelf, file: Path) -> None:
    """A new view of old scores is told, in words and in JSON; the same view again, and a new layer, are no change."""
    assert bring(cutline, shelf, file, "--json").json["view_changed"] is False
    said = bring(cutline, shelf, file, "--threshold", "0.95")
    assert said.out == (
        "nothing new in it: 2 images already there\nwhat wd.v3 proposes is seen through the new view, from 0.95 on\n"
    )
    assert "new view" not in bring(cutline, shelf, file, "--threshold", "0.95").out
    back = bring(cutline, shelf, file, "--threshold", "0.35", "--json").json
    assert (back["proposed"], back["view_changed"], back["threshold"]) == (0, True, 0.35)


def test_images_that_are_not_there(cutline: Terminal, shelf: Shelf, file: Path) -> None:
    """They are counted, a few are named, and the command ends with 3; the others come in."""
    file.write_text(TEXT + "".join(f"x{number}.png,cat,general,0.5\n" * 2 for number in range(5)))
    said = bring(cutline, shelf, file)
    assert (said.code, said.out.split(" brought")[0]) == (3, "scores of 2 images")
    assert "left out: 5 images not in the dataset: x0.png, x1.png, x2.png and 2 more\n" in said.err
    again = bring(cutline, shelf, file, "--json")
    assert (again.code, again.json["unknown"]) == (3, [f"x{number}.png" for number in range(5)])


def test_what_a_file_cannot_tell_is_said(cutline: Terminal, shelf: Shelf, file: Path) -> None:
    """Lines that say the same tag again, and a file that was made with a threshold, are told in one line each."""
    file.write_text("image,tag,score\na.png,cat,0.5\na.png,cat,0.6\na.png,cat,0.41\n")
    said = bring(cutline, shelf, file)
    assert said.err == (
        f"{file} says a tag of an image more than once (2 lines too many): the highest score counts\n"
        f"{file} holds no score below 0.41: a threshold below that proposes no more\n"
    )


def test_a_wrong_line_refuses_the_whole_file(cutline: Terminal, shelf: Shelf, file: Path) -> None:
    """Nothing of a file with a wrong line is stored, not even its view."""
    file.write_text(TEXT + "b.png,cat,general,50%\n")
    said = bring(cutline, shelf, file)
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        f"cutline: {file}, line 5: the score `50%` is no number from 0 to 1"
        " (correct it and import it again; nothing was stored)\n"
    )
    assert cutline("history", shelf.root).out == ""
    assert cutline("stats", shelf.root, "--json").json["pending"] == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--from", "scores-csv"], "FILE is missing"),
        (["--from", "scores-csv", "no.csv"], "no.csv cannot be read: No such file or directory"),
        (["--from", "scores-csv", "."], "the layer needs a name"),
        (["--from", "scores-csv", ".", "--as", "x"], ". cannot be read: Is a directory"),
        (["--from", "scores-csv", "a.csv", "--as", " "], "the layer needs a name"),
        (["--from", "scores-csv", "a.csv", "--threshold", "2"], "`2` is no number from 0 to 1"),
        (["--from", "scores-csv", "a.csv", "--merge", "apend"], "did you mean append?"),
        (["--from", "score-csv", "a.csv"], "did you mean scores-csv?"),
        (["--from", "store", "--as", "x"], "--as means nothing with --from store"),
        (["--from", "store", "--merge", "fill"], "--merge means nothing with --from store"),
        (["--from", "store", "--threshold", "0"], "--threshold means nothing with --from store"),
    ],
)
def test_wrong_usage_is_one_line(cutline: Terminal, shelf: Shelf, words: list[str], why: str) -> None:
    """What makes no sense ends with 2 and says what to do."""
    said = cutline("import", shelf.root, *words)
    assert (said.code, said.err.count("\n")) == (2, 1)
    assert why in said.err


def test_an_interruption_says_what_is_stored(
    cutline: Terminal, shelf: Shelf, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends with 130 and tells how many images are stored; before the first ones it says only that."""
    monkeypatch.setattr(import_scores, "BATCH", 1)
    seen: list[bytes] = []

    def interrupted(root: Path, key: bytes) -> tuple[bytes, int, int]:
        seen.append(key)
        if len(seen) in {1, 3}:
            raise KeyboardInterrupt
        return read_digest(root, key)

    monkeypatch.setattr(import_scores, "read_digest", interrupted)
    said = bring(cutline, shelf, file)
    assert (said.code, said.err) == (130, "cutline: interrupted\n")
    said = bring(cutline, shelf, file)
    assert (said.code, said.out) == (130, "")
    assert said.err == "cutline: interrupted: scores of 1 of 2 images stored (run it again to go on)\n"
    assert bring(cutline, shelf, file, "--json").json["proposed"] == 1


def test_decided_images_that_wait_again_are_counted(cutline: Terminal, shelf: Shelf, file: Path) -> None:
    """Images that were decided and have a new candidate are counted in the last line; others are not."""
    for name in ("a.png", "b.png", "sub/c.png"):
        shelf.desk.edit(shelf.frame(name), "wolf")
    said = bring(cutline, shelf, file)
    assert said.out.splitlines()[1:] == ["2 decided images wait again: new candidates"]
    assert "again" not in bring(cutline, shelf, file).out
    as_json = bring(cutline, shelf, file, "--as", "other", "--json")
    assert (as_json.json["proposed"], as_json.err) == (2, "")
