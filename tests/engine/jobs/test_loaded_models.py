"""The idle clocks of models."""

from __future__ import annotations

from engine.jobs.loaded_models import LoadedModels
from engine.wire.protocol import LoadedModel

NOON = 1_800_000_000.0


def test_a_model_nobody_asks_becomes_due() -> None:
    """The clock starts when a model is loaded."""
    models = LoadedModels("cpu")
    models.loaded("m", 100.0, NOON)
    assert models.due(10, 109.9) == []
    assert models.due(10, 110.0) == ["m"]


def test_a_working_model_is_never_due() -> None:
    """A model with pictures in flight is not idle, and its clock starts anew when the last one is answered."""
    models = LoadedModels("cpu")
    models.loaded("m", 0.0, NOON)
    models.count({"m": 3}, 1.0)
    assert models.due(0, 1000.0) == []
    assert models.report(1000.0) == (LoadedModel("m", "cpu", NOON, 0.0),)
    models.count({}, 1000.0)
    assert models.due(10, 1009.0) == []
    assert models.due(10, 1010.0) == ["m"]


def test_counting_an_idle_model_again_does_not_wake_it() -> None:
    """Being told twice that nothing is in flight leaves the clock running."""
    models = LoadedModels("cuda:0")
    models.loaded("m", 0.0, NOON)
    models.count({"other": 1}, 5.0)
    assert models.report(8.0) == (LoadedModel("m", "cuda:0", NOON, 8.0),)


def test_what_is_gone_is_forgotten() -> None:
    """An unloaded model, or all after the worker's death, is neither due nor reported; a late count changes nothing."""
    models = LoadedModels("cpu")
    models.loaded("m", 0.0, NOON)
    assert models
    models.unloaded("m")
    models.count({"m": 1}, 1.0)
    assert models.report(1.0) == ()
    assert not models
    models.loaded("m", 0.0, NOON)
    models.clear()
    assert models.due(0, 99.0) == []
