"""What a catalogue entry does with a picture, in words."""

from __future__ import annotations

from typing import Literal

import pytest

from engine.models.entry import Entry
from engine.models.fit import Fit
from engine.models.tagger import Graph
from tui.shell.preprocessing import in_words


def said(fit: Fit | None, graph: Graph | None = None) -> tuple[str, ...]:
    """Say it of an entry with these tables."""
    return in_words(
        Entry(
            name="a",
            adapter="b",
            kind="captioner",
            summary="",
            licence="",
            revision="1",
            preprocessing=1,
            picture=fit,
            graph=graph,
        )
    )


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("pad", "centred on a square of white, then resized to 448 px"),
        ("pad-edge", "with its border pixels continued, then resized to 448 px"),
        ("shrink-then-pad", "resized until its longer side is 448 px with a bicubic filter, then centred on white"),
        ("squash", "resized to 448 px both ways"),
    ],
)
def test_each_way_of_fitting_has_its_words(
    how: Literal["pad", "pad-edge", "shrink-then-pad", "squash"], words: str
) -> None:
    """They say the order of steps, the colour and the filter."""
    assert words in said(Fit(448, how))[0]


def test_what_the_graph_is_given_is_said_in_order() -> None:
    """Layout, channels, scale, mean and spread, and what becomes of the output; the usual is left out."""
    assert said(None) == ()
    graph = Graph("NCHW", "BGR", 127.5, (1.0, 1.0, 1.0), (0.5, 0.25, 0.5), activation="sigmoid")
    fitted, given = said(Fit(0, "squash", (0, 0, 0), "kohya"), graph)
    assert fitted.startswith("resized to the side that the graph says both ways, whatever its shape, with area aver")
    assert fitted.endswith("when it shrinks and a Lanczos filter when it grows")
    assert given == (
        "given as NCHW, BGR, pixels divided by 127.5, less 1, divided by 0.5 0.25 0.5;"
        " the output is taken through the logistic function"
    )
