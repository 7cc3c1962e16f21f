"""What edits look for: tags by `*` and `?`, text by regular expressions that a time limit keeps from hanging."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from engine.captions.caption import tag_key
from engine.captions.prose import FENCE
from engine.captions.weights import name_key, split_weight
from engine.errors import WrongUsage

if TYPE_CHECKING:
    from collections.abc import Sequence

MATCH_SECONDS = 1.0
"""How long a regular expression may look at one caption; a sound one needs some millionths of that."""

_ANY_TEXT, _ANY_SIGN = "\ufdd0", "\ufdd1"
"""Stand for `*` and `?` while the text around them is made comparable; no text holds these."""
_WILD_PIECE = re.compile(r"\\[*?\\]|[*?]")
_WILD = {"*": _ANY_TEXT, "?": _ANY_SIGN}


class Sought:
    """The tags that an edit is about, in any spelling and of any weight, unless it names a weight itself."""

    def __init__(self, text: str, *, wild: bool) -> None:
        r"""Make the text comparable.

        Args:
            text: A tag.
            wild: Whether `*` and `?` in it stand for others; `\*`, `\?` and `\\` for themselves then.
        """
        marked = _WILD_PIECE.sub(lambda piece: _WILD.get(piece[0], piece[0][-1]), text) if wild else text
        self._key_of = tag_key if split_weight(marked).prefix else name_key
        self._key = tag_key(marked)
        self._pattern = _like(self._key) if wild else None
        self._runs = re.findall(rf"[^\s_\\()\[\]{{}}:{_ANY_TEXT}{_ANY_SIGN}]+", self._key)

    def maybe_in(self, folded: str) -> bool:
        """Say at once, of most captions without such a tag, that there is none; the caption is given case-folded."""
        return all(run in folded for run in self._runs)

    def places(self, row: Sequence[str]) -> list[int]:
        """Return where such tags stand in a row of tags and fences."""
        if self._pattern is None:
            keys = list(map(self._key_of, row))
            return [place for place, key in enumerate(keys) if key == self._key] if self._key in keys else []
        return [place for place, tag in enumerate(row) if tag != FENCE and self._fits(self._pattern, tag)]

    @staticmethod
    def _fits(pattern: re.Pattern[str], tag: str) -> bool:
        return bool(pattern.fullmatch(name_key(tag)) or pattern.fullmatch(tag_key(tag)))


@lru_cache(maxsize=256)
def sought(text: str, *, wild: bool) -> Sought:
    """Return what `Sought` says of a text, made once."""
    return Sought(text, wild=wild)


def _like(key: str) -> re.Pattern[str]:
    """Return the pattern of a key with wildcards.

    What stands between two `*` is taken where it first comes, and that is final: so no tag takes long.
    """
    plain = [".".join(map(re.escape, part.split(_ANY_SIGN))) for part in re.split(f"{_ANY_TEXT}+", key)]
    if len(plain) == 1:
        return re.compile(plain[0], re.DOTALL)
    first, *middle, last = plain
    between = "".join(f"(?>.*?{part})" for part in middle)
    return re.compile(f"{first}{between}.*{last}", re.DOTALL)


def check_pattern(pattern: str, template: str) -> None:
    """Refuse a regular expression that cannot be read, or a text with groups it does not have.

    Raises:
        WrongUsage: With what is wrong, and where.
    """
    groups = _compiled(pattern)
    names = {number: name for name, number in groups.groupindex.items()}
    same = "".join(f"(?P<{names[i]}>)" if i in names else "()" for i in range(1, groups.groups + 1))
    try:
        _compiled(same).sub(template, "")
    except (_regex().error, IndexError) as error:
        raise WrongUsage(
            f"cannot put {template} in: {error}", r"\1 is the first group, \g<name> a named one, \\ a backslash"
        ) from error


def substitute(pattern: str, template: str, text: str) -> str:
    r"""Return a text with every match replaced.

    Args:
        pattern: A regular expression.
        template: What comes instead, with `\1` and `\g<name>` for its groups.
        text: One caption.

    Raises:
        WrongUsage: The pattern is one of those that take for ever.
    """
    try:
        replaced: str = _compiled(pattern).sub(template, text, timeout=MATCH_SECONDS)
    except (TimeoutError, MemoryError) as error:
        raise WrongUsage(
            f"the pattern {pattern} takes too long on a caption",
            "it repeats what repeats itself, as (a|aa)+ does; say more exactly what may come",
        ) from error
    return replaced


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> Any:
    try:
        return _regex().compile(pattern)
    except (_regex().error, RecursionError, MemoryError, OverflowError) as error:
        raise WrongUsage(
            f"cannot read the pattern {pattern}: {error}", "see --help for how edits are written"
        ) from error


def _regex() -> Any:
    import regex  # noqa: PLC0415  (few edits need it, and every start would wait for it)

    return regex
