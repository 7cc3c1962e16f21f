"""Which tags are one name spelled in two ways: `grey hair` and `gray hair`, `t-shirt` and `tshirt`, `saber (fate)` and `saber`.

Rules, not distances: `short` and `shirt` differ by a letter, and by everything else.
"""

from __future__ import annotations

import re
from functools import lru_cache

from engine.captions.caption import tag_key

_WORD = re.compile(r"[^\W_]+")
_TWICE = re.compile(r"([a-z])\1")
_SUFFIX = re.compile(r"\s*\([^()]*\)\Z")
_APOSTROPHES = str.maketrans("", "", "'’")
_RESPELLED = {
    "grey": "gray",
    "jewellery": "jewelry",
    "pyjamas": "pajamas",
    "moustache": "mustache",
    "doughnut": "donut",
    "aeroplane": "airplane",
}
LEAST_NAME = 3
"""Letters and digits that say anything: `<3` and `3` are not the same."""
LEAST_STEM = 3
"""Letters that a word keeps at least when its plural `s` is taken away."""


@lru_cache(maxsize=1 << 12)
def kin(tag: str) -> tuple[str, ...]:
    """Return what a tag shares with its other spellings; two tags are kin where one of these is the same."""
    plain = tag_key(tag).translate(_APOSTROPHES)
    whole = _reduced(plain)
    # The series of a character is often left out; a tag that is nothing but parentheses keeps them.
    bare = _reduced(_SUFFIX.sub("", plain))
    return tuple(dict.fromkeys(name for name in (whole, bare) if len(name) >= LEAST_NAME))


def _reduced(text: str) -> str:
    return "".join(_stem(word) for word in _WORD.findall(text))


def _stem(word: str) -> str:
    word = _RESPELLED.get(word, word)
    if len(word) > LEAST_STEM and word[-1] == "s" and word[-2] not in "su":
        word = word[:-1]
    if len(word) > LEAST_STEM + 1:
        word = word.replace("our", "or")
    if word.endswith("tre"):
        word = word[:-3] + "ter"
    return _TWICE.sub(r"\1", word)
