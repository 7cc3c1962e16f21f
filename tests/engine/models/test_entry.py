"""Catalogue files: what is wrong in one is said with file and key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.errors import BadSetting, WrongUsage
from engine.models.entry import Option, checked, read_entry

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """
adapter = "pixel_stats"
kind = "tagger"
summary = "s"
licence = "MIT"
revision = "1"
preprocessing = 1
threshold = 0.5
floor = 0.05
[options]
radius = { default = 2, min = 1, max = 9.5, help = "h" }
"""


def test_an_entry_is_named_after_its_file(tmp_path: Path) -> None:
    """Everything in the file is read; the name comes from outside it."""
    (tmp_path / "mine.toml").write_text(GOOD)
    entry = read_entry(tmp_path / "mine.toml")
    assert (entry.name, entry.floor, entry.options["radius"].default) == ("mine", 0.05, 2)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('licence = "MIT"', 'license = "MIT"', r"there is no key license \(did you mean licence\?\)"),
        ('summary = "s"', "", "summary is missing"),
        ('kind = "tagger"', 'kind = "poet"', "kind: invalid"),
        ("preprocessing = 1", "preprocessing = 1.5", "preprocessing: expected `int`"),
        ("preprocessing = 1", "preprocessing = -3", "preprocessing: expected `int` >= 0"),
        ("threshold = 0.5", "threshold = nan", "threshold: a tagger has one from 0 to 1"),
        ("threshold = 0.5", "threshold = 1.5", "threshold: a tagger has one from 0 to 1"),
        ("floor = 0.05", "", "floor: a tagger has one"),
        ('kind = "tagger"', 'kind = "captioner"', "threshold: .* a captioner has none"),
        ("min = 1", "least = 1", "there is no key options.radius.least"),
        ("default = 2, ", "", "options.radius.default is missing"),
        ("default = 2", "default = 12", "options.radius.default: .* at most 9.5"),
        ("min = 1", 'min = "a"', "options.radius.min: expected"),
        ("[options]", "[options", "is not a TOML file"),
        ('summary = "s"', 'summary = "s"\nname = "x"', "name: it is named after its file"),
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    """The message holds the file's path, the key, and the nearest key where one is misspelt."""
    file = tmp_path / "mine.toml"
    assert old in GOOD
    file.write_text(GOOD.replace(old, new))
    with pytest.raises(BadSetting, match=said) as caught:
        read_entry(file)
    assert str(file) in caught.value.message


TAGGER = (
    GOOD.replace("pixel_stats", "onnx_tagger").partition("[options]")[0]
    + """
[weights]
repo = "somebody/something"
files = { model = "model.onnx", labels = "tags.txt" }
[picture]
how = "pad"
[graph]
channels = "BGR"
[labels]
reader = "lines"
"""
)


def test_a_tagger_of_tables_is_read(tmp_path: Path) -> None:
    """Weights, picture, graph and labels, and what is left out is as usual."""
    (tmp_path / "mine.toml").write_text(TAGGER)
    entry = read_entry(tmp_path / "mine.toml")
    assert entry.weights is not None
    assert entry.graph is not None
    assert (entry.weights.revision, entry.graph.layout, entry.graph.scale) == ("main", "read", 255.0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('[graph]\nchannels = "BGR"', "", r"graph is missing \(write \[graph\]; onnx_tagger needs it\)"),
        ('[picture]\nhow = "pad"', "", "picture is missing"),
        ('[labels]\nreader = "lines"', "", "labels is missing"),
        ('how = "pad"', 'how = "stretch"', "picture.how: invalid enum value"),
        ('how = "pad"', "colour = [0, 0, 256]", r"picture.colour\[2\]: expected"),
        ('channels = "BGR"', 'chanels = "BGR"', r"there is no key (graph\.)?chanels"),
        ('channels = "BGR"', "scale = 0", "graph.scale: expected"),
        ('channels = "BGR"', "scale = inf", "graph.scale: expected"),
        ('channels = "BGR"', "mean = [0, nan, 0]", r"graph.mean\[1\]: expected"),
        ('channels = "BGR"', "mean = [0, 0, -inf]", r"graph.mean\[2\]: expected"),
        ('channels = "BGR"', "std = [0, 1, 1]", r"graph.std\[0\]: expected `float` > 0"),
        ('channels = "BGR"', "std = [1, nan, 1]", r"graph.std\[1\]: expected"),
        ('channels = "BGR"', "std = [1, 1, inf]", r"graph.std\[2\]: expected"),
        ('channels = "BGR"', "outputs = []", "graph.outputs: expected"),
        ('channels = "BGR"', "outputs = [-1]", r"graph.outputs\[0\]: expected `int` >= 0"),
        ('labels = "tags.txt"', 'names = "tags.txt"', "weights.files.labels is missing"),
        ("tags.txt", "../tags.txt", r"weights.files.labels: '../tags.txt' is no path below a folder"),
        ("tags.txt", "/tags.txt", "is no path below a folder"),
        ('repo = "somebody/something"', "", "weights: either repo or an absolute folder"),
        ('repo = "somebody/something"', 'folder = "somewhere"', "weights: either repo or an absolute folder"),
        ("[picture]", 'sha256 = { "m.onnx" = "0" }\n[picture]', "weights.sha256: m.onnx is none of weights.files"),
        ("threshold = 0.5", "threshold = 0.5\nthresholds = { x = 2.0 }", "thresholds.x: a tagger has one from 0 to 1"),
        ("threshold = 0.5", "threshold = 0.5\nthresholds = { x = nan }", "thresholds.x: a tagger has one from 0 to 1"),
    ],
)
def test_a_wrong_table_is_named_with_its_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    """What an adapter needs is asked for when the entry is read, not when a job runs."""
    file = tmp_path / "mine.toml"
    assert old in TAGGER
    file.write_text(TAGGER.replace(old, new))
    with pytest.raises(BadSetting, match=said) as caught:
        read_entry(file)
    assert str(file) in caught.value.message


def test_options_must_be_a_table(tmp_path: Path) -> None:
    """A plain value in place of the table is named."""
    file = tmp_path / "mine.toml"
    file.write_text(GOOD.partition("[options]")[0] + "options = 3\n")
    with pytest.raises(BadSetting, match="options: not a table"):
        read_entry(file)


@pytest.mark.parametrize(
    ("default", "value", "kept"),
    [(1, 5, 5), (1.0, 5, 5.0), (1.0, 5.5, 5.5), (False, True, True), ("a", "b", "b")],
)
def test_fitting_values_take_the_type_of_the_default(default: object, value: object, kept: object) -> None:
    """A whole number serves as a fraction, so that 5 and 5.0 have one fingerprint."""
    got = checked("it", Option(default=default, help=""), value)  # type: ignore[arg-type]
    assert (got, type(got)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("default", "value", "said"),
    [
        (1, 5.5, "takes a whole number"),
        (1, True, "takes a whole number"),
        (1.0, "5", "takes a number"),
        (1.0, True, "takes a number"),
        (False, 1, "takes true or false"),
        ("a", None, "takes text"),
        (1.0, float("nan"), "must be"),
        (1.0, float("inf"), "must be"),
        (1, -1, "at least 0"),
        (1, 101, "at most 100"),
    ],
)
def test_values_that_do_not_fit_are_refused(default: object, value: object, said: str) -> None:
    """Type and range are checked, and the message says what is taken."""
    ends = (0, 100) if type(default) is int else (None, None)
    with pytest.raises(WrongUsage, match=said):
        checked("it", Option(default=default, help="", min=ends[0], max=ends[1]), value)  # type: ignore[arg-type]


def test_a_word_that_is_no_choice_is_refused_with_the_nearest() -> None:
    """Choices are the only words taken."""
    with pytest.raises(WrongUsage, match="did you mean bicubic"):
        checked("resize", Option(default="area", help="", choices=("area", "bicubic")), "bicubc")
