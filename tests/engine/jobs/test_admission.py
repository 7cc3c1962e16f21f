"""What is refused at the door: also what no honest client would send."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from engine.errors import WrongUsage
from engine.jobs.admission import Malformed, admit, read
from engine.wire.protocol import Collected, Job

if TYPE_CHECKING:
    from pathlib import Path

ID = "0" * 32


def body(folder: Path, **more: Any) -> bytes:
    """Write a job about one picture."""
    steps = [{"name": "tags", "model": "pixel_stats"}]
    job: dict[str, Any] = {"id": ID, "collector": "me", "root": str(folder), "steps": steps}
    return json.dumps({**job, "items": [{"item": 1, "key": "a.png"}], **more}).encode()  # also what msgspec would not


def test_a_job_is_taken_on_with_its_options_filled_in(tmp_path: Path) -> None:
    """What a job leaves open is settled; what it leaves out has its default."""
    job, (step,) = admit(body(tmp_path, folders=["/elsewhere"]), "auto", ("cpu",))
    assert (job.root, job.folders, job.priority, job.items[0].key) == (
        str(tmp_path),
        ("/elsewhere",),
        "normal",
        "a.png",
    )
    assert step.options["focus_px"]


def test_a_job_leaves_out_what_is_as_usual(tmp_path: Path) -> None:
    """An engine that knows no `folders` takes a job that has none: nothing is written that has its default."""
    job = msgspec.json.decode(body(tmp_path), type=Job)
    assert set(msgspec.json.decode(msgspec.json.encode(job))) == {"id", "collector", "root", "steps", "items"}
    assert set(msgspec.json.decode(msgspec.json.encode(job.items[0]))) == {"item", "key"}


@pytest.mark.parametrize(
    ("words", "change"),
    [
        ("no folder", {"root": "/" + "x" * 5000}),
        ("no folder", {"root": ""}),
        ("no folder", {"root": {"name_b64": "/////w=="}}),
        ("root: ", {"root": {"name_b64": "!"}}),
        ("no absolute path", {"folders": ["here"]}),
        ("folders: ", {"folders": ["/a\0b"]}),
        ("no larger than", {"note": "x" * (2 << 20)}),
        ("no larger than", {"collector": "x" * (2 << 20)}),
        ("no more than", {"steps": [{"name": str(n), "model": "pixel_stats"} for n in range(1000)]}),
        ("no option takes", {"steps": [{"name": "a", "model": "pixel_stats", "options": {"focus_px": 10**200}}]}),
        ("no option takes", {"steps": [{"name": "a", "model": "pixel_stats", "options": {"focus_px": None}}]}),
        ("no option takes", {"steps": [{"name": "a", "model": "pixel_stats", "options": {"focus_px": [[]]}}]}),
        ("no number of an item", {"items": [{"item": 2**63, "key": "a.png"}]}),
        ("item 1: ", {"items": [{"item": 1, "key": "a\0", "path": "a.png"}]}),
        ("does not lie below", {"items": [{"item": 1, "key": "a.png", "path": ""}]}),
    ],
)
def test_what_could_do_harm_is_refused(tmp_path: Path, words: str, change: dict[str, Any]) -> None:
    """Names too long for a path, endless texts, numbers and lists beyond reason each get one line and a hint."""
    with pytest.raises(WrongUsage, match=words) as refused:
        admit(body(tmp_path, **change), "auto", ("cpu",))
    assert refused.value.hint
    assert "\n" not in refused.value.message


@pytest.mark.parametrize("depth", [900, 100_000])
def test_what_is_nested_too_deep_is_refused(tmp_path: Path, depth: int) -> None:
    """Lists inside lists are refused, whether or not Python could follow them to their end."""
    nested = b"[" * depth + b"]" * depth
    with pytest.raises(WrongUsage):
        admit(body(tmp_path, note="NESTED").replace(b'"NESTED"', nested), "auto", ("cpu",))
    steps = [{"name": "a", "model": "pixel_stats", "options": {"focus_px": "NESTED"}}]
    with pytest.raises(WrongUsage):
        admit(body(tmp_path, steps=steps).replace(b'"NESTED"', nested), "auto", ("cpu",))
    with pytest.raises(Malformed, match="cannot be read"):
        read(nested, Collected)
