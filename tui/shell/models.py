"""`cutline models list` and `show`: which models there are, and everything the catalogue says about one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from engine.errors import CutlineError, WrongUsage
from engine.models import clip_vocabulary, packages, registry, weights
from engine.models.amounts import size
from tui.shell.outcome import DONE, PARTLY
from tui.shell.parser import add_json
from tui.shell.preprocessing import in_words

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from engine.models.entry import Entry
    from tui.shell.output import Output
    from tui.shell.parser import Parser


def list_options(parser: Parser) -> None:
    """Declare what `models list` takes."""
    add_json(parser)


def list(args: Namespace, out: Output) -> int:  # noqa: A001, ARG001  (named and called as every command is)
    """List the catalogue, 3 where a file of it is wrong; the engine is asked what it holds only where it runs."""
    if clash := packages.clash():
        out.note(f"cutline: {clash}")
    loaded = _loaded(out)
    entries, faults = registry.entries_and_faults()
    for fault in faults:
        out.problem(fault)
    code = PARTLY if faults else DONE
    if out.json:
        out.document({"models": [_fields(entry, loaded) for entry in (*entries, clip_vocabulary.ENTRY)]})
        return code
    width = max(len(entry.name) for entry in entries)
    for entry in (*entries, clip_vocabulary.ENTRY):
        amount = size(entry.download_bytes) if entry.download_bytes else "-"
        restricted = " (restricted: see models show)" if entry.weights and entry.weights.terms else ""
        state = _state(entry, loaded)
        out.say_line(f"{entry.name:<{width}}  {entry.kind:<10}  {state:<14}  {amount:>7}  {entry.licence}{restricted}")
    return code


def show_options(parser: Parser) -> None:
    """Declare what `models show` takes."""
    parser.add_argument("name", metavar="NAME", help="a model of the catalogue, or the folder of one")
    add_json(parser)


def show(args: Namespace, out: Output) -> int:
    """Show one entry: what it is, where its files lie, what may be done with it, and how it sees pictures."""
    entry, loaded = find(args.name), _loaded(out)
    if out.json:
        fields = msgspec.to_builtins(entry) | _fields(entry, loaded)
        out.document({**fields, "files": files_of(entry), "preprocessing_in_words": in_words(entry)})
        return 0
    out.say_line(f"{entry.name}: {entry.summary}")
    for word, text in _lines(entry, loaded):
        out.say_line(f"  {word:<11} {text}")
    return 0


def find(name: str) -> Entry:
    """Find a model of the catalogue, or in a folder, also one that is named from where we are; or the vocabulary.

    Raises:
        WrongUsage: There is none.
        BadSetting: Its file is wrong.
    """
    if name == clip_vocabulary.ENTRY.name:
        return clip_vocabulary.ENTRY
    try:
        return registry.find(name)
    except WrongUsage:
        folder = Path(name).expanduser().absolute()
        if Path(name).is_absolute() or not folder.is_dir():
            raise
        return registry.find(str(folder))


def files_of(entry: Entry) -> tuple[dict[str, Any], ...]:
    """Return the files of a model's weights, as JSON shows them; `place` and `bytes` are None where one is missing."""
    paths = entry.weights.files if entry.weights else {}
    return tuple(
        {
            "role": role,
            "path": paths[role],
            "place": str(place) if place else None,
            "bytes": place.stat().st_size if place else None,
        }
        for role, place in weights.places(entry).items()
    )


def _fields(entry: Entry, loaded: frozenset[str] | None) -> dict[str, Any]:
    """Return what `list` says of a model in JSON; `loaded` is None where the engine does not run."""
    table = entry.weights
    return {
        "name": entry.name,
        "kind": entry.kind,
        "summary": entry.summary,
        "licence": entry.licence,
        "terms": table.terms if table else "",
        "state": _state(entry, loaded),
        "installed": registry.installed(entry),
        "downloaded": weights.present(entry),
        "loaded": None if loaded is None else entry.name in loaded,
        "download_bytes": entry.download_bytes,
        "repo": table.repo if table else "",
        "commit": weights.commit_of(entry),
        "threshold": entry.threshold,
    }


def _state(entry: Entry, loaded: frozenset[str] | None) -> str:
    if entry.name in (loaded or ()):
        return "loaded"
    if not registry.installed(entry):
        return "not installed"
    return "ready" if weights.present(entry) else "not downloaded"


def _lines(entry: Entry, loaded: frozenset[str] | None) -> Iterator[tuple[str, str]]:
    """Say everything of an entry, one thing a line."""
    state = _state(entry, loaded)
    lacks = f": {packages.advice(entry) or 'its environment is not made'}" if state == "not installed" else ""
    yield from (("kind", entry.kind), ("state", state + lacks), ("licence", entry.licence))
    table = entry.weights
    if table is not None:
        if table.terms:
            yield "terms", table.terms
        yield "from", table.folder or f"{table.repo}, {_revision(entry, table.revision)}"
        if table.gated:
            yield "gated", "accept its terms at the hub first, and set HF_TOKEN"
    for file in files_of(entry):
        where = f"{size(file['bytes'])}, {file['place']}" if file["place"] else "not here"
        yield file["role"], f"{file['path']}: {where}"
    if entry.download_bytes:
        yield "download", size(entry.download_bytes)
    if entry.threshold is not None:
        single = "".join(f", {category} {value:g}" for category, value in entry.thresholds.items())
        yield "threshold", f"{entry.threshold:g}{single}; scores are kept from {entry.floor:g} on"
    for sentence in in_words(entry):
        yield "picture", sentence
    for name, option in entry.options.items():
        yield "option", f"{name} = {option.default}: {option.help}"


def _revision(entry: Entry, revision: str) -> str:
    commit = weights.commit_of(entry)
    if commit == revision:
        return f"commit {commit}"
    return f"{revision}, pinned to commit {commit}" if commit else f"{revision}, pinned when it is pulled"


def _loaded(out: Output) -> frozenset[str] | None:
    """Ask the engine which models it holds; None where none runs, and where it cannot be asked."""
    from engine.wire import lifecycle  # noqa: PLC0415  (slow, and `find` above is used without it)

    try:
        client = lifecycle.find()
        if client is None:
            return None
        with client:
            return frozenset(model.name for model in client.status().models)
    except CutlineError as error:
        out.problem(error)
        return None
