"""What a job is asked, as lines of a form: each a choice or a text; and the request that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import msgspec

from engine.errors import WrongUsage
from engine.models.entry import checked
from engine.review.records import Merge
from engine.tagging.request import Request
from engine.tagging.views import Changes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.models.entry import Entry, Option, Value
    from tui.many.scopes import Scope

NO, YES = "no", "yes"
IN_FORCE = "as it is in force, else the model's own"
DEVICES = ("auto", "cpu", "cuda:0", "mps")
CATEGORY, OPTION = "threshold of ", "option "


class Line(msgspec.Struct):
    """One line of the form."""

    name: str
    """What it sets, as the person reads it."""
    value: str
    help: str
    choices: tuple[str, ...] = ()
    """The words it can be; empty for any text."""
    empty: str = ""
    """What is meant where it is empty."""
    warns: str = ""
    """A value that is marked."""

    def turn(self, by: int) -> None:
        """Take another choice; `by` is 1 or -1."""
        at = self.choices.index(self.value) if self.value in self.choices else 0
        self.value = self.choices[(at + by) % len(self.choices)]


class JobForm:
    """The lines for one model."""

    def __init__(self, entry: Entry, scopes: Sequence[Scope], usual: int, device: str) -> None:
        """Fill in what is usual.

        Args:
            entry: The model.
            scopes: The images that can be meant.
            usual: The place of those that are likely meant.
            device: Where jobs run that name no device.
        """
        self.entry, self.scopes = entry, scopes
        names = tuple(map(str, scopes))
        self.lines = [
            Line("images", names[usual], "which images the model is asked about", names),
            *self._own_lines(),
            Line("merge", "append" if entry.kind == "tagger" else "fill", _MERGE, get_args(Merge)),
            Line("again", NO, "ask also about images that have an answer", (NO, YES)),
            Line("accept", NO, _ACCEPT, (NO, YES), warns=YES),
            Line("device", device, "where the model runs", tuple(dict.fromkeys((device, *DEVICES)))),
            Line("layer", "", "what its proposals are called", empty=entry.name),
            *(self._option(name, option) for name, option in entry.options.items()),
        ]

    def _own_lines(self) -> Iterable[Line]:
        """Yield the lines that only some models have."""
        entry = self.entry
        if entry.kind == "tagger":
            lowest = f", {entry.floor:g} at least" if entry.floor else ""
            own = f"{IN_FORCE}, {entry.threshold:g}"
            yield Line("threshold", "", f"tags from this score on are proposed, 0 to 1{lowest}", empty=own)
            for category, score in entry.thresholds.items():
                own = f"{IN_FORCE}, {score:g}"
                yield Line(f"{CATEGORY}{category}", "", f"the same for the category {category}", empty=own)
        if entry.prompt:
            yield Line("prompt", "", "what the model is told about every picture", empty="the model's own")

    @staticmethod
    def _option(name: str, option: Option) -> Line:
        choices = (NO, YES) if isinstance(option.default, bool) else option.choices
        value = (NO, YES)[option.default] if isinstance(option.default, bool) else str(option.default)
        return Line(f"{OPTION}{name}", value, option.help, choices)

    def request(self) -> Request:
        """Return what is asked.

        Raises:
            WrongUsage: A line makes no sense; names it.
        """
        said = {line.name: line.value.strip() for line in self.lines}
        scope = self.scopes[[str(scope) for scope in self.scopes].index(said["images"])]
        if not scope.images:
            raise WrongUsage("there are no images to ask about", "choose others")
        return Request(
            model=self.entry.name,
            source=said["layer"],
            merge=said["merge"],  # type: ignore[arg-type]  # one of the choices, which are these words
            view=self._view(said),
            options={name: self._value(name, option, said) for name, option in self.entry.options.items()},
            prompt=said.get("prompt", ""),
            device=said["device"],
            only=frozenset(scope.images),
            again=said["again"] == YES,
            accept=said["accept"] == YES,
        )

    def _view(self, said: dict[str, str]) -> Changes:
        fields: dict[str, Any] = {}
        if said.get("threshold"):
            fields["threshold"] = _score("threshold", said["threshold"])
        categories = {
            name.removeprefix(CATEGORY): _score(name, text)
            for name, text in said.items()
            if name.startswith(CATEGORY) and text
        }
        return Changes(fields | ({"categories": categories} if categories else {}))

    def _value(self, name: str, option: Option, said: dict[str, str]) -> Value:
        text = said[f"{OPTION}{name}"]
        value: object = text
        if isinstance(option.default, bool):
            value = text == YES
        elif isinstance(option.default, int | float):
            value = _number(name, text, whole=isinstance(option.default, int))
        return checked(name, option, value)


_MERGE = "how it meets the caption: behind it, before it, only where there is none, in its place"
_ACCEPT = "yes writes every result into its caption without a look; one step, which undo takes back"


def _score(name: str, text: str) -> float:
    score = _number(name, text, whole=False)
    if not 0 <= score <= 1:
        raise WrongUsage(f"{name} is {text}, and goes from 0 to 1", "write 0.35")
    return float(score)


def _number(name: str, text: str, *, whole: bool) -> int | float:
    try:
        return int(text) if whole else float(text)
    except ValueError:
        raise WrongUsage(f"{name}: {text!r} is no {'whole ' if whole else ''}number", "correct it") from None
