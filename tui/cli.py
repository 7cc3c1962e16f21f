"""The command `cutline`: finds the command that is meant, reads its arguments, runs it, and ends with its exit code.

It is light: a command's own file is loaded only when that command is called, and so is what that file needs.
"""

from __future__ import annotations

import importlib
import keyword
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from engine.errors import CutlineError, WrongUsage
from engine.settings import nearest
from tui import interrupts
from tui.shell.output import Output, silence_stdout
from tui.shell.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Sequence


class Command(NamedTuple):
    """One command."""

    home: str
    """The file in `tui/shell/` that holds its function, and the one that declares its options."""
    sentence: str
    example: str


COMMANDS = {
    "review": Command("review", "Open the review screen on a folder of images.", "cutline review photos"),
    "demo": Command("demo", "Tag sample photos with the built-in tagger and open the review screen.", "cutline demo"),
    "tag": Command(
        "tagging",
        "Ask a model about every image of a folder; what it proposes waits for your decision.",
        "cutline tag photos --model pixel_stats --threshold 0.5",
    ),
    "accept": Command(
        "deciding",
        "Accept what is proposed without looking at every image; one step, which undo takes back.",
        "cutline accept photos --source pixel_stats --min-score 0.8",
    ),
    "reject": Command(
        "deciding",
        "Reject what is proposed without looking at every image; one step, which undo takes back.",
        "cutline reject photos --source pixel_stats --images '10_cat/*'",
    ),
    "edit": Command(
        "editing",
        "Change many captions at once: shows the changes, and makes them with --apply.",
        "cutline edit photos drop:blurry 'rename:grey=gray' --apply",
    ),
    "undo": Command(
        "undoing", "Take back the last step, or the steps you name; a group is one step.", "cutline undo photos"
    ),
    "redo": Command("undoing", "Bring again what the last undo took back.", "cutline redo photos"),
    "history": Command("looking", "List every step ever taken in a dataset, oldest first.", "cutline history photos"),
    "show": Command(
        "looking", "Show one image: its caption, what is proposed for it, its steps.", "cutline show photos cat.jpg"
    ),
    "stats": Command("looking", "Count the images of a dataset by what is decided about them.", "cutline stats photos"),
    "import": Command(
        "importing",
        "Bring in what another review store knows, or scores from a file; no caption is written.",
        "cutline import photos --from store",
    ),
    "export": Command(
        "exporting",
        "Write all scores that a tagger gave, whatever its threshold, into a file for other programs.",
        "cutline export photos --to scores-csv scores.csv",
    ),
    "models list": Command(
        "models", "List the models: what each is, whether it is here, its size and licence.", "cutline models list"
    ),
    "models show": Command(
        "models",
        "Show everything about one model: files, licence, thresholds, how it sees pictures.",
        "cutline models show pixel_stats",
    ),
    "models pull": Command(
        "pulling",
        "Download the weights of models; goes on where it was interrupted.",
        "cutline models pull wd-vit-tagger-v3",
    ),
    "models verify": Command(
        "pulling", "Compare weights with their checksums; all that are downloaded.", "cutline models verify"
    ),
    "jobs list": Command("jobs", "List the jobs that the engine keeps, newest first.", "cutline jobs list"),
    "jobs show": Command(
        "jobs", "Show one job of the engine, and what failed in it.", "cutline jobs show 3fa8 --failed"
    ),
    "jobs follow": Command("jobs", "Watch a job of the engine until it ends.", "cutline jobs follow 3fa8"),
    "jobs pause": Command(
        "steering", "Let a job wait; what it has done stays, and other jobs go on.", "cutline jobs pause 3fa8"
    ),
    "jobs resume": Command("steering", "Go on with a paused job.", "cutline jobs resume 3fa8"),
    "jobs cancel": Command(
        "steering", "End a job; what it has done stays and can be collected.", "cutline jobs cancel 3fa8"
    ),
    "jobs retry": Command(
        "steering", "Ask again about the images of a job that failed, and only those.", "cutline jobs retry 3fa8"
    ),
    "engine start": Command("engine", "Start the engine if it does not run.", "cutline engine start"),
    "engine stop": Command(
        "engine", "Stop the engine; what it had left is done at its next start.", "cutline engine stop"
    ),
    "engine status": Command("engine", "Say whether the engine runs, and what it does.", "cutline engine status"),
    "engine logs": Command("engine", "Print the engine's log.", "cutline engine logs -f"),
    "engine run": Command("engine", "Run the engine in the foreground.", "cutline engine run"),
    "engine env list": Command(
        "environments", "List the Python environments that models can have.", "cutline engine env list"
    ),
    "engine env create": Command(
        "environments", "Make a Python environment for models that need one.", "cutline engine env create NAME"
    ),
    "engine env remove": Command(
        "environments", "Remove a Python environment that was made.", "cutline engine env remove NAME"
    ),
    "config path": Command("config", "Name the settings file.", "cutline config path"),
    "config captions": Command(
        "captions",
        "Say or change what the caption files of a dataset end in.",
        "cutline config captions photos .caption",
    ),
    "config show": Command(
        "config", "List all settings as they are in force, and where each comes from.", "cutline config show"
    ),
    "config keys": Command(
        "configuring", "List the keys of every action as they are in force, and which clash.", "cutline config keys"
    ),
    "config themes": Command("configuring", "List the themes, and how well each can be read.", "cutline config themes"),
    "config set": Command(
        "configuring", "Change one setting in the settings file.", "cutline config set screen.theme paper"
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 1 failed, 2 wrong usage, 3 partly, 130 interrupted."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    out = Output(json="--json" in given)
    try:
        code = _run(given, out)
        if sys.stdout is not None:  # closed by who called
            sys.stdout.flush()
    except CutlineError as error:
        out.problem(error)
        return error.exit_code
    except KeyboardInterrupt:
        out.note(interrupts.LINE)
        return interrupts.INTERRUPTED
    except BrokenPipeError:  # `cutline history photos | head`: who reads has seen enough
        silence_stdout()
        return 0
    except Exception as error:  # noqa: BLE001  (the border of the command line: nobody is shown a traceback)
        from tui.shell.faults import write_down  # noqa: PLC0415  (who meets no fault does not pay for it)

        out.problem(write_down(error, given))
        return 1
    return code


def _run(given: list[str], out: Output) -> int:
    if given[:1] in (["-h"], ["--help"]):
        return _help(out, "")
    if given == ["--version"]:
        from importlib.metadata import version  # noqa: PLC0415  (slow, and nobody else needs it)

        out.say(f"cutline {version('cutline')}")
        return 0
    name, rest = _find(given)
    if name not in COMMANDS:
        if set(rest) <= {"-h", "--help"}:
            return _help(out, name)
        raise WrongUsage(f"there is no command `cutline {name} {rest[0]}`", nearest(rest[0], _words_after(name)))
    command = COMMANDS[name]
    home = importlib.import_module(f"tui.shell.{command.home}")
    word = name.split()[-1]
    parser = Parser(name, command.sentence, command.example)
    getattr(home, f"{word}_options")(parser)
    args = parser.read(rest)
    with interrupts.answered_by(signal.default_int_handler):
        return int(getattr(home, f"{word}_" if keyword.iskeyword(word) else word)(args, out))


def _find(given: list[str]) -> tuple[str, list[str]]:
    """Return the command that is meant and its arguments; a folder alone means its review."""
    first = given[0] if given else ""
    for words in (3, 2, 1):
        if (name := " ".join(given[:words])) in COMMANDS:
            return name, given[words:]
    for words in (2, 1):
        if _words_after(name := " ".join(given[:words])):
            return name, given[words:]
    if first and not first.startswith("-") and not Path(first).exists() and os.sep not in first:
        known = nearest(first, [*COMMANDS, *{name.split()[0] for name in COMMANDS}])
        hint = known if known.startswith("did") else "see cutline --help"
        raise WrongUsage(f"there is no command and no folder `{first}`", hint)
    return "review", given


def _words_after(beginning: str) -> list[str]:
    """Return the words that can follow the first of a command; none when it stands alone."""
    following = (name.removeprefix(f"{beginning} ").split()[0] for name in COMMANDS if name.startswith(f"{beginning} "))
    return [*dict.fromkeys(following)]


def _help(out: Output, first: str) -> int:
    """Print the commands, all or those that begin with one word."""
    shown = {name: command for name, command in COMMANDS.items() if not first or name.startswith(f"{first} ")}
    if not first:
        out.say("usage: cutline [DIR]          review a folder of images (the one you are in, without DIR)")
        out.say("       cutline COMMAND ...    cutline COMMAND --help tells more\n")
    for name, command in shown.items():
        out.say(f"  {name:<17} {command.sentence}")
    if not first:
        out.say("\nexample: cutline demo")
    return 0
