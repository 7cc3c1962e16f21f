"""Every ONNX tagger of the catalogue gives known answers, and would not with any field of its entry wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from onnx import TensorProto

from engine.models import registry
from tests.engine.models import known_answer
from tests.engine.models.known_facts import FACTS
from tests.engine.models.known_model import Variant

if TYPE_CHECKING:
    from pathlib import Path


def test_the_facts_cover_the_catalogue() -> None:
    """Each ONNX tagger that is shipped has facts that it is held up to."""
    assert {entry.name for entry in registry.entries() if entry.adapter == "onnx_tagger"} == set(FACTS)


@pytest.mark.parametrize("name", FACTS)
def test_an_entry_gives_the_known_answers(name: str, tmp_path: Path) -> None:
    """Colours, gradients, noise and odd shapes get exactly the scores, names and categories that the facts lead to."""
    assert known_answer.differences(known_answer.make(name, tmp_path)) == []


@pytest.mark.parametrize("name", FACTS)
def test_an_entry_names_what_the_facts_name(name: str) -> None:
    """Repository, files, size and thresholds are those of the facts."""
    facts, entry = FACTS[name], registry.find(name)
    assert entry.weights is not None
    assert entry.picture is not None
    assert (entry.weights.repo, entry.picture.size) == (facts.repo, facts.size)
    assert (entry.weights.files["model"], entry.weights.files["labels"]) == facts.files
    assert (entry.threshold, entry.thresholds.get("character")) == (facts.threshold, facts.character)


def test_no_field_of_an_entry_can_be_wrong_unnoticed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One wrong field at a time fails the entry's own known answers; the table of all of them is printed."""
    table = {(name, what): shows for name in FACTS for what, shows in known_answer.rows(name, tmp_path / name)}
    with capsys.disabled():
        print(f"\n{known_answer.summary(table)}\n(every value: python -m tests.engine.models.known_answer)")
    assert len(table) > 20 * len(FACTS)
    assert [row for row, shows in table.items() if not shows] == []


@pytest.mark.parametrize(
    "variant",
    [
        Variant(batch=1),
        Variant(batch=4),
        Variant(opset=12),
        Variant(opset=21),
        Variant(takes=TensorProto.DOUBLE, gives=TensorProto.DOUBLE),
    ],
    ids=["batch 1", "batch 4", "opset 12", "opset 21", "float64"],
)
@pytest.mark.parametrize("name", ["wd-v1-4-moat-tagger-v2", "camie-tagger-v2", "pixai-tagger-v0.9"])
def test_a_graph_may_be_written_in_other_ways(name: str, variant: Variant, tmp_path: Path) -> None:
    """Batch size, opset and number format are read from the graph and change no answer."""
    assert known_answer.differences(known_answer.make(name, tmp_path, variant)) == []


def test_a_graph_of_half_precision(tmp_path: Path) -> None:
    """Taken in and given out as float16, whole colours still come within a level of 255."""
    half = Variant(takes=TensorProto.FLOAT16, gives=TensorProto.FLOAT16)
    for name in ("wd-vit-tagger-v3", "joytag"):
        assert known_answer.differences(known_answer.make(name, tmp_path / name, half)) == []


def test_a_graph_that_takes_bytes(tmp_path: Path) -> None:
    """Where a graph scales by itself it is given the picture as it is."""
    assert (
        known_answer.differences(known_answer.make("wd-vit-tagger-v3", tmp_path, Variant(takes=TensorProto.UINT8)))
        == []
    )


def test_spare_outputs_are_cut_off(tmp_path: Path) -> None:
    """Old JoyTag files give nine numbers after the last label, newer ones do not; both are right."""
    for spare in (False, True):
        made = known_answer.make("joytag", tmp_path / str(spare), Variant(spare=spare))
        assert known_answer.differences(made) == []


def test_refined_scores_are_taken_where_there_are_any(tmp_path: Path) -> None:
    """A Camie v2 file with the first stage alone gives that stage's answers."""
    made = known_answer.make("camie-tagger-v2", tmp_path, facts=FACTS["camie-tagger-v2"]._replace(outputs=("true",)))
    assert known_answer.differences(made) == []


def test_the_size_is_read_from_the_graph(tmp_path: Path) -> None:
    """An entry that says no size takes the graph's, and one whose graph says none gives its own."""
    made = known_answer.make("wd-vit-tagger-v3", tmp_path)
    assert made.entry.picture is not None
    silent = msgspec.structs.replace(made.entry, picture=msgspec.structs.replace(made.entry.picture, size=0))
    assert known_answer.differences(made, silent) == []
