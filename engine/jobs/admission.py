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
_MOST_ITEM = 2**63 - 1
T = TypeVar("T")


class Malformed(WrongUsage):
    """Send what the protocol says: a request has a field nobody knows, a wrong type, or is no JSON."""

    code = "request"


def read(body: bytes, kind: type[T]) -> T:
    """Read the body of a request, strictly.

    Raises:
        Malformed: It does not fit.
    """
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        said = str(error)
        raise Malformed(f"the request cannot be read: {said[:1].lower()}{said[1:]}", "see docs/protocol.md") from error


def admit(body: bytes, auto: str, devices: Sequence[str]) -> tuple[Job, tuple[ResolvedStep, ...]]:
    """Read a job and settle what it leaves open: its device, and every option of its steps.

    Args:
        body: The request, JSON.
        auto: The device that the settings name; may itself be `auto`, which is the first there is.
        devices: Those there are.

    Raises:
        WrongUsage: It could never be done as it stands; names what is wrong, and the nearest right word.
    """
    job = read(body, Job)
    if not _JOB_ID.fullmatch(job.id):
        raise WrongUsage(f"{job.id[:40]!r} is no job id", "32 lower-case hex digits, drawn at random")
    root = Path(os.fsdecode(_raw("root", job.root)))
    if not root.is_absolute() or not root.is_dir():
        raise WrongUsage(f"{root} is no folder that the engine can enter", "name the dataset by its absolute path")
    device = next((named for named in (job.device, auto) if named != "auto"), devices[0])
    if device not in devices:
        raise WrongUsage(f"there is no device {device} here", nearest(device, devices))
    _check_items(job.items)
    return msgspec.structs.replace(job, device=device), _resolved(job.steps)


def _resolved(steps: Sequence[Step]) -> tuple[ResolvedStep, ...]:
    if not steps or len({step.name for step in steps}) < len(steps):
        raise WrongUsage("a job needs steps, each with a name of its own", "give every step another name")
    if any(step.after for step in steps):
        raise WrongUsage("this engine runs no step after another", "submit a job for each step")
    return tuple(registry.resolve(step) for step in steps)


def _check_items(items: Sequence[Item]) -> None:
    if len({item.item for item in items}) < len(items):
        raise WrongUsage("two items of the job have the same number", "number every picture once")
    for item in items:
        path = _raw(f"item {item.item}", item.path or item.key)
        if item.blob:
            raise WrongUsage(f"item {item.item}: this engine takes no uploaded pictures", "name a path")
        if not 0 <= item.item <= _MOST_ITEM:
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
