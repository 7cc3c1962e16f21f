"""What a catalogue entry does with a picture, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.models.entry import Entry
    from engine.models.fit import Fit
    from engine.models.tagger import Graph

_RESAMPLE = {
    "area": "area averaging",
    "bilinear": "a bilinear filter",
    "bicubic": "a bicubic filter",
    "lanczos": "a Lanczos filter",
    "kohya": "area averaging when it shrinks and a Lanczos filter when it grows",
}


def in_words(entry: Entry) -> tuple[str, ...]:
    """Say how a picture is fitted and what the graph is given; empty where the entry says nothing of it."""
    said = []
    if entry.picture is not None:
        said.append(_fit(entry.picture))
    if entry.graph is not None:
        said.append(_graph(entry.graph))
    return tuple(said)


def _fit(fit: Fit) -> str:
    side = f"{fit.size} px" if fit.size else "the side that the graph says"
    colour = "white" if fit.colour == (255, 255, 255) else "black" if fit.colour == (0, 0, 0) else f"RGB {fit.colour}"
    filter_ = _RESAMPLE[fit.resample]
    return {
        "pad": f"centred on a square of {colour}, then resized to {side} with {filter_}",
        "pad-edge": f"centred on a square with its border pixels continued, then resized to {side} with {filter_}",
        "shrink-then-pad": f"resized until its longer side is {side} with {filter_}, then centred on {colour}",
        "squash": f"resized to {side} both ways, whatever its shape, with {filter_}",
    }[fit.how]


def _graph(graph: Graph) -> str:
    order = "" if graph.layout == "read" else f"{graph.layout}, "
    said = f"given as {order}{graph.channels}, pixels divided by {graph.scale:g}"
    if any(graph.mean):
        said += f", less {_three(graph.mean)}"
    if set(graph.std) != {1.0}:
        said += f", divided by {_three(graph.std)}"
    end = "through the logistic function" if graph.activation == "sigmoid" else "as it comes"
    return f"{said}; the output is taken {end}"


def _three(values: tuple[float, float, float]) -> str:
    return f"{values[0]:g}" if len(set(values)) == 1 else " ".join(f"{value:g}" for value in values)
