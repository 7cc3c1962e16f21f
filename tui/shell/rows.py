"""The journal and the proposals of an image, as JSON and as lines to read."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from engine.captions.viewing.view import text_of
from engine.review.journal import answers_in_force
from engine.wire.protocol import to_name
from tui.shell.edit_words import edit_words
from tui.shell.output import text_or_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.review.records import Image, JournalRow
    from engine.workspace import Workspace


def journal_fields(row: JournalRow) -> dict[str, Any]:
    """Return one step of the journal for JSON."""
    return {
        "id": row.id,
        "group": row.group,
        "time": row.time,
        "kind": row.kind,
        "image": None if row.image_key is None else to_name(row.image_key),
        "caption_file": None if row.caption is None else to_name(row.caption),
        "answers": [{"proposal": v.proposal, "answer": v.answer, "hunks": v.hunks} for v in row.verdicts],
        "before": text_or_bytes(row.before),
        "after": text_or_bytes(row.after),
        "written": row.status == "written",
        "undoes": row.undoes,
        "undone_by": row.undone_by,
        "note": row.note,
    }


def journal_line(row: JournalRow, separator: str) -> str:
    """Return one step of the journal in one line.

    Args:
        row: The step.
        separator: Between tags, from the settings.
    """
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(row.time))
    words = [f"{row.id:>6}", when, f"{row.kind:<9}"]
    if row.group is not None:
        words.append(f"group {row.group}")
    if row.image_key is not None:
        words.append(row.image_key.decode(errors="surrogateescape"))
    words += [hunk for verdict in row.verdicts for hunk in verdict.hunks]
    if row.kind == "edit":
        words += edit_words(row.before, row.after, separator)
    if row.undoes is not None:
        words.append(f"takes back {row.undoes}")
    if row.undone_by is not None:
        words.append(f"(taken back by {row.undone_by})")
    if row.status not in (None, "written"):
        words.append(f"({row.status})")
    if row.note:
        words.append(f"({row.note})")
    return "  ".join(words)


def proposal_fields(workspace: Workspace, image: Image) -> Iterator[dict[str, Any]]:
    """Yield every proposal ever made for an image for JSON, oldest first."""
    reader = workspace.proposals(image.id)
    said = answers_in_force(workspace.store.db, image.id)
    found = reader.all_of(workspace.store.db, image)
    newest = {proposal.source: proposal.id for proposal, _ in found}
    for proposal, inherits in found:
        candidate = reader.candidate(proposal)
        decision = said.get(proposal.id) or said.get(inherits or 0)
        tags = None
        if proposal.scores is not None:
            in_view = {tag.name for tag in candidate.tags}
            tags = [
                {
                    "tag": tag.name,
                    "score": round(tag.score, 5),
                    "category": tag.category,
                    "in_view": tag.name in in_view,
                }
                for tag in proposal.scores
            ]
        yield {
            "id": proposal.id,
            "source": proposal.source,
            "fingerprint": proposal.fingerprint,
            "kind": proposal.kind,
            "text": text_of(candidate.tags) if tags is not None else candidate.text,
            "merge": proposal.merge,
            "stale": proposal.digest != image.digest,
            "superseded": newest[proposal.source] != proposal.id,
            "tags": tags,
            "decision": None if decision is None else {"id": decision[0], "answer": decision[1]},
        }
