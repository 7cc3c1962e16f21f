"""CLIP's vocabulary: from an installed package that carries it, else from a file in the Hugging Face cache."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from engine.captions.tokens.byte_pairs import BytePairs
from engine.models import weights
from engine.models.entry import Entry, Weights

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Protocol

    from engine.captions.tokens.tokens import Pieces

    class PackagedTokenizer(Protocol):
        """What is used of the package."""

        def encode(self, text: str) -> Sequence[int]: ...  # noqa: D102
        def decode(self, tokens: Sequence[int]) -> str: ...  # noqa: D102


ENTRY = Entry(
    name="clip-vocabulary",
    adapter="",
    kind="vocabulary",
    summary="The pairs that CLIP's tokenizer joins: token counts are exact with it; no model",
    licence="MIT",
    preprocessing=0,
    download_bytes=524_619,
    weights=Weights(
        # The repository that trainers load their tokenizer from: who has trained on this machine has the file already.
        repo="openai/clip-vit-large-patch14",
        revision="32bd64288804d66eefd0ccbe215aa642df71cc41",
        files={"pairs": "merges.txt"},
        sha256={"merges.txt": "9fd691f7c8039210e0fced15865466c65820d09b63988b0174bfe25de299051a"},
    ),
)
"""Pulled, shown and verified like the weights of a model; no job can name it."""


def load() -> Pieces | None:
    """Return the vocabulary; None where there is none on this machine.

    The package is asked first: it takes 30 ms and 7 MB, the file twice that. A damaged file counts as none, and
    `cutline models verify` says so.
    """
    with suppress(ImportError):
        return _packaged()
    try:
        place = weights.places(ENTRY)["pairs"]
        return BytePairs(place.read_text(encoding="utf-8")) if place else None
    except (OSError, ValueError):
        return None


@cache
def _packaged() -> PackagedPieces:
    """Load the package's vocabulary, once in a process.

    Raises:
        ImportError: It is not installed.
    """
    from instant_clip_tokenizer import Tokenizer  # noqa: PLC0415  (an extra, and only who counts pays for it)

    return PackagedPieces(Tokenizer())


class PackagedPieces:
    """The vocabulary inside the package `instant-clip-tokenizer`."""

    def __init__(self, tokenizer: PackagedTokenizer) -> None:
        """Take over what the package offers."""
        self._tokenizer = tokenizer

    def ends(self, piece: str) -> tuple[int, ...]:
        """Return where each token of a piece ends, in characters.

        Args:
            piece: One of `clip_words.pieces`; not empty.
        """
        sound = piece.encode("utf-8", "replace").decode()
        tokens = self._tokenizer.encode(sound)
        ends, at, first = [], 0, 0
        for place in range(1, len(tokens)):
            # A token may end inside a character: it is decoded as a sign of replacement until another completes it.
            text = self._tokenizer.decode(tokens[first:place])
            whole = next(
                (i for i, (a, b) in enumerate(zip(text, sound[at : at + len(text)], strict=False)) if a != b), len(text)
            )
            ends.append(at + whole)
            if whole == len(text):
                at, first = at + whole, place
        return (*ends, len(piece))

    def count(self, piece: str) -> int:
        """Return how many tokens a piece is."""
        return len(self._tokenizer.encode(piece.encode("utf-8", "replace").decode()))
