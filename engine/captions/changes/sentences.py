"""Where sentences and clauses begin in prose."""

from __future__ import annotations

import re

_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z])(?<!\b(?i:st|dr|mr|ms|mt|jr|sr|vs))(?<!\b(?i:mrs))[.!?…]++[\"'”’)\]]*\s+"
    r"|[。！？]++[」』”’）]*\s*|\s*\n\s*"
)
_CLAUSE_END = re.compile(r"[,;:]\s+|\s+[–—-]\s+|[，、；：]\s*")


def sentence_starts(text: str) -> list[int]:
    """Return where each sentence begins; the first at 0, the others behind the white space before them."""
    return _starts(text, _SENTENCE_END)


def clause_starts(text: str) -> list[int]:
    """Return where each part between commas, colons and dashes begins; the first at 0."""
    return _starts(text, _CLAUSE_END)


def _starts(text: str, end: re.Pattern[str]) -> list[int]:
    return [0, *(found.end() for found in end.finditer(text) if 0 < found.end() < len(text))]
