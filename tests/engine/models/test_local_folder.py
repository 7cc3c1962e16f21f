"""Models in folders of the person's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.errors import BadSetting, MissingWeights, WrongUsage
from engine.models import registry
from engine.wire.protocol import Step
from tests.engine.models import known_answer
from tests.engine.models.known_facts import FACTS
from tests.engine.models.known_model import write_labels

if TYPE_CHECKING:
    from pathlib import Path

OWN = """
adapter = "onnx_tagger"
kind = "tagger"
summary = "mine"
licence = "mine"
revision = "1"
preprocessing = 1
threshold = 0.4
thresholds = { character = 0.7 }
floor = 0.1
[weights]
files = { model = "model.onnx", labels = "selected_tags.csv" }
[picture]
how = "pad"
resample = "bicubic"
[graph]
channels = "BGR"
scale = 1.0
activation = "none"
[labels]
reader = "csv"
categories = { 0 = "general", 4 = "character", 9 = "rating" }
"""


def test_an_unknown_wd_folder_works_without_an_entry(tmp_path: Path) -> None:
    """model.onnx and selected_tags.csv are enough: it is read like a WD tagger, and gives the known answers."""
    made = known_answer.make("wd-v1-4-moat-tagger-v2", tmp_path)
    entry = registry.find(str(tmp_path))
    assert (entry.name, entry.threshold, entry.thresholds) == (str(tmp_path), 0.35, {"character": 0.85})
    assert "wd-vit-tagger-v3" in entry.summary
    assert known_answer.differences(made, entry) == []


@pytest.mark.parametrize("name", FACTS)
def test_a_folder_is_recognised_by_its_files(name: str, tmp_path: Path) -> None:
    """Each model's own files lead to its own preprocessing, whatever size its graph has."""
    made = known_answer.make(name, tmp_path)
    assert known_answer.differences(made, registry.find(str(tmp_path))) == []


def test_files_of_a_sub_folder_may_lie_at_the_top(tmp_path: Path) -> None:
    """The folder of one version of the CL tagger is a model, too."""
    known_answer.make("cl-tagger", tmp_path)
    found = registry.find(str(tmp_path / "cl_tagger_1_02"))
    assert found.graph == registry.find("cl-tagger").graph
    assert found.weights is not None
    assert found.weights.files["model"] == "model_optimized.onnx"


def test_an_entry_in_the_folder_wins(tmp_path: Path) -> None:
    """cutline.toml says what the folder is; its name is the folder's path."""
    known_answer.make("wd-vit-tagger-v3", tmp_path)
    (tmp_path / "cutline.toml").write_text(OWN)
    entry = registry.find(str(tmp_path))
    assert (entry.name, entry.summary, entry.floor) == (str(tmp_path), "mine", 0.1)
    assert entry.weights is not None
    assert (entry.weights.folder, entry.weights.repo) == (str(tmp_path), "")
    resolved = registry.resolve(Step(name="s", model=str(tmp_path)))
    assert (resolved.model, resolved.thresholds) == (str(tmp_path), {"character": 0.7})
    (tmp_path / "cutline.toml").write_text(OWN.replace("[graph]", "[grahp]"))
    with pytest.raises(BadSetting, match=r"cutline\.toml: there is no key grahp \(did you mean graph\?\)"):
        registry.find(str(tmp_path))


def test_what_is_no_model_is_said(tmp_path: Path) -> None:
    """A folder that is not there, one with other files, and one whose entry names a file that is missing."""
    with pytest.raises(WrongUsage, match="there is no folder"):
        registry.find(str(tmp_path / "none"))
    (tmp_path / "model.onnx").touch()
    with pytest.raises(WrongUsage, match=r"no model that is known .*cutline\.toml"):
        registry.find(str(tmp_path))
    (tmp_path / "cutline.toml").write_text(OWN)
    with pytest.raises(MissingWeights, match=r"has no selected_tags\.csv"):
        registry.resolve(Step(name="s", model=str(tmp_path)))


def test_other_content_is_another_question(tmp_path: Path) -> None:
    """The fingerprint of a folder goes by the content of its files, and by what its entry says."""
    made = known_answer.make("wd-vit-tagger-v3", tmp_path)
    step = Step(name="s", model=str(tmp_path))
    prints = [registry.resolve(step).fingerprint]
    assert registry.resolve(step).fingerprint == prints[0]
    write_labels(tmp_path / "selected_tags.csv", "wd", made.labels[::-1])
    prints.append(registry.resolve(step).fingerprint)
    for change in ("", "bicubic>area", "BGR>RGB", '4 = "character">4 = "people"', "floor = 0.1>floor = 0.2"):
        old, _, new = change.partition(">")
        (tmp_path / "cutline.toml").write_text(OWN.replace(old, new) if old else OWN)
        prints.append(registry.resolve(step).fingerprint)
    assert len(set(prints)) == len(prints)


def test_a_broken_file_among_the_own_entries_does_no_harm(tmp_path: Path, home: Path) -> None:
    """It is heard of by who asks for it."""
    known_answer.make("joytag", tmp_path / "m")
    (home / ".config/cutline/models").mkdir(parents=True)
    (home / ".config/cutline/models/broken.toml").write_text("adapter = 1")
    assert registry.find(str(tmp_path / "m")).graph == registry.find("joytag").graph
