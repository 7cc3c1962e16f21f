"""The form of a job: lines that a model has, and the request they make."""

from __future__ import annotations

import pytest

from engine.errors import WrongUsage
from engine.models import registry
from engine.models.entry import Entry, Option
from engine.tagging.request import Request
from engine.tagging.views import Changes
from tui.jobs.job_form import JobForm, Line
from tui.many.scopes import Scope

SCOPES = [Scope("selected", frozenset({3, 5})), Scope("all", (1, 3, 5))]


def _line(form: JobForm, name: str) -> Line:
    return next(line for line in form.lines if line.name == name)


def test_as_it_comes_a_form_asks_for_what_is_usual() -> None:
    """The likely images, the model's own options, nothing about the view, where jobs run by default."""
    found = registry.find("pixel_stats")
    request = JobForm(found, SCOPES, 0, "cuda:1").request()
    options = {name: option.default for name, option in found.options.items()}
    only = frozenset({3, 5})
    assert request == Request("pixel_stats", merge="append", options=options, device="cuda:1", only=only)
    assert not request.view


def test_lines_that_were_changed_are_asked_for() -> None:
    """Choices turn in both directions and begin anew; texts become numbers, scores a view."""
    form = JobForm(registry.find("pixel_stats"), SCOPES, 0, "auto")
    for name, turns in (("images", 3), ("merge", -1), ("device", 1), ("again", 1), ("accept", -1)):
        for _ in range(abs(turns)):
            _line(form, name).turn(turns // abs(turns))
    _line(form, "threshold").value = " 0.4 "
    _line(form, "layer").value = "mine"
    _line(form, "option focus_px").value = "100"
    request = form.request()
    assert request.only == frozenset({1, 3, 5})
    assert (request.merge, request.device, request.again, request.accept) == ("replace", "cpu", True, True)
    assert (request.source, request.options["focus_px"]) == ("mine", 100)
    assert request.view == Changes({"threshold": 0.4})


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("threshold", "1.5", "goes from 0 to 1"),
        ("threshold", "nan", "goes from 0 to 1"),
        ("option focus_px", "a few", "no whole number"),
        ("option focus_px", "1.5", "no whole number"),
        ("option focus_px", "100000", "must be at least 64 and at most 768"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(name: str, value: str, told: str) -> None:
    """A line is named with what is wrong with it."""
    form = JobForm(registry.find("pixel_stats"), SCOPES, 0, "auto")
    _line(form, name).value = value
    with pytest.raises(WrongUsage, match=told):
        form.request()


def test_a_captioner_has_a_prompt_and_no_threshold() -> None:
    """Where the model takes one; options that are true or false are yes or no."""
    options = {"short": Option(False, "fewer words"), "style": Option("plain", "how", choices=("plain", "rich"))}
    entry = Entry(
        name="teller", adapter="x", kind="captioner", summary="tells", licence="MIT", preprocessing=1, prompt=True,
        options=options,
    )  # fmt: skip
    form = JobForm(entry, SCOPES, 1, "auto")
    names = [line.name for line in form.lines]
    assert "prompt" in names
    assert "threshold" not in names
    _line(form, "prompt").value = "what is it?"
    _line(form, "option short").turn(1)
    _line(form, "option style").turn(1)
    request = form.request()
    assert (request.prompt, request.merge) == ("what is it?", "fill")
    assert request.options == {"short": True, "style": "rich"}
