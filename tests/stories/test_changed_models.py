"""A model in a folder of the person's own that changes, breaks, and is mended, while the engine goes on."""

from __future__ import annotations

import csv
import shutil
from typing import TYPE_CHECKING

from PIL import Image

from tests.engine.models.known_facts import FACTS
from tests.engine.models.known_model import Label, Variant, write_model

if TYPE_CHECKING:
    from pathlib import Path

    from tests.stories.desk import Desk

SIDE = 64


def make_model(folder: Path, score: float) -> None:
    """Write a WD tagger that gives one tag the same score in every picture, and the other what red is in its corner."""
    folder.mkdir(exist_ok=True)
    labels = [Label("fixed", "0", ("fixed", "general"), score), Label("red", "0", ("red", "general"), 0)]
    write_model(folder / "model.onnx", FACTS["wd-vit-tagger-v3"], labels, Variant(size=SIDE))
    write_labels(folder, "fixed")


def write_labels(folder: Path, name: str) -> None:
    """Write the label file, with a name for the first tag."""
    with (folder / "selected_tags.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("tag_id", "name", "category", "count"), (1, name, 0, 1), (2, "red", 0, 1)])


def scores(desk: Desk, image: str) -> dict[str, float]:
    """Return what the newest proposal says of an image."""
    return {
        tag["tag"]: tag["score"] for tag in desk.cutline("show", ".", image, "--json").json["proposals"][-1]["tags"]
    }


async def test_other_files_are_other_answers_though_the_engine_goes_on(desk: Desk) -> None:
    """Weights and labels replaced under a loaded model are used by the next job; nothing is kept under a wrong name."""
    model = desk.root.parent / "tagger"
    Image.new("RGB", (SIDE, SIDE), (200, 0, 0)).save(desk.root / "a.png")
    make_model(model, 0.25)
    assert (await desk.tag(str(model)))["proposed"] == 1
    assert round(scores(desk, "a.png")["fixed"], 3) == 0.25
    make_model(model, 0.75)
    assert (await desk.tag(str(model)))["proposed"] == 1
    assert round(scores(desk, "a.png")["fixed"], 3) == 0.75
    write_labels(model, "renamed")
    assert (await desk.tag(str(model)))["proposed"] == 1
    assert round(scores(desk, "a.png")["renamed"], 3) == 0.75
    assert (await desk.tag(str(model)))["unchanged"] == 1
    make_model(model, 0.25)  # what was answered once is known
    assert (await desk.tag(str(model)))["proposed"] == 1
    assert len(desk.cutline("jobs", "list", "--json").json["jobs"]) == 3


def test_a_broken_model_is_said_once_and_mended_at_once(desk: Desk) -> None:
    """One line names the model's file, no picture is marked, and the mended model answers without a wait."""
    good, model = desk.root.parent / "good", desk.root.parent / "tagger"
    make_model(good, 0.25)
    shutil.copytree(good, model)
    (model / "model.onnx").write_bytes((good / "model.onnx").read_bytes()[:100])
    for number in range(3):
        Image.new("RGB", (SIDE, SIDE), (50 * number, 0, 0)).save(desk.root / f"{number}.png")
    said = desk.cutline("tag", ".", "--model", model)
    assert said.code == 1
    assert said.err.count("model.onnx") == 1
    assert "3 images not answered" in said.err
    assert "decide with" not in said.out
    assert desk.cutline("stats", ".", "--json").json["unreadable"] == 0
    shutil.copy(good / "model.onnx", model)
    assert desk.cutline("tag", ".", "--model", model, "--json").json["proposed"] == 3
