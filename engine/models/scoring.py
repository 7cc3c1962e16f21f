"""From a tagger's raw output to scores that are kept: the logistic function, the floor, the best rating."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from engine.captions.viewing.scores import FULL_SCALE, to_u16
from engine.errors import BadSetting, CutlineError
from engine.models.contract import Scored
from engine.models.labels import NOBODYS, RATING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.models.labels import Labels

Activation = Literal["none", "sigmoid"]

_SLACK = 1e-3
"""Probabilities may stray so far outside 0 to 1 by rounding."""


class NotFinite(CutlineError):
    """Leave the picture out, or get the model again: it answered with something that is no number."""

    code = "not-finite"


class Scorer:
    """Turns what a model gives for a picture into the scores kept of it; used by several threads."""

    def __init__(self, labels: Labels, floor: float, activation: Activation, name: str) -> None:
        """Prepare.

        Args:
            labels: What the outputs mean.
            floor: The lowest score kept, 0 to 1.
            activation: What turns an output into a score.
            name: The model's, for messages.
        """
        self._activation = activation
        self._count = len(labels.of_output)
        self._size = len(labels.table.names)
        named = ((output, tag) for output, tag in enumerate(labels.of_output) if tag != NOBODYS)
        pairs = [*named, *labels.following]
        self._outputs, self._tags = np.array(pairs, np.intp).T
        self._plain = not labels.following and labels.of_output == tuple(range(self._size))
        self._ratings = np.flatnonzero(np.array(labels.table.categories) == RATING)
        self._floor = to_u16(floor)
        self._name = name

    def scored(self, output: NDArray[np.floating]) -> Scored | NotFinite:
        """Keep what reaches the floor, and the best rating in any case.

        Args:
            output: float, (outputs,); there may be more than labels. float16 is too coarse for what is kept.
        """
        output = output[: self._count]
        if not np.isfinite(output).all():
            return NotFinite(
                f"{self._name} answered with values that are no numbers (NaN or infinite)",
                "if it does so for every picture, the model is damaged, or its float16 too narrow: use a float32 one",
            )
        scores = sigmoid(output) if self._activation == "sigmoid" else output
        if not self._plain:
            best = np.zeros(self._size, scores.dtype)
            np.maximum.at(best, self._tags, scores[self._outputs])
            scores = best
        stored = np.rint(np.clip(scores, 0, 1).astype(np.float64) * FULL_SCALE).astype(np.uint16)
        kept = stored >= self._floor
        if self._ratings.size:
            kept[self._ratings[np.argmax(scores[self._ratings])]] = True
        places = np.flatnonzero(kept)
        return Scored(tuple(zip(places.tolist(), stored[places].tolist(), strict=True)))


def sigmoid(logits: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the logistic function of logits, in their dtype; written so that no size of them overflows."""
    scores: NDArray[np.floating] = np.tanh(logits * 0.5) * 0.5 + 0.5
    return scores


def check_activation(declared: Activation, probe: NDArray[np.floating], name: str) -> None:
    """Compare what an entry says of a model's output with what it gave for a picture or two.

    Args:
        declared: What has to be done to the output.
        probe: The output as it is; values that are not finite say nothing.
        name: The model's, for messages.

    Raises:
        BadSetting: They contradict each other.
    """
    finite = probe[np.isfinite(probe)]
    if not finite.size:
        return
    least, most = float(finite.min()), float(finite.max())
    inside = least >= -_SLACK and most <= 1 + _SLACK
    if declared == "none" and not inside:
        raise BadSetting(
            f"{name}: its graph gives logits ({least:.3g} to {most:.3g}), not scores from 0 to 1",
            'write activation = "sigmoid" in [graph] of its catalogue entry',
        )
    if declared == "sigmoid" and inside:
        raise BadSetting(
            f"{name}: its graph gives scores already ({least:.3g} to {most:.3g}); a second sigmoid would lift all of"
            " them above 0.5",
            'write activation = "none" in [graph] of its catalogue entry',
        )
