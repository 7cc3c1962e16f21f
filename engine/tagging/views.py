"""Views that a person sets for sources: on top of the one in force, checked against the scores that were kept."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import msgspec

from engine.captions.viewing.scores import floor_of, to_u16
from engine.captions.viewing.view import View
from engine.errors import CutlineError, WrongUsage
from engine.models import registry
from engine.review.candidates import model_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from engine.workspace import Workspace

ADDED = ("categories", "tags")
"""Fields whose tables are added to those in force."""


class Changes(msgspec.Struct, frozen=True):
    """What a person wants of a view."""

    fields: dict[str, Any] = {}
    """Fields of `View`, in place of those in force; tables of thresholds are added to them, an empty one clears."""
    own: bool = False
    """Begin with the model's own view, not with the one in force."""

    def __bool__(self) -> bool:
        """Whether anything was asked for."""
        return self.own or bool(self.fields)


def changed(base: View, changes: Changes) -> View:
    """Return a view with a person's changes."""
    fields = dict(changes.fields)
    for name in ADDED:
        if fields.get(name):
            fields[name] = {**getattr(base, name), **fields[name]}
    return msgspec.structs.replace(base, **fields)


def own_view(threshold: float | None, thresholds: Mapping[str, float]) -> View:
    """Return the view with which a model's tags are seen where nobody set one.

    Args:
        threshold: The model's own, 0 to 1; None for a captioner.
        thresholds: The model's own of single categories.
    """
    return View(threshold=threshold or 0.0, categories=dict(thresholds))


def refuse_below(settings: View, floor: float, model: str, root: Path) -> None:
    """Refuse thresholds that ask for scores nobody kept.

    Args:
        settings: The view.
        floor: The lowest score kept, 0 to 1.
        model: The model's name.
        root: The dataset's folder.

    Raises:
        WrongUsage: One is lower; names it, and how to have lower scores kept.
    """
    named = [("the threshold", settings.threshold)]
    named += [(f"the threshold of {what}", cut) for what, cut in (settings.categories | settings.tags).items()]
    for what, cut in named:
        if to_u16(cut) < to_u16(floor):
            again = f"cutline tag {shlex.quote(str(root))} --model {shlex.quote(model)} --again"
            raise WrongUsage(
                f"{what}, {cut:g}, is below the lowest score kept, {floor:.3g}",
                f"set `floor` lower in the catalogue entry of {model}, then run again: {again}",
            )


def views_for(workspace: Workspace, sources: Iterable[str], changes: Changes) -> dict[str, View]:
    """Return the view of each of these sources with a person's changes; nothing is stored yet.

    Raises:
        WrongUsage: None of them proposes tags; a threshold is below what was kept; a model's own view is not known.
    """
    db = workspace.store.db
    tagging = {source for (source,) in db.execute("SELECT DISTINCT source FROM proposals WHERE kind = 'tags'")}
    names = list(sources)
    wanted = [source for source in names if source in tagging]
    if names and not wanted:
        raise WrongUsage(f"{', '.join(names)} proposes no tags", "only tags are seen through a view")
    found = {}
    for source in wanted:
        base = _own_view_of(workspace, source) if changes.own else workspace.view_of(source)
        found[source] = changed(base, changes)
        refuse_below(found[source], _floor(workspace, source), model_of(db, source), workspace.root)
    return found


def put_in_force(workspace: Workspace, views: Mapping[str, View]) -> int:
    """Put views in force as the beginning of a bulk step, and return its group; views in force already add nothing."""
    with workspace.store.transaction() as db:
        group = workspace.store.new_group(db)
        for source, settings in views.items():
            workspace.set_view(db, source, settings, group)
    return group


def _own_view_of(workspace: Workspace, source: str) -> View:
    """Look the model's own view up in the catalogue.

    Raises:
        WrongUsage: The model is not in it.
    """
    model = model_of(workspace.store.db, source)
    try:
        entry = registry.find(model)
    except CutlineError as unknown:
        raise WrongUsage(f"the own view of {source} is not known: {unknown.message}", "set --threshold") from unknown
    return own_view(entry.threshold, entry.thresholds)


def _floor(workspace: Workspace, source: str) -> float:
    """Return the highest floor with which scores of a source's newest proposals were kept, 0 to 1."""
    rows = workspace.store.db.execute(
        "SELECT a.scores FROM (SELECT max(id) AS id FROM proposals WHERE source = ? GROUP BY image) p"
        " JOIN proposal_answers pa ON pa.proposal = p.id JOIN answers a ON a.id = pa.answer WHERE a.scores IS NOT NULL",
        (source,),
    )
    return max((floor_of(blob) for (blob,) in rows), default=0.0)
