"""`cutline config keys`, `themes` and `set`: the keys and looks in force, and changing a setting."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import msgspec

from engine import settings
from engine.errors import BadSetting, WrongUsage
from engine.settings_change import Changed, change
from tui.shell.parser import add_json

if TYPE_CHECKING:
    from argparse import Namespace

    from tui.shell.output import Output
    from tui.shell.parser import Parser

NO_KEY = "(no key)"
KEY_CELLS, NAME_CELLS = 20, 20


def keys_options(parser: Parser) -> None:
    """Declare what `config keys` takes."""
    add_json(parser)


def keys(args: Namespace, out: Output) -> int:  # noqa: ARG001  (every command is called alike)
    """List the keys of every action on every screen, and which of them clash."""
    from tui.keys.keymap import SCREENS, Keymap  # noqa: PLC0415  (`config path` needs no actions)

    keymap = Keymap(settings.load().keys)
    dealt = {screen: keymap.keys(actions) for screen, actions in SCREENS.items()}
    if out.json:
        listed = {
            screen: [
                {"action": action.name, "keys": dealt[screen].of(action), "help": dealt[screen].text(action.help)}
                for action in actions
            ]
            for screen, actions in SCREENS.items()
        }
        clashes = [{"screen": screen, **clash._asdict()} for screen, held in dealt.items() for clash in held.clashes]
        out.document({"preset": keymap.preset, "screens": listed, "clashes": clashes, "mistakes": keymap.mistakes})
        return 0
    for screen, actions in SCREENS.items():
        out.say(f"{screen}:")
        for action in actions:
            held = dealt[screen].all_shown(action) or NO_KEY
            out.say(f"  {held:<{KEY_CELLS}} {action.name:<{NAME_CELLS}} {dealt[screen].text(action.help)}")
    for mistake in keymap.mistakes:
        out.note(mistake)
    for screen, of_screen in dealt.items():
        for clash in of_screen.clashes:
            out.note(f"{screen}: {clash}")
    return 0


def themes_options(parser: Parser) -> None:
    """Declare what `config themes` takes."""
    add_json(parser)


def themes(args: Namespace, out: Output) -> int:  # noqa: ARG001  (every command is called alike)
    """List the themes, which is in force, and how well the worst of its words can be read."""
    from tui.looks import themes as shelf  # noqa: PLC0415  (it needs Textual)

    wanted = settings.load().screen.theme
    found, problems = shelf.load()
    names = {theme.name for theme in found}
    worn = wanted if wanted in names else shelf.DEFAULT
    for theme in sorted(found, key=lambda theme: theme.name):
        contrast, where = shelf.least_contrast(theme)
        ground = "dark" if theme.dark else "light"
        if out.json:
            told = {"name": theme.name, "ground": ground, "in_force": theme.name == worn}
            out.document({**told, "contrast": round(contrast, 2), "least": where})
        else:
            sign = "*" if theme.name == worn else " "
            out.say(f"{sign} {theme.name:<{NAME_CELLS}} {ground:<6} contrast {contrast:.1f} ({where})")
    for problem in problems:
        out.note(problem)
    if wanted not in names:
        out.note(f"there is no theme {wanted!r}: {settings.nearest(wanted, names)}")
    return 0


def set_options(parser: Parser) -> None:
    """Declare what `config set` takes."""
    parser.add_argument("key", metavar="KEY", help="section and name, as `cutline config show` lists them")
    parser.add_argument("value", metavar="VALUE", nargs="?", help="as TOML writes it; plain words go without quotes")
    parser.add_argument("--default", action="store_true", help="take the setting out, so that its default holds")
    add_json(parser)


def set(args: Namespace, out: Output) -> int:  # noqa: A001  (named as its command is)
    """Change one setting in the settings file."""
    if (args.value is None) != args.default:
        raise WrongUsage("`cutline config set` takes a value, or --default", "see cutline config set --help")
    changed = _changed(args.key, args.value)
    section, _, name = args.key.partition(".")
    value = None if args.default else _value_of(changed.settings, section, name)
    kept = str(changed.kept) if changed.kept else None
    if out.json:
        out.document({"key": args.key, "value": value, "file": changed.settings.file, "kept": kept})
        return 0
    told = "has its default again" if args.default else f"= {msgspec.json.encode(value).decode()}"
    out.say(f"{args.key} {told} in {changed.settings.file}")
    if kept:
        out.note(f"comments do not survive that: the file as you wrote it is {kept}")
    return 0


def _value_of(in_force: settings.Settings, section: str, name: str) -> Any:
    found = getattr(in_force, section)
    return msgspec.to_builtins(found[name] if isinstance(found, dict) else getattr(found, name))


def _changed(key: str, written: str | None) -> Changed:
    """Change a setting to what was typed: TOML where that is possible, else the words themselves."""
    if written is None:
        return change(key, None)
    try:
        value = tomllib.loads(f"value = {written}")["value"]
        _check(key, value)
        return change(key, value)
    except (tomllib.TOMLDecodeError, BadSetting):
        _check(key, written)
        return change(key, written)


def _check(key: str, value: Any) -> None:
    """Refuse a theme, an action or a key that does not exist."""
    section, _, name = key.partition(".")
    if key == "screen.theme":
        from tui.looks import themes as shelf  # noqa: PLC0415  (it needs Textual)

        if value not in (names := shelf.names()):
            raise BadSetting(f"there is no theme {value!r}", settings.nearest(str(value), names))
    elif section == "keys" and name and isinstance(value, str | list):
        from tui.keys.keymap import Keymap  # noqa: PLC0415  (other settings need no actions)

        if mistakes := Keymap({name: value}).mistakes:
            raise BadSetting("; ".join(mistakes), "see cutline config keys")
