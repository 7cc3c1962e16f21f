"""Scores on their way out: the newest that one tagger said about each image, in the order of the images' keys."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from engine.captions.viewing.scores import LabelTable, TagScore, unpack
from engine.errors import CutlineError, WrongUsage
from engine.settings import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.workspace import Workspace

_NEWEST = """
SELECT p.digest, a.scores, a.labels FROM proposals p
JOIN proposal_answers pa ON pa.proposal = p.id JOIN answers a ON a.id = pa.answer
WHERE p.id = (SELECT max(id) FROM proposals WHERE image = ? AND source = ?)
"""


class Scored(NamedTuple):
    """What is stored of one image."""

    key: bytes
    scores: tuple[TagScore, ...] | None
    """All tags, highest first; None where the source said nothing, or a text."""
    stale: bool
    """Made from other content than the picture has now."""


def tagger(workspace: Workspace, wanted: str) -> str:
    """Return the source whose scores are meant.

    Args:
        workspace: The dataset.
        wanted: Its name; empty for the only one there is.

    Raises:
        WrongUsage: There is none of that name, or none at all, or there are several and none was named.
    """
    rows = workspace.store.db.execute("SELECT DISTINCT source FROM proposals WHERE kind = 'tags' ORDER BY 1")
    known = [str(source) for (source,) in rows]
    if not known:
        raise WrongUsage(f"no tagger has said anything about {workspace.root}", "ask one with cutline tag")
    if wanted:
        if wanted not in known:
            raise WrongUsage(f"no tagger is called `{wanted}`", nearest(wanted, known))
        return wanted
    if len(known) > 1:
        raise WrongUsage(f"several taggers have said something: {', '.join(known)}", "choose one with --source")
    return known[0]


def stored_scores(workspace: Workspace, source: str) -> Iterator[Scored]:
    """Yield what is stored of every image of the dataset, one at a time.

    A picture whose content is not known is hashed, if the source has said something about it.
    """
    tables: dict[int, LabelTable] = {}
    for entry in sorted(workspace.entries.values(), key=attrgetter("key")):
        with workspace.store.explained():
            row = workspace.store.db.execute(_NEWEST, (entry.id, source)).fetchone()
            if row is None or row[1] is None:
                yield Scored(entry.key, None, stale=False)
                continue
            digest, blob, labels = row
            if labels not in tables:
                (body,) = workspace.store.db.execute("SELECT body FROM labels WHERE id = ?", (labels,)).fetchone()
                tables[labels] = msgspec.json.decode(body, type=LabelTable)
            scores = unpack(blob, tables[labels])
        yield Scored(entry.key, scores, stale=_is_stale(workspace, entry.id, digest))


def _is_stale(workspace: Workspace, image: int, digest: bytes) -> bool:
    try:
        return workspace.look_again(image).digest != digest
    except (CutlineError, OSError):
        return False  # it cannot be read, which is told elsewhere
