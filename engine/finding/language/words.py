"""Every word of the filter language: what kind it is, what it means, and what must be known to answer it."""

from __future__ import annotations

from typing import Literal, NamedTuple

Need = Literal["entries", "drafts", "paths", "captions", "tokens", "t5", "sizes", "candidates", "proposed"]
"""What an answer is read from. `entries` are in memory from the start; everything else takes an index."""

STATES = ("pending", "accepted", "rejected", "untouched")


class Word(NamedTuple):
    """What the table says of one word."""

    means: str
    """One line for people."""
    needs: Need


MARKS: dict[str, Word] = {
    "pending": Word("waits for a decision", "entries"),
    "accepted": Word("decided: accepted, approved or edited", "entries"),
    "rejected": Word("decided: rejected", "entries"),
    "untouched": Word("nothing is proposed and nothing decided", "entries"),
    "flagged": Word("bears a flag", "entries"),
    "skipped": Word("skipped in this session", "entries"),
    "unreadable": Word("the picture cannot be read", "entries"),
    "draft": Word("a text for it was typed and not written", "drafts"),
    "decided-before": Word("was decided, and something new is proposed", "entries"),
    "changed": Word("decided; what was proposed would look otherwise through today's view", "proposed"),
    "stale": Word("something was proposed for another picture than is there now", "candidates"),
}
"""Words that stand alone."""

TEXTS: dict[str, Word] = {
    "tag": Word("a tag of the caption, whole", "captions"),
    "caption": Word("text in the caption", "captions"),
    "name": Word("text in the file's name", "paths"),
    "path": Word("text in the path below the dataset's folder", "paths"),
    "folder": Word("the folder, by its name or its path; what lies below it, too", "paths"),
    "source": Word("a model or recipe of that name proposed something", "candidates"),
    "proposed": Word("an open candidate proposes this tag now", "proposed"),
    "error": Word("why the picture cannot be read; error:any for all", "entries"),
}
"""Words that take a text after a colon; it may hold `*` and `?`."""

CHOICES: dict[str, tuple[str, ...]] = {
    "state": STATES,
    "flag": ("yes", "no"),
    "is": tuple(MARKS),
}
"""Words that take one of a few words after a colon."""

NUMBERS: dict[str, Word] = {
    "tokens": Word("CLIP tokens of the caption", "tokens"),
    "t5": Word("T5 tokens of the caption", "t5"),
    "chars": Word("characters of the caption", "captions"),
    "tags": Word("tags of the caption", "captions"),
    "width": Word("width of the picture in px", "sizes"),
    "height": Word("height of the picture in px", "sizes"),
    "aspect": Word("width divided by height, as 1.5 or 3:2", "sizes"),
}
"""Words that are compared with a number."""

SCORE = Word("a stored score of a tag, 0 to 1, whatever the view says", "candidates")
BARE = Word("text in the caption or in the file's name", "captions")
"""What a word means that stands for nothing else."""

OPERATORS = ("and", "or", "not")
COMPARISONS = ("<=", ">=", "!=", "==", "=", "<", ">")
"""The longer ones first: they begin with the shorter."""

NAMES = (*TEXTS, *CHOICES, *NUMBERS, "score")
"""Everything that may stand before a colon, a comparison or a bracket."""
