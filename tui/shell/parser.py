"""Reading a command's arguments: argparse, with errors in one line that name the nearest right word."""

from __future__ import annotations

import argparse
import difflib
import re
from typing import TYPE_CHECKING, Any, NoReturn

from engine.errors import WrongUsage
from engine.settings import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


HIGHEST = 2**63 - 1
"""Of whole numbers: the store holds no higher one."""
DIGITS = len(str(HIGHEST))


class Parser(argparse.ArgumentParser):
    """The parser of one command."""

    def __init__(self, name: str, sentence: str, example: str) -> None:
        """Make a parser without options of its own yet.

        Args:
            name: The command, as it is typed after `cutline`.
            sentence: What it does.
            example: How it is called.
        """
        super().__init__(
            prog=f"cutline {name}".strip(),
            description=sentence,
            epilog=f"example: {example}",
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        self._example = example

    def error(self, message: str) -> NoReturn:
        """Turn argparse's complaint into ours.

        Raises:
            WrongUsage: Always.
        """
        if found := re.fullmatch(r"the following arguments are required: (.+)", message):
            message = f"{found[1]} is missing"
        elif found := re.fullmatch(r"unrecognized arguments: (.+)", message):
            message = f"there is one argument too many: {found[1]}"
        elif found := re.fullmatch(r"argument (.+?): (.+)", message, re.DOTALL):
            message = f"{found[1]}: {found[2]}"
        raise WrongUsage(message, f"for example: {self._example}")

    def read(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse, naming an option that does not exist before anything else.

        Raises:
            WrongUsage: The arguments make no sense.
        """
        together = self._joined(arguments)
        for argument in together:
            if argument == "--":
                break
            name = argument.partition("=")[0]
            if re.match(r"--?[A-Za-z]", name) and name not in self._option_string_actions:
                alike = difflib.get_close_matches(name, self._option_string_actions, 1)
                raise WrongUsage(
                    f"{self.prog} has no option {name}",
                    f"did you mean {alike[0]}?" if alike else f"see {self.prog} --help",
                )
        # Intermixed: `cutline edit DIR add:x --apply drop:y` names its options wherever it likes.
        return self.parse_intermixed_args(together)

    def _joined(self, arguments: Sequence[str]) -> list[str]:
        """Join values such as `-cat` with the option before them, for argparse takes them for options."""
        together: list[str] = []
        for argument in arguments:
            option = together[-1] if together and "--" not in together else ""
            action = self._option_string_actions.get(option) if option.startswith("--") else None
            is_value = re.match(r"-[^-]", argument) and argument not in self._option_string_actions
            if action is not None and action.nargs is None and is_value:
                together[-1] = f"{option}={argument}"
            else:
                together.append(argument)
        return together


def add_json(parser: Parser) -> None:
    """Add `--json`."""
    parser.add_argument("--json", action="store_true", help="print JSON on stdout, everything else on stderr")


def add_images(parser: Parser) -> None:
    """Add `--images`."""
    parser.add_argument(
        "--images", metavar="GLOB", default="", help="only images whose path below DIR matches, e.g. '10_cat/*'"
    )


def one_of(*names: str) -> Callable[[str], str]:
    """Return a type for an option that takes one of some words."""

    def check(word: str) -> str:
        if word not in names:
            raise WrongUsage(f"`{word}` is not possible here", f"{nearest(word, names)}")
        return word

    return check


def score(text: str) -> float:
    """Read a number from 0 to 1."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"`{text}` is no number from 0 to 1")
    return number


def at_least(lowest: int) -> Callable[[str], int]:
    """Return a type for a whole number that has a lower end; its upper end is the store's."""

    def check(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or (len(text) <= DIGITS and int(text) < lowest):
            raise argparse.ArgumentTypeError(f"`{text}` is no whole number from {lowest}")
        # Python refuses to read some thousand digits.
        if len(text.lstrip("0")) > DIGITS or int(text) > HIGHEST:
            raise argparse.ArgumentTypeError(f"there is no such number: {HIGHEST} is the highest")
        return int(text)

    return check


def given(args: argparse.Namespace, *names: str) -> dict[str, Any]:
    """Return the options that the person gave, by name."""
    return {name: value for name in names if (value := getattr(args, name)) is not None}
