"""The ONNX tagger where something is wrong with files, graph, entry or device; right answers: test_known_answers.py."""

from __future__ import annotations

import logging
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from engine.errors import BadSetting, MissingWeights, Unreadable, WrongUsage
from engine.models import registry
from engine.models.adapters.onnx_tagger import OnnxTagger
from engine.models.contract import Ask, Scored
from engine.models.fit import Fit
from engine.models.pictures import Picture
from engine.models.scoring import NotFinite
from tests.engine.models import known_answer
from tests.engine.models.known_facts import FACTS
from tests.engine.models.known_model import Variant, write_labels

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.models.entry import Entry
    from tests.engine.models.known_answer import Made

WD, CAMIE = "wd-vit-tagger-v3", "camie-tagger-v2"


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Make a known-answer model in the shape of a WD tagger."""
    return known_answer.make(WD, tmp_path)


def with_table(entry: Entry, table: str, **values: Any) -> Entry:
    """Change one table of an entry."""
    changed = msgspec.structs.replace(getattr(entry, table), **values)
    return msgspec.structs.replace(entry, **{table: changed})


def fitted(seed: int, size: int = 64) -> Picture:
    """Make a picture of noise as a decoder hands it over."""
    pixels = np.random.default_rng(seed).integers(0, 256, (size, size, 3), np.uint8)
    return Picture(pixels, None, (size, size), "RGB", bytes([seed]) * 32)


def write_graph(file: Path, inputs: Sequence[tuple[int, Sequence[int | str]]], output: str = "Identity") -> None:
    """Write a graph that hands its first input on."""
    taken = [helper.make_tensor_value_info(f"in{n}", kind, shape) for n, (kind, shape) in enumerate(inputs)]
    gives = TensorProto.INT64 if output == "Shape" else inputs[0][0]
    given = [helper.make_tensor_value_info("out", gives, None)]
    graph = helper.make_graph([helper.make_node(output, ["in0"], ["out"])], "g", taken, given)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), file)


def test_it_says_where_it_runs_and_what_it_wants(made: Made) -> None:
    """On the CPU it is called by threads, and the square it wants has the graph's size."""
    adapter = OnnxTagger(made.entry, "cpu")
    assert (adapter.calls, adapter.runs_on) == ("threads", "cpu")
    assert adapter.fit == Fit(size=64, how="pad", colour=(255, 255, 255), resample="kohya")


def test_a_device_that_cannot_be_had_is_owned_up_to(made: Made, caplog: pytest.LogCaptureFixture) -> None:
    """Where onnxruntime has no CUDA the session runs on the CPU, says so, and is called as there."""
    with caplog.at_level(logging.WARNING, "cutline.worker"):
        adapter = OnnxTagger(made.entry, "cuda:0")
    if adapter.runs_on != "cpu":
        pytest.skip("there is a GPU here")
    assert adapter.calls == "threads"
    assert "CUDAExecutionProvider" in caplog.text


def test_threads_and_batches_give_the_same_answers(tmp_path: Path) -> None:
    """Four threads with memory of their own, batches of any length, and a graph that takes four at once."""
    pictures = [fitted(seed) for seed in range(11)]
    adapter = OnnxTagger(known_answer.make(WD, tmp_path / "any").entry, "cpu")
    alone = [adapter.answer([picture], Ask({}))[0] for picture in pictures]
    assert len(set(map(str, alone))) == len(pictures)
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda one: adapter.answer([one], Ask({}))[0], pictures * 8)) == alone * 8
    assert list(adapter.answer(pictures, Ask({}))) == alone
    four = OnnxTagger(known_answer.make(WD, tmp_path / "four", Variant(batch=4)).entry, "cpu")
    assert list(four.answer(pictures, Ask({}))) == alone
    assert list(four.answer([], Ask({}))) == []


def test_a_picture_that_was_not_fitted_is_a_fault(made: Made) -> None:
    """It is never stretched to fit."""
    with pytest.raises(ValueError, match="was not fitted to 64 px"):
        OnnxTagger(made.entry, "cpu").answer([fitted(0, 32)], Ask({}))


def test_an_answer_that_is_no_number_fails_its_picture_alone(tmp_path: Path) -> None:
    """The others of the batch keep their scores."""
    write_graph(tmp_path / "model.onnx", [(TensorProto.FLOAT, ["N", 2, 2, 3])], "Log")
    (tmp_path / "selected_tags.csv").write_text("name,category\n" + "".join(f"t{n},0\n" for n in range(12)))
    made = known_answer.make(WD, tmp_path / "other")
    entry = with_table(made.entry, "weights", folder=str(tmp_path))
    entry = with_table(with_table(entry, "picture", size=2), "graph", scale=1.0, activation="sigmoid")
    adapter = OnnxTagger(with_table(entry, "graph", activation="sigmoid", scale=200.0), "cpu")
    good = Picture(np.full((2, 2, 3), 100, np.uint8), None, (2, 2), "RGB", b"g")
    bad = msgspec.structs.replace(good, pixels=np.zeros((2, 2, 3), np.uint8))
    answers = adapter.answer([good, bad, good], Ask({}))
    assert [type(answer) for answer in answers] == [Scored, NotFinite, Scored]


@pytest.mark.parametrize("cut", [0, 10, 400], ids=["empty", "a few bytes", "most of it"])
def test_a_truncated_model_is_named(made: Made, cut: int) -> None:
    """One line with the file's path."""
    file = made.folder / "model.onnx"
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(Unreadable, match=r"cannot be loaded by onnxruntime [0-9.]+: \w") as caught:
        OnnxTagger(made.entry, "cpu")
    assert str(file) in caught.value.message
    assert "\n" not in str(caught.value)


def test_another_kind_of_file_is_named(made: Made) -> None:
    """An error page saved under the model's name, say."""
    (made.folder / "model.onnx").write_text("<html>not found</html>" * 100)
    with pytest.raises(Unreadable, match=re.escape(str(made.folder / "model.onnx"))):
        OnnxTagger(made.entry, "cpu")


def test_missing_weights_are_said_before_anything_is_opened(made: Made) -> None:
    """The label file, too, is one of the weights."""
    (made.folder / "selected_tags.csv").unlink()
    with pytest.raises(MissingWeights, match=r"selected_tags\.csv"):
        OnnxTagger(made.entry, "cpu")


@pytest.mark.parametrize(
    "inputs",
    [
        [(TensorProto.FLOAT, ["N", 64, 64, 3]), (TensorProto.FLOAT, ["N", 5])],
        [(TensorProto.FLOAT, ["N", 77])],
        [(TensorProto.INT64, ["N", 64, 64, 3])],
    ],
    ids=["two inputs", "no picture", "whole numbers"],
)
def test_a_graph_that_takes_no_picture_is_named(made: Made, inputs: list[tuple[int, list[int | str]]]) -> None:
    """Its inputs are listed."""
    write_graph(made.folder / "model.onnx", inputs)
    with pytest.raises(Unreadable, match=r"takes in0 tensor.*, not one picture") as caught:
        OnnxTagger(made.entry, "cpu")
    assert "model.onnx" in caught.value.message


@pytest.mark.parametrize(
    ("shape", "layout", "size", "said"),
    [
        (["N", "H", "W", "C"], "read", 8, "says layout read, but the graph takes"),
        (["N", 3, 8, 8], "NHWC", 8, "says layout NHWC, but the graph takes"),
        (["N", 8, 8, 4], "read", 8, "says layout read, but the graph takes"),
        (["N", 8, 8, 3], "read", 16, "says size 16, but the graph takes 8x8 px"),
        (["N", 8, 9, 3], "read", 0, "says size 0, but the graph takes 8x9 px"),
        (
            ["N", "H", "W", 3],
            "read",
            0,
            r"neither the graph, which takes HxW px, nor .* size \(write `size` in px into",
        ),
    ],
)
def test_a_graph_that_contradicts_its_entry_is_refused(
    made: Made, shape: list[int | str], layout: str, size: int, said: str
) -> None:
    """The message holds what both say; what neither says is an error, too."""
    write_graph(made.folder / "model.onnx", [(TensorProto.FLOAT, shape)])
    entry = with_table(with_table(made.entry, "graph", layout=layout), "picture", size=size)
    with pytest.raises(BadSetting, match=said):
        OnnxTagger(entry, "cpu")


@pytest.mark.parametrize(
    ("shape", "layout"), [(["N", "H", "W", 3], "read"), (["N", "C", "H", "W"], "NCHW"), ([1, 3, "H", "W"], "read")]
)
def test_an_entry_says_what_a_graph_leaves_open(made: Made, shape: list[int | str], layout: str) -> None:
    """Layout and size of the entry hold where the graph has none, and nothing is guessed."""
    write_graph(made.folder / "model.onnx", [(TensorProto.FLOAT, shape)])
    (made.folder / "selected_tags.csv").write_text("name,category\n" + "".join(f"t{n},0\n" for n in range(12)))
    entry = with_table(with_table(made.entry, "graph", layout=layout, scale=255.0), "picture", size=2)
    adapter = OnnxTagger(entry, "cpu")
    assert adapter.fit.size == 2
    assert isinstance(adapter.answer([fitted(1, 2)], Ask({}))[0], Scored)


def test_a_graph_for_bytes_leaves_nothing_to_scale(tmp_path: Path) -> None:
    """An entry that scales what the graph takes as whole numbers is refused."""
    made = known_answer.make(WD, tmp_path, Variant(takes=TensorProto.UINT8))
    with pytest.raises(BadSetting, match="says scale 255, or mean and std, but the graph takes whole numbers"):
        OnnxTagger(with_table(made.entry, "graph", scale=255.0), "cpu")


def test_an_output_that_is_not_there_is_named(tmp_path: Path) -> None:
    """With those that are."""
    made = known_answer.make(CAMIE, tmp_path)
    with pytest.raises(BadSetting, match=r"says outputs \['logits', 7\], but the graph has garbage0, true1, garbage2"):
        OnnxTagger(with_table(made.entry, "graph", outputs=("logits", 7)), "cpu")


def test_an_output_of_another_kind_is_named(made: Made) -> None:
    """Places in place of scores, say."""
    write_graph(made.folder / "model.onnx", [(TensorProto.FLOAT, ["N", 64, 64, 3])], "Shape")
    with pytest.raises(Unreadable, match=r"model\.onnx: its output out is int64 \[4\], not a score for each label"):
        OnnxTagger(made.entry, "cpu")


def test_labels_of_another_version_are_refused(made: Made) -> None:
    """Both counts and the label file are in the message."""
    write_labels(made.folder / "selected_tags.csv", FACTS[WD].labels, made.labels[:-1])
    count = len(made.labels)
    with pytest.raises(Unreadable, match=rf"has {count} outputs, but .*selected_tags\.csv has {count - 1} labels"):
        OnnxTagger(made.entry, "cpu")


def test_the_declared_activation_is_checked(made: Made, tmp_path: Path) -> None:
    """Both ways of being wrong are said with the word to write."""
    with pytest.raises(BadSetting, match="gives scores already"):
        OnnxTagger(with_table(made.entry, "graph", activation="sigmoid"), "cpu")
    logits = known_answer.make("joytag", tmp_path / "joytag").entry
    with pytest.raises(BadSetting, match="gives logits"):
        OnnxTagger(with_table(logits, "graph", activation="none"), "cpu")


def test_it_is_registered(made: Made) -> None:
    """The catalogue loads it like a stranger's."""
    assert isinstance(registry.load(made.entry, "cpu"), OnnxTagger)


def test_without_onnxruntime_it_says_what_to_install(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library is an extra, and is imported only when such a model loads."""
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    with pytest.raises(WrongUsage, match=r"need onnxruntime, which .*\.\[cpu\]"):
        OnnxTagger(made.entry, "cpu")
