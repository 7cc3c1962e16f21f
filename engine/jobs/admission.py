"""Which jobs the engine takes on: everything that could never be done is refused at the door."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from engine.errors import WrongUsage
from engine.models import registry
from engine.settings import nearest
from engine.wire.protocol import Item, Job, Name, ResolvedStep, Step, from_name

if TYPE_CHECKING:
    from collections.abc import Sequence

_JOB_ID = re.compile(r"[0-9a-f]{32}")
_MOST_WHOLE = 2**63 - 1
_MOST_HEAD_BYTES = 1 << 20
_MOST_STEPS = 64
T = TypeVar("T")


class Malformed(WrongUsage):
    """Send what the protocol says: a request has a field nobody knows, a wrong type, or is no JSON."""

    code = "request"


def read(body: bytes | bytearray, kind: type[T]) -> T:
    """Read the body of a request, strictly.

    Raises:
        Malformed: It does not fit.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        said = str(error)
        raise Malformed(f"the request cannot be read: {said[:1].lower()}{said[1:]}", "see docs/protocol.md") from error


def admit(body: bytes | bytearray, auto: str, devices: Sequence[str]) -> tuple[Job, tuple[ResolvedStep, ...]]:
    """Read a job and settle what it leaves open: its device, and every option of its steps.

    Args:
        body: The request, JSON.
        auto: The device that the settings name; may itself be `auto`, which is all of `devices`.
        devices: Those that jobs share; the CPU may be named besides.

    Raises:
        WrongUsage: It could never be done as it stands; names what is wrong, and the nearest right word.
    """
    job = read(body, Job)
    if not _JOB_ID.fullmatch(job.id):
        raise WrongUsage(f"{job.id[:40]!r} is no job id", "32 lower-case hex digits, drawn at random")
    _check_options(job.steps)
    if len(msgspec.json.encode(msgspec.structs.replace(job, items=()))) > _MOST_HEAD_BYTES:
        raise WrongUsage(f"a job without its items is no larger than {_MOST_HEAD_BYTES} bytes", "shorten its texts")
    root = os.fsdecode(_raw("root", job.root))
    if not Path(root).is_absolute() or not os.path.isdir(root):  # noqa: PTH112  (a path that is too long is no folder)
        raise WrongUsage(f"{root} is no folder that the engine can enter", "name the dataset by its absolute path")
    for folder in job.folders:
        if not _raw("folders", folder).startswith(b"/"):
            raise WrongUsage(f"{folder!r} is no absolute path", "name every folder from / on")
    device = next((named for named in (job.device, auto) if named != "auto"), "auto")
    if device not in {"auto", "cpu", *devices}:
        raise WrongUsage(f"there is no device {device} here", nearest(device, {"cpu", *devices}))
    _check_items(job.items)
    return msgspec.structs.replace(job, device=device), _resolved(job.steps)


def _resolved(steps: Sequence[Step]) -> tuple[ResolvedStep, ...]:
    if not steps or len({step.name for step in steps}) < len(steps):
        raise WrongUsage("a job needs steps, each with a name of its own", "give every step another name")
    if any(step.after for step in steps):
        raise WrongUsage("this engine runs no step after another", "submit a job for each step")
    if len(steps) > _MOST_STEPS:
        raise WrongUsage(f"a job has no more than {_MOST_STEPS} steps", "submit several")
    return tuple(registry.resolve(step) for step in steps)


def _check_options(steps: Sequence[Step]) -> None:
    """Refuse what no option takes before anything looks into it: lists may be nested as deep as Python goes."""
    for name, value in (option for step in steps for option in step.options.items()):
        if not isinstance(value, str | float) and not (isinstance(value, int) and -_MOST_WHOLE <= value <= _MOST_WHOLE):
            raise WrongUsage(
                f"the option {name} has a value that no option takes", "give text, a number, true or false"
            )


def _check_items(items: Sequence[Item]) -> None:
    if len({item.item for item in items}) < len(items):
        raise WrongUsage("two items of the job have the same number", "number every picture once")
    for item in items:
        key = _raw(f"item {item.item}", item.key)
        path = key if item.path is None else _raw(f"item {item.item}", item.path)
        if item.blob:
            raise WrongUsage(f"item {item.item}: this engine takes no uploaded pictures", "name a path")
        if not 0 <= item.item <= _MOST_WHOLE:
            raise WrongUsage(f"{item.item} is no number of an item", "from 0 to 2^63 - 1")
        if {b"", b".", b".."} & set(path.split(b"/")):  # an absolute path has an empty first part
            raise WrongUsage(
                f"item {item.item}: {os.fsdecode(path)!r} does not lie below the root", "name it relative to the root"
            )


def _raw(what: str, name: Name) -> bytes:
    try:
        return from_name(name)
    except ValueError as error:
        raise WrongUsage(f"{what}: {error}", "write the name as text, or its bytes as base64") from error
