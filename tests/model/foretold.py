"""What accepting must write, computed from what the person saw and chose, where a naive program can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.model.plain import UNKNOWN, Guess, plain, with_only, with_tags

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.captions.changes.diff import Hunk
    from engine.review.frames import Frame
    from tests.model.nouns import Proposal, Seen


def taken(seen: Seen, answers: Sequence[Proposal], frame: Frame, chosen: Mapping[int, Sequence[Hunk]]) -> Guess:
    """Return what a caption becomes by the hunks that were chosen of some candidates.

    Args:
        seen: The photo as it was shown.
        answers: The candidates that the decision answers.
        frame: The photo as the engine showed it.
        chosen: Of each, by number.
    """
    hunks = [hunk for number in chosen for hunk in chosen[number]]
    if not hunks:
        return seen.raw
    merges = {proposal.number: proposal.merge for proposal in answers}
    if all(hunk.op == "add" and hunk.part == "tags" for hunk in hunks) and "replace" not in merges.values():
        said = [(hunk.new, merges[number]) for number in chosen for hunk in chosen[number]]
        was = plain(seen.raw)
        if was is not None and not was.tags:  # nothing stands there that could be before or behind
            return with_tags(seen.raw, [], [tag for tag, _ in said])
        first = dict(reversed(said))  # of a tag that comes twice, the first counts
        return with_tags(
            seen.raw,
            [tag for tag in dict(said) if first[tag] == "prepend"],
            [t for t in dict(said) if first[t] == "append"],
        )
    whole = [shown for shown in frame.open if len(chosen.get(shown.proposal.id, ())) == len(shown.hunks)]
    if len(answers) == len(whole) == 1 and answers[0].merge == "replace" and (plain(seen.raw) or seen.raw is None):
        return with_only(seen.raw, ", ".join(answers[0].tags) or answers[0].text)
    return UNKNOWN


def accepted(seen: Seen, proposal: Proposal, frame: Frame) -> tuple[Guess, bool]:
    """Return what a caption becomes where one candidate is accepted as it is chosen on opening, and whether it is left."""
    shown = next(shown for shown in frame.open if shown.proposal.id == proposal.number)
    chosen = [hunk for hunk in shown.hunks if hunk.chosen]
    was = plain(seen.raw)
    if was is None:
        return (UNKNOWN if chosen else seen.raw), bool(shown.hunks) and not chosen
    match proposal.merge:
        case "append":
            return with_tags(seen.raw, [], proposal.tags), False
        case "prepend":
            return with_tags(seen.raw, proposal.tags, []), False
        case "fill" if was.tags:
            return seen.raw, True
        case _:
            said = ", ".join(proposal.tags) or proposal.text
            return with_only(seen.raw, said), False
