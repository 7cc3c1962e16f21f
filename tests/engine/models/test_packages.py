"""What a model needs beyond cutline itself, and what is said where it is missing."""

from __future__ import annotations

import importlib.util
from importlib.metadata import PackageNotFoundError

import pytest

from engine.models import packages
from engine.models.entry import Entry


def entry(adapter: str, environment: str = "") -> Entry:
    """Make an entry that names an adapter."""
    return Entry(
        name="a",
        adapter=adapter,
        kind="captioner",
        summary="",
        licence="MIT",
        revision="1",
        preprocessing=1,
        environment=environment,
    )


def test_what_is_missing_is_named_with_the_extra_that_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only for adapters that run in cutline's own environment; none of the libraries is imported for it."""
    monkeypatch.setattr("engine.models.packages._is_there", lambda name: name not in {"torch", "timm"})
    assert packages.missing(entry("timm_tagger")) == ("torch", "timm")
    assert (
        packages.advice(entry("timm_tagger"))
        == "torch and timm are missing: in cutline's folder run: pip install -e '.[timm]'"
    )
    assert packages.missing(entry("timm_tagger", "an-environment")) == ()
    assert packages.advice(entry("onnx_tagger")) == packages.advice(entry("pixel_stats")) == ""


@pytest.mark.parametrize("adapter", packages.NEEDS)
def test_each_adapter_that_is_named_exists(adapter: str) -> None:
    """The table speaks of modules that are there."""
    assert importlib.util.find_spec(f"engine.models.adapters.{adapter}")


@pytest.mark.parametrize(
    ("installed", "said"),
    [
        (set(), ""),
        ({"onnxruntime"}, ""),
        ({"onnxruntime-gpu"}, ""),
        ({"onnxruntime", "onnxruntime-gpu"}, "onnxruntime and onnxruntime-gpu are both installed"),
    ],
)
def test_both_packages_of_onnxruntime_are_one_too_many(
    installed: set[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They overwrite each other's files, and which of them wins is chance."""

    def version(name: str) -> str:
        if name not in installed:
            raise PackageNotFoundError(name)
        return "1"

    monkeypatch.setattr("engine.models.packages.version", version)
    assert packages.clash()[: len(said) or None] == said
