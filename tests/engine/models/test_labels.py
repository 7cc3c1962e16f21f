"""Label files: read as they are described, refused by name where they are something else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.captions.viewing.scores import to_u16
from engine.errors import Unreadable
from engine.models.contract import Scored
from engine.models.labels import NOBODYS, check_count, read_labels
from engine.models.scoring import Scorer
from engine.models.tagger import LabelFile

if TYPE_CHECKING:
    from pathlib import Path

WD = LabelFile("csv", categories={"0": "general", "4": "character", "9": "rating"})
HEADER = "tag_id,name,category,count\n"


def written(folder: Path, text: str) -> Path:
    """Write a label file."""
    file = folder / "labels"
    file.write_bytes(text.encode())
    return file


def test_a_csv_file_is_read_by_its_header(tmp_path: Path) -> None:
    """Columns may come in any order, with a byte order mark, quotes, commas, blank lines and Windows line ends."""
    text = '\ufeffcategory,count,name\r\n9,1,general\r\n\r\n0,2,"a ""b"", c"\r\n4,3,saber_(fate)\r\n\r\n'
    labels = read_labels(written(tmp_path, text), WD)
    assert labels.table.names == ("general", 'a "b", c', "saber_(fate)")
    assert labels.table.categories == ("rating", "general", "character")
    assert (labels.of_output, labels.following) == ((0, 1, 2), ())


def test_a_row_without_a_tag_keeps_its_place(tmp_path: Path) -> None:
    """A published label file has such a row: the outputs after it must not move, and nothing is said of its own."""
    labels = read_labels(written(tmp_path, HEADER + "1,a,0,1\n-1,,0,0\n3,c,0,1\n"), WD)
    assert (labels.table.names, labels.of_output) == (("a", "c"), (0, NOBODYS, 1))
    answer = Scorer(labels, 0.0, "none", "m").scored(np.array([0.25, 0.9, 0.5], np.float32))
    assert isinstance(answer, Scored)
    assert answer.pairs == ((0, to_u16(0.25)), (1, to_u16(0.5)))


def test_lines_are_tags_in_order(tmp_path: Path) -> None:
    """Blank lines are dropped, commas and quotes belong to the tag, and all are general."""
    labels = read_labels(written(tmp_path, '1girl\n\n>:)\na, "b"\n'), LabelFile("lines"))
    assert labels.table.names == ("1girl", ">:)", 'a, "b"')
    assert set(labels.table.categories) == {"general"}


@pytest.mark.parametrize("depth", [0, 1, 2])
def test_camie_files_may_nest_their_tables(tmp_path: Path, depth: int) -> None:
    """Version 1 has them at the top, version 2 deeper; order goes by number, and a tag without category is general."""
    said: dict[str, object] = {
        "idx_to_tag": {"1": "b", "0": "a", "2": "c"},
        "tag_to_category": {"a": "year", "b": "meta"},
    }
    for name in ("tag_mapping", "dataset_info")[:depth]:
        said = {name: said, "other": [1, 2]}
    labels = read_labels(written(tmp_path, json.dumps(said)), LabelFile("camie"))
    assert labels.table.names == ("a", "b", "c")
    assert labels.table.categories == ("year", "meta", "general")


def test_a_cl_file_numbers_its_labels(tmp_path: Path) -> None:
    """Its own words for categories hold, in small letters, and keys need not be in order."""
    said = {"1": {"tag": "b", "category": "Quality"}, "0": {"tag": "a", "category": "Rating"}}
    labels = read_labels(written(tmp_path, json.dumps(said)), LabelFile("cl"))
    assert (labels.table.names, labels.table.categories) == (("a", "b"), ("rating", "quality"))


def test_a_tag_that_is_there_twice_is_one_tag(tmp_path: Path) -> None:
    """Outputs of the same tag in the same category share it; the same word in another category is another tag."""
    labels = read_labels(written(tmp_path, HEADER + "1,a,0,1\n2,b,0,1\n3,a,0,1\n4,a,4,1\n"), WD)
    assert labels.table.names == ("a", "b", "a")
    assert labels.table.categories == ("general", "general", "character")
    assert labels.of_output == (0, 1, 0, 2)


def test_series_follow_from_characters(tmp_path: Path) -> None:
    """Each series becomes one more label, whoever names it; an empty cell names none."""
    text = 'name,category,ips\nx,0,\nsaber,4,"[""fate""]"\nrin,4,"[""fate"", ""other""]"\n'
    described = LabelFile("csv", categories=WD.categories, derived="ips")
    labels = read_labels(written(tmp_path, text), described)
    assert labels.table.names == ("x", "saber", "rin", "fate", "other")
    assert labels.table.categories[3:] == ("copyright", "copyright")
    assert labels.following == ((1, 3), (2, 3), (2, 4))


def test_a_prefix_says_the_category(tmp_path: Path) -> None:
    """It is cut off, whatever the category column says."""
    described = LabelFile("csv", categories=WD.categories, category_prefixes={"rating:": "rating"})
    labels = read_labels(written(tmp_path, HEADER + "1,rating:safe,0,1\n2,a,0,1\n3,rating:,0,1\n"), described)
    assert labels.table.names == ("safe", "a", "rating:")
    assert labels.table.categories == ("rating", "general", "general")


def test_without_a_map_the_own_words_hold(tmp_path: Path) -> None:
    """A number stays a number; nothing is called general."""
    labels = read_labels(written(tmp_path, HEADER + "1,a,7,1\n2,b,,1\n"), LabelFile("csv"))
    assert labels.table.categories == ("7", "general")


@pytest.mark.parametrize(
    ("described", "text", "said"),
    [
        (WD, "tag_id,tag,category\n1,a,0\n", "no column name, only tag_id, tag, category"),
        (WD, HEADER + "1,a,0,1\n2,b,5,1\n", "line 3: the category '5' of b is not known"),
        (WD, HEADER + "1,a,0,1\n2\n", "line 3 has too few columns"),
        (WD, HEADER + "1,a,0,1\n" + "1,,0,1\n" * 4, "line 3 has no tag, and 3 others"),
        (WD, HEADER + '1,"a,0,1\n', "unexpected end of data"),
        (WD, HEADER, "has no labels"),
        (WD, "", "no column name, only nothing"),
        (LabelFile("lines"), "\n\n", "has no labels"),
        (
            LabelFile("csv", category="", derived="ips"),
            "name,ips\na,[1]\n",
            "line 2: '\\[1\\]' is no JSON list of tags",
        ),
        (LabelFile("camie"), "[1", "is not JSON"),
        (LabelFile("camie"), '{"idx_to_tag": {}}', "has no tables idx_to_tag and tag_to_category"),
        (LabelFile("cl"), '{"0": {"tag": "a"}, "2": {"tag": "b"}}', "2 labels, but none with the number 1"),
        (LabelFile("cl"), '{"x": {"tag": "a"}}', "a label whose key is no number"),
        (LabelFile("cl"), '{"0": "a"}', "label 0 is no table of tag and category"),
        (LabelFile("cl"), '{"0": {"category": "General"}}', "has no labels"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, described: LabelFile, text: str, said: str) -> None:
    """One line that names the file."""
    file = written(tmp_path, text)
    with pytest.raises(Unreadable, match=said) as caught:
        read_labels(file, described)
    assert str(file) in caught.value.message
    assert "\n" not in str(caught.value)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    """So is a file that is not there."""
    (tmp_path / "labels").write_bytes(b"name\n\xff\xfe\n")
    for file, said in ((tmp_path / "labels", "is not UTF-8 text"), (tmp_path / "none", "cannot be read")):
        with pytest.raises(Unreadable, match=said):
            read_labels(file, LabelFile("lines"))


def test_labels_and_outputs_must_be_as_many(tmp_path: Path) -> None:
    """Both counts and the file are named; spare outputs are all there or none is."""
    labels = read_labels(written(tmp_path, "a\nb\na\n"), LabelFile("lines"))
    for outputs, spare in ((3, 0), (3, 9), (12, 9)):
        check_count(outputs, labels, spare)
    for outputs, spare in ((2, 0), (4, 0), (11, 9), (13, 9)):
        with pytest.raises(Unreadable, match=f"{outputs} outputs, but {labels.file} has 3 labels"):
            check_count(outputs, labels, spare)
