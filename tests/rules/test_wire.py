"""The wire as promised: an example of every message is checked in, and the documentation names the version."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import msgspec
import pytest

from engine.wire import protocol
from tests.rules.imports import ROOT

EXAMPLES = Path(__file__).with_name("wire")
MESSAGES: dict[str, type[msgspec.Struct]] = {
    name: kind
    for name, kind in inspect.getmembers(protocol, inspect.isclass)
    if issubclass(kind, msgspec.Struct) and kind.__module__.startswith(f"{protocol.__name__}.")
}
STRICT = {"RawName", "Step", "Item", "Job", "Collected", "CollectorChange", "BlobsMissing", "Shutdown"}
"""What a client sends: a field nobody knows is an error there, and nowhere else."""


def test_every_message_has_an_example() -> None:
    """Each message of the protocol has one example file, and there is no example of anything else."""
    assert {path.stem for path in EXAMPLES.glob("*.json")} == set(MESSAGES)


@pytest.mark.parametrize("name", MESSAGES)
def test_an_example_is_what_the_code_writes_and_reads(name: str) -> None:
    """The example is read without loss, and written again it is the same JSON; no field of the message is missing."""
    example = (EXAMPLES / f"{name}.json").read_bytes()
    message = msgspec.json.decode(example, type=MESSAGES[name])
    written = msgspec.json.decode(msgspec.json.encode(message))
    assert written == msgspec.json.decode(example)
    assert set(MESSAGES[name].__struct_encode_fields__) <= set(written)


@pytest.mark.parametrize("name", MESSAGES)
def test_requests_are_strict_and_replies_lenient(name: str) -> None:
    """A field nobody knows is refused in what clients send, and passed over in what the engine sends."""
    example = msgspec.json.decode((EXAMPLES / f"{name}.json").read_bytes())
    body = msgspec.json.encode(example | {"field_of_tomorrow": 1})
    if name in STRICT:
        with pytest.raises(msgspec.ValidationError, match="field_of_tomorrow"):
            msgspec.json.decode(body, type=MESSAGES[name])
    else:
        msgspec.json.decode(body, type=MESSAGES[name])


def test_the_documentation_names_the_version() -> None:
    """docs/protocol.md speaks of the version in the code, and names every message."""
    text = (ROOT / "docs" / "protocol.md").read_text()
    assert re.findall(r"^Protocol version: (\d+)$", text, re.MULTILINE) == [str(protocol.PROTOCOL_VERSION)]
    assert [name for name in MESSAGES if f"`{name}`" not in text] == []


def test_names_survive_the_wire() -> None:
    """Any file name comes through, as text where it is UTF-8; a NUL or wrong base64 is refused."""
    for raw in (b"a.png", "ké 🐱\n.png".encode(), b"\xff\xfe"):
        assert protocol.from_name(protocol.to_name(raw)) == raw
    assert protocol.to_name("猫.png".encode()) == "猫.png"
    for wrong in ("a\0b", protocol.RawName("AGE="), protocol.RawName("no base64!")):
        with pytest.raises(ValueError):
            protocol.from_name(wrong)
