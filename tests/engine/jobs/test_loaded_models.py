"""The idle clocks of models."""

from __future__ import annotations

from engine.jobs.loaded_models import LoadedModels
from engine.wire.protocol import LoadedModel

KEY = ("m", "cpu")


def test_a_model_nobody_asks_becomes_due() -> None:
    """The clock starts when a model is loaded."""
    models = LoadedModels()
    models.loaded(KEY, 100.0)
    assert models.due(10, 109.9) == []
    assert models.due(10, 110.0) == [KEY]


def test_a_working_model_is_never_due() -> None:
    """A model with pictures in flight is not idle, and its clock starts anew when the last one is answered."""
    models = LoadedModels()
    models.loaded(KEY, 0.0)
    models.in_flight(KEY, 3, 1.0)
    assert models.due(0, 1000.0) == []
    assert models.report(1000.0) == (LoadedModel("m", "cpu", 0.0, 0.0),)
    models.in_flight(KEY, 0, 1000.0)
    assert models.due(10, 1009.0) == []
    assert models.due(10, 1010.0) == [KEY]


def test_counting_an_idle_model_again_does_not_wake_it() -> None:
    """Being told twice that nothing is in flight leaves the clock running."""
    models = LoadedModels()
    models.loaded(KEY, 0.0)
    models.in_flight(KEY, 0, 5.0)
    assert models.report(8.0) == (LoadedModel("m", "cpu", 0.0, 8.0),)


def test_what_is_gone_is_forgotten() -> None:
    """An unloaded model, or all after the worker's death, is neither due nor reported; a late count changes nothing."""
    models = LoadedModels()
    models.loaded(KEY, 0.0)
    models.unloaded(KEY)
    models.in_flight(KEY, 1, 1.0)
    assert models.report(1.0) == ()
    models.loaded(KEY, 0.0)
    models.clear()
    assert models.due(0, 99.0) == []
