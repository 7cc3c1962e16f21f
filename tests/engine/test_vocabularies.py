"""The vocabularies a person has, read from where they lie."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from engine import paths, vocabularies
from engine.captions.known.vocabulary import Vocabulary
from engine.dataset.caption_files import CaptionFiles
from tests.rules.arrows import HEAVY

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import pytest

TAGGER = """
adapter = "onnx_tagger"
kind = "tagger"
summary = "mine"
licence = "mine"
preprocessing = 1
threshold = 0.4
floor = 0.1
[weights]
folder = "FOLDER"
files = { model = "model.onnx", labels = "selected_tags.csv" }
[picture]
how = "pad"
[graph]
[labels]
reader = "csv"
categories = { 0 = "general", 4 = "character" }
"""


def completions(files: Sequence[str], typed: str) -> list[tuple[str, str]]:
    """Return what completes what is typed, with its category."""
    known, problems = vocabularies.load_known(files)
    assert problems == ()
    return [(one.tag, one.category) for one in Vocabulary({}, known).complete(typed)]


def test_lists_are_found_by_settings_and_in_their_folder(tmp_path: Path) -> None:
    """Absolute paths, paths below HOME, paths beside the settings, and every .csv of the folder are read."""
    config = paths.config_dir()
    (config / "vocabularies").mkdir(parents=True)
    (tmp_path / "a.csv").write_text("tag_a,0,4\n")
    (tmp_path / "home" / "b.csv").write_text("tag_b,0,3\n")
    (config / "c.csv").write_text("tag_c,0,2\n")
    (config / "vocabularies" / "d.csv").write_text("tag_d,4,1\n")
    (config / "vocabularies" / "notes.txt").write_text("tag_e,4,1\n")
    found = completions([str(tmp_path / "a.csv"), "~/b.csv", "c.csv"], "tag")
    assert found == [("tag a", "general"), ("tag b", "general"), ("tag c", "general"), ("tag d", "character")]


def test_what_cannot_be_read_is_said_once(tmp_path: Path) -> None:
    """A missing list and broken lines are one line each that names the file; the rest is read."""
    (tmp_path / "a.csv").write_text("solo,0,4\nbroken,0,many\nworse,0,none\n")
    files = [str(tmp_path / "a.csv"), str(tmp_path / "gone.csv"), "~nobody-here/b.csv"]
    known, problems = vocabularies.load_known(files)
    assert [one.tag for one in Vocabulary({}, known).complete("s")] == ["solo"]
    assert [problem.count(str(tmp_path)) for problem in problems] == [0, 1, 1]
    assert "gone.csv cannot be read: there is no such file" in problems[1]
    assert "~nobody-here/b.csv cannot be read: there is no such file" in problems[2]
    assert problems[0] == "a.csv: left out 2 lines, the first is 2: no name,category,count"


def test_labels_of_a_tagger_whose_files_are_here(tmp_path: Path) -> None:
    """A tagger's tags are known as soon as its label file is on disk; a label file that is wrong is said."""
    models = paths.config_dir() / "models"
    models.mkdir(parents=True)
    (models / "mine.toml").write_text(TAGGER.replace("FOLDER", str(tmp_path)))
    assert completions([], "long") == []
    labels = tmp_path / "selected_tags.csv"
    labels.write_text("name,category\nlong_hair,0\nhatsune_miku,4\n")
    assert completions([], "long") == [("long hair", "general")]
    assert completions([], "hat") == [("hatsune miku", "character")]
    labels.write_text("no,header\n")
    _, (problem,) = vocabularies.load_known([])
    assert problem.startswith("the labels of mine are no vocabulary: ")


def test_own_tags_are_those_of_the_caption_files(tmp_path: Path) -> None:
    """Each caption counts once, also where two images share it, and counting can be given up."""
    (tmp_path / "a.txt").write_text("solo, long hair")
    (tmp_path / "b.txt").write_text("solo")
    files, images = CaptionFiles(tmp_path), [b"a.png", b"a.jpg", b"b.png", b"c.png"]
    assert vocabularies.count_own(files, images, ".txt", ",", lambda: False) == {"solo": 2, "long hair": 1}
    assert vocabularies.count_own(files, images, ".txt", ",", lambda: True) == {}


def test_reading_labels_imports_no_heavy_library() -> None:
    """Vocabularies need none of the libraries that run models."""
    code = "import sys; from engine import vocabularies as v; v.load_known([]); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert HEAVY.isdisjoint(loaded)


def test_what_would_be_read_for_ever_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device, a pipe, a folder or a file far too large is named and left out at once."""
    monkeypatch.setattr(vocabularies, "LARGEST_BYTES", 10)
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "large.csv").write_text("solo,0,4\n" * 10)
    files = ["/dev/zero", str(tmp_path / "pipe.csv"), str(tmp_path), str(tmp_path / "large.csv")]
    _, problems = vocabularies.load_known(files)
    assert [problem.partition(" cannot be read: ")[2] for problem in problems] == [
        "it is no plain file",
        "it is no plain file",
        "it is no plain file",
        "it is larger than 0 MiB",
    ]
