"""The contract, held up to every adapter that runs without weights."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import pytest

from engine.captions.viewing.scores import to_u16
from engine.models import registry
from engine.models.contract import Ask, Scored, Written
from engine.models.pictures import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.models.contract import Adapter

MODELS = [entry.name for entry in registry.entries() if entry.weights is None]


def picture(seed: int, height: int = 90, width: int = 120) -> Picture:
    """Make a picture of noise on a slope."""
    chance = np.random.default_rng(seed)
    slope = np.linspace(0, 200, width)[None, :, None] * chance.random(3)
    pixels = (slope + chance.integers(0, 55, (height, width, 3))).astype(np.uint8)
    alpha = np.full((height, width), 255, np.uint8) if seed % 2 else None
    return Picture(pixels, alpha, (width, height), "RGB", bytes([seed]) * 32)


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest) -> Iterator[tuple[registry.Entry, Adapter, Ask]]:
    """Load each model of the catalogue with its default options."""
    entry = registry.find(request.param)
    adapter = registry.load(entry, "cpu")
    prompts = ("describe",) if entry.prompt else ()
    yield entry, adapter, Ask({name: option.default for name, option in entry.options.items()}, prompts)
    adapter.close()


def test_a_tagger_has_labels_and_a_captioner_has_none(model: tuple[registry.Entry, Adapter, Ask]) -> None:
    """Names are unique, each has a category, none is empty."""
    entry, adapter, _ = model
    labels = adapter.labels()
    assert (labels is not None) == (entry.kind == "tagger")
    if labels is not None:
        assert len(labels.names) == len(set(labels.names)) == len(labels.categories)
        assert all(labels.names)
        assert all(labels.categories)


def test_each_picture_is_answered_alone_and_in_order(model: tuple[registry.Entry, Adapter, Ask]) -> None:
    """One result a picture, the same whether asked together or one at a time."""
    entry, adapter, ask = model
    pictures = [picture(seed) for seed in range(4)]
    together = adapter.answer(pictures, ask)
    assert list(together) == [adapter.answer([one], ask)[0] for one in pictures]
    assert len(set(map(str, together))) == len(pictures)
    assert all(isinstance(one, Scored if entry.kind == "tagger" else Written) for one in together)


def test_scores_keep_to_labels_and_floor(model: tuple[registry.Entry, Adapter, Ask]) -> None:
    """Indices name labels, scores are u16 at or above the floor, no label comes twice."""
    entry, adapter, ask = model
    labels = adapter.labels()
    for answer in adapter.answer([picture(seed) for seed in range(6)], ask):
        if isinstance(answer, Scored):
            assert labels is not None
            indices = [index for index, _ in answer.pairs]
            assert len(indices) == len(set(indices))
            assert all(0 <= index < len(labels.names) for index in indices)
            assert all(to_u16(entry.floor or 0) <= score <= 65535 for _, score in answer.pairs)


def test_odd_shapes_are_answered(model: tuple[registry.Entry, Adapter, Ask]) -> None:
    """A dot, a line and a sliver are pictures too."""
    _, adapter, ask = model
    shapes = [(1, 1), (1, 4000), (4000, 1), (2, 3), (17, 16), (5, 900)]
    for answer in adapter.answer([picture(n, *shape) for n, shape in enumerate(shapes)], ask):
        assert not isinstance(answer, Exception)


def test_nothing_asked_nothing_answered(model: tuple[registry.Entry, Adapter, Ask]) -> None:
    """An empty batch has an empty answer."""
    _, adapter, ask = model
    assert list(adapter.answer([], ask)) == []


def test_an_adapter_for_threads_stands_several_at_once(model: tuple[registry.Entry, Adapter, Ask]) -> None:
    """Four threads get the answers that one would get."""
    _, adapter, ask = model
    if adapter.calls != "threads":
        pytest.skip("this adapter is called by one thread")
    pictures = [picture(seed) for seed in range(12)]
    alone = [adapter.answer([one], ask)[0] for one in pictures]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(lambda one: adapter.answer([one], ask)[0], pictures)) == alone
