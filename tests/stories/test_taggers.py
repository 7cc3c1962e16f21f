"""Photos tagged by a WD tagger of the person's own, looked through with another threshold, and accepted."""

from __future__ import annotations

import csv
import random
from typing import TYPE_CHECKING

from PIL import Image

from tests.engine.models.known_facts import FACTS
from tests.engine.models.known_model import GRID, Label, Variant, write_model
from tui import commands
from tui.thresholds import threshold_keys

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.stories.desk import Desk

PHOTOS = 200
SIDE = 448
"""Of a photo and of the model's input, px: nothing is resized, so a score is a colour."""
BANDS = ("sky", "wall", "floor", "hat")
"""What a photo is made of, from above; each of one colour."""
COLOURS = ("red", "green", "blue")
CHARACTER = "somebody_(known)"
"""The model sees who it is by the red of the hat."""
MODELS_OWN, CHARACTERS_OWN = 0.35, 0.85
"""A WD tagger's thresholds."""
PRESSES = 7

Colours = tuple[tuple[int, int, int], ...]


def make_model(folder: Path) -> None:
    """Write a WD tagger: a tag for each colour of the first three bands, a character, two ratings."""
    cell = {(c, band): (c * GRID + band) * GRID for c in range(3) for band in range(len(BANDS))}
    labels = [Label(name, "9", (name, "rating"), score) for name, score in (("general", 0.9), ("explicit", 0.02))]
    for band, what in enumerate(BANDS[:3]):
        for c, colour in enumerate(COLOURS):
            labels.append(Label(f"{colour}_{what}", "0", (f"{colour}_{what}", "general"), cell[c, band]))
    labels.append(Label(CHARACTER, "4", (CHARACTER, "character"), cell[0, 3]))
    write_model(folder / "model.onnx", FACTS["wd-vit-tagger-v3"], labels, Variant(size=SIDE))
    with (folder / "selected_tags.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("tag_id", "name", "category", "count"))
        rows.writerows((number, label.name, label.category, 1) for number, label in enumerate(labels))


def make_photo(path: Path, colours: Colours) -> None:
    """Paint the bands."""
    photo = Image.new("RGB", (SIDE, SIDE))
    height = SIDE // len(BANDS)
    for band, colour in enumerate(colours):
        photo.paste(colour, (0, band * height, SIDE, (band + 1) * height))
    photo.save(path)


def expected_tags(colours: Colours, threshold: float) -> list[str]:
    """Say from the colours alone what a person expects to be proposed, strongest first."""
    found = []
    for what, three in zip(BANDS, colours, strict=True):
        for colour, level in zip(COLOURS, three, strict=True):
            if what != "hat" and level / 255 >= threshold:
                found.append((-level, f"{colour} {what}"))
    if colours[3][0] / 255 >= CHARACTERS_OWN:
        found.append((-colours[3][0], "somebody (known)"))
    return [tag for _, tag in sorted(found)]


async def test_two_hundred_photos_get_exactly_the_tags_above_the_threshold_moved_on_screen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder with a WD model tags them; seven `]` and `a` held down write what the photos' colours say, and no more."""
    monkeypatch.setattr(threshold_keys, "PAUSE_SECONDS", 60.0)  # a busy machine is slow to press
    model = desk.root.parent / "my tagger"
    model.mkdir()
    make_model(model)
    chance = random.Random(4)
    painted: dict[str, Colours] = {}
    for number in range(PHOTOS):
        # All ten levels of a photo differ: tags of equal scores have no order that a person could expect.
        levels = iter(chance.sample(range(2, 254), 3 * len(BANDS)))
        name = f"photo {number:03}.png"
        painted[name] = tuple((next(levels), next(levels), next(levels)) for _ in BANDS)
        make_photo(desk.root / name, painted[name])
        if number % 3 == 0:
            desk.caption_file(name).write("a photo of mine")
    said = await desk.tag(str(model), "--as", "mine")
    assert (said["proposed"], said["failed"]) == (PHOTOS, 0)

    threshold = round(MODELS_OWN + PRESSES / 100, 2)
    fewer = {name: len(expected_tags(c, MODELS_OWN)) - len(expected_tags(c, threshold)) for name, c in painted.items()}
    async with desk.review(size=(160, 40)) as review:
        await review.press(*[commands.ThresholdUp] * PRESSES)
        changed = sum(map(bool, fewer.values()))
        review.shows(
            f"{sum(fewer.values())} tags fewer in {changed} of {PHOTOS} waiting images · threshold 0.42 (was 0.35), mine"
        )
        await review.hold("a", PHOTOS)
        assert review.counts.accepted == PHOTOS

    for number, (name, colours) in enumerate(painted.items()):
        own = ["a photo of mine"] if number % 3 == 0 else []
        if tags := own + expected_tags(colours, threshold):
            desk.caption_file(name).reads(", ".join(tags))
        else:
            desk.caption_file(name).is_absent()
    assert desk.kinds() == ["view", "view", *["accept"] * PHOTOS]
    assert set(desk.proposals().values()) == {1}
