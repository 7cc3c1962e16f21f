"""`cutline config`: where the settings are and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from engine import settings
from engine.paths import config_dir
from tui.shell.parser import add_json

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.shell.output import Output
    from tui.shell.parser import Parser


def path_options(parser: Parser) -> None:
    """Declare what `config path` takes."""
    add_json(parser)


def path(args: Namespace, out: Output) -> int:  # noqa: ARG001  (every command is called alike)
    """Name the settings file, whether or not it exists."""
    file = config_dir() / settings.FILE_NAME
    if out.json:
        out.document({"path": str(file), "exists": file.exists()})
    else:
        out.say(str(file))
        if not file.exists():
            out.note("it does not exist: every setting has its default")
    return 0


def show_options(parser: Parser) -> None:
    """Declare what `config show` takes."""
    add_json(parser)


def show(args: Namespace, out: Output) -> int:  # noqa: ARG001  (every command is called alike)
    """List every setting."""
    in_force = settings.load()
    described = settings.describe(in_force)
    if out.json:
        listed = {one.key: {"value": one.value, "origin": one.origin, "help": one.help} for one in described}
        out.document({"file": in_force.file or None, "settings": listed})
        return 0
    for one in described:
        value = msgspec.json.encode(one.value).decode()
        out.say(f"{one.key:<28} {value:<12} {one.origin}")
    return 0
