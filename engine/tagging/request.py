"""What a person asks of a model: the request, the layer it makes, the images it names, the view it wants."""

from __future__ import annotations

import fnmatch
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from engine.errors import WrongUsage
from engine.review.proposals import Origin
from engine.review.records import ImageId, Merge
from engine.tagging.views import Changes, changed, own_view, refuse_below

if TYPE_CHECKING:
    from engine.captions.viewing.view import View
    from engine.review.states import Entry
    from engine.wire import protocol
    from engine.workspace import Workspace

STEP = "tags"
"""The name of the only step of a job that `cutline tag` makes."""


class Request(msgspec.Struct, frozen=True):
    """What the person asked for."""

    model: str
    source: str = ""
    """Name of the layer; empty means the model's name."""
    merge: Merge | None = None
    """None: taggers append, captioners fill."""
    view: Changes = Changes()
    """What the person wants of the view; the rest stays as it is in force, or as the model has it."""
    options: dict[str, Any] = {}
    prompt: str = ""
    device: str = "auto"
    images: str = ""
    """A glob over keys; empty for all."""
    only: frozenset[ImageId] | None = None
    """Only these of them; None for all."""
    again: bool = False
    """Ask anew, also what was answered."""
    accept: bool = False
    """Decide every result, as one group."""


def source_of(request: Request) -> str:
    """Return the name of the layer that a request makes.

    Raises:
        WrongUsage: It has none.
    """
    source = request.source or Path(request.model).name
    if not source:
        raise WrongUsage("the model has no name", "give the layer a name with --as NAME")
    return source


def select(workspace: Workspace, glob: str, only: frozenset[ImageId] | None = None) -> list[Entry]:
    """Return the images that a glob names, by key.

    Args:
        workspace: The dataset.
        glob: Over keys; empty for all.
        only: Only these of them, those that are gone left out; None for all.

    Raises:
        WrongUsage: It names none.
    """
    entries = sorted(workspace.entries.values(), key=lambda entry: entry.key)
    if only is not None:
        entries = [entry for entry in entries if entry.id in only]
    if not glob:
        return entries
    pattern, start = os.fsencode(glob), len(workspace.below)
    kept = [entry for entry in entries if fnmatch.fnmatchcase(entry.key[start:], pattern)]
    if not kept and start:  # as the dataset spells it, and as cutline prints it
        kept = [entry for entry in entries if fnmatch.fnmatchcase(entry.key, pattern)]
    if not kept:
        raise WrongUsage(
            f"no image matches {glob}", "a glob is compared with the path below the folder you name, or the dataset's"
        )
    return kept


def view_wanted(workspace: Workspace, request: Request, answer: protocol.ResolvedStep) -> View:
    """Return the view in force with the person's changes; the model's own where nobody set one, or it is asked for.

    Raises:
        WrongUsage: A threshold is below the lowest score kept, or the model gives no scores.
    """
    if request.view and answer.kind != "tags":
        raise WrongUsage(f"{request.model} writes prose, which has no scores", "leave the options of the view out")
    source, own = source_of(request), own_view(answer.threshold, answer.thresholds)
    base = own if request.view.own or not workspace.has_view(source) else workspace.view_of(source)
    settings = changed(base, request.view)
    if answer.floor is not None:
        refuse_below(settings, answer.floor, request.model, workspace.root)
    return settings


def origin_of(request: Request, kind: str, settings: View) -> Origin:
    """Return what a proposal says of where it comes from.

    Args:
        request: What was asked for.
        kind: Of the model: tags or prose.
        settings: The view in force with the person's changes.
    """
    tags = kind == "tags"
    merge: Merge = request.merge or ("append" if tags else "fill")
    return Origin(source_of(request), merge, STEP, view=msgspec.json.encode(settings) if tags else b"")
