"""Line ends of a text that has both kinds: which one each line of an edited text takes."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def with_ends_of(edited: str, before: str) -> str:
    r"""Return an edited text with the line ends of the one it was made of.

    A line that is in both keeps its end; the others take the end that most lines have, `\n` where both are as many.

    Args:
        edited: With `\n` between its lines.
        before: With ends of both kinds, `\n` and `\r\n`.
    """
    old, new = before.split("\n"), edited.split("\n")
    ended = [line.endswith("\r") for line in old[:-1]]  # the last line has no end
    most = "\r\n" if 2 * sum(ended) > len(ended) else "\n"
    ends = [most] * len(new)
    for was, now in _kept([line.removesuffix("\r") for line in old], new):
        if was < len(ended):
            ends[now] = "\r\n" if ended[was] else "\n"
    return "".join(line + end for line, end in zip(new, [*ends[:-1], ""], strict=True))


def _kept(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the places of lines that are in both; the beginning and the end in common are not searched for others."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    tail = next((at for at in range(most - head) if old[-1 - at] != new[-1 - at]), most - head)
    yield from ((at, at) for at in range(head))
    yield from ((len(old) - at, len(new) - at) for at in range(1, tail + 1))
    middle = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail])
    for start, at, size in middle.get_matching_blocks():
        yield from ((head + start + kept, head + at + kept) for kept in range(size))
