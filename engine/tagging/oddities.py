"""What of a person's changes to a view has no effect, said in a line each: nothing is passed over in silence."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

import msgspec

from engine.captions.caption import tag_key
from engine.captions.viewing.rules import Rules
from engine.captions.viewing.scores import LabelTable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from engine.captions.viewing.view import View
    from engine.tagging.views import Changes
    from engine.workspace import Workspace

NAMED_TAGS = 3
"""How many unknown tags a note names; the rest is counted."""

_OPTIONS = {"include": "--include-tags", "exclude": "--exclude-tags", "tags": "--tag-threshold"}
"""Field of a view → the option that sets it."""


def oddities(workspace: Workspace, source: str, settings: View, changes: Changes) -> list[str]:
    """Say in one line each what of a person's changes has no effect on a source.

    Args:
        workspace: The dataset.
        source: Whose view.
        settings: The view with the changes.
        changes: What the person set.
    """
    fields, notes = changes.fields, []
    if settings.mcut and not fields.get("mcut") and not {"threshold", "categories"}.isdisjoint(fields):
        notes.append("MCut is in force, so thresholds count only where a category has one score (--no-mcut ends it)")
    if settings.implied == "keep" and fields.get("implications"):
        notes.append("what follows from other tags is kept (--implied drop leaves it out)")
    return notes + _unknown(workspace, source, settings, fields)


def _unknown(workspace: Workspace, source: str, settings: View, fields: Mapping[str, Any]) -> list[str]:
    """Say which tags and categories the model never says, with the nearest that it does."""
    lists: dict[str, Collection[str]] = {name: fields[name] for name in _OPTIONS if fields.get(name)}
    categories = dict.fromkeys([*fields.get("categories", ()), *fields.get("category_order", ())])
    if not lists and not categories:
        return []
    said = {label for table in _tables(workspace, source) for label in zip(table.names, table.categories, strict=True)}
    if not said:
        return [f"the labels of {source} are not known yet: nobody checked whether it says what the options name"]
    notes = []
    for name, tags in lists.items():
        known = {tag_key(tag) for tag, _ in said}
        if name == "exclude":  # what is written can be excluded, too: half of an expanded character, a replacement
            rules = Rules(msgspec.structs.replace(settings, exclude=(), include=()))
            known |= {key for label in said for _, key in rules[label].written}
        strange = [tag for tag in tags if tag_key(tag) not in known]
        notes += _note(f"{_OPTIONS[name]}: {source} never says", strange, known)
    present = {category for _, category in said}
    return notes + _note(f"{source} has no category", [name for name in categories if name not in present], present)


def _note(what: str, unknown: list[str], known: Collection[str]) -> list[str]:
    if not unknown:
        return []
    words = []
    for word in unknown[:NAMED_TAGS]:
        alike = difflib.get_close_matches(tag_key(word), known, 1)
        words.append(f"`{word}`" + (f" (did you mean {alike[0]}?)" if alike else ""))
    more = f" and {len(unknown) - NAMED_TAGS:,} more" if len(unknown) > NAMED_TAGS else ""
    return [f"{what} {', '.join(words)}{more}"]


def _tables(workspace: Workspace, source: str) -> Iterator[LabelTable]:
    """Yield the label tables of a source's answers."""
    rows = workspace.store.db.execute(
        "SELECT body FROM labels WHERE id IN (SELECT DISTINCT a.labels FROM proposals p"
        " JOIN proposal_answers pa ON pa.proposal = p.id JOIN answers a ON a.id = pa.answer WHERE p.source = ?)",
        (source,),
    )
    for (body,) in rows.fetchall():
        yield msgspec.json.decode(body, type=LabelTable)
