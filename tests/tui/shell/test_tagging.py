"""`cutline tag`, `demo`, `jobs` and `engine`, with a real engine."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest

from engine import paths
from engine.errors import EngineUnreachable, WrongUsage
from engine.wire import lifecycle
from tests.pictures import NAMES
from tui.shell import asking, tagging

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.tui.shell.terminal import Terminal

ALL = len(NAMES)


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    """Stop the engine that a test leaves running."""
    yield
    with contextlib.suppress(EngineUnreachable):
        lifecycle.stop(now=True)


def captions(dataset: Path) -> dict[str, bytes]:
    """Read every file outside `.cutline/`."""
    found = (path for path in dataset.rglob("*") if path.is_file() and ".cutline" not in path.parts)
    return {str(path.relative_to(dataset)): path.read_bytes() for path in found}


def test_tag_proposes_and_changes_no_file(cutline: Terminal, dataset: Path) -> None:
    """Every readable image is proposed for, the unreadable one named; nothing outside `.cutline/` changes."""
    (dataset / "broken.png").write_bytes(b"\x89PNG nothing")
    before = captions(dataset)
    said = cutline("tag", dataset, "--model", "pixel_stats", "--json")
    assert said.code == 3
    summary = said.json
    assert len(summary.pop("job")) == 32
    assert summary.pop("seconds") > 0
    assert summary.pop("images_per_second") > 0
    (failure,) = summary.pop("failures")
    assert (failure["image"], failure["code"]) == ("broken.png", "unreadable")
    assert summary == {
        "images": ALL + 1,
        "proposed": ALL,
        "failed": 1,
        "unchanged": 0,
        "unanswered": 0,
        "view_changed": False,
    }
    assert said.err.count("broken.png") == 1
    assert captions(dataset) == before
    assert cutline("stats", dataset, "--json").json["unreadable"] == 1


def test_a_second_tag_asks_nothing_again(cutline: Terminal, dataset: Path) -> None:
    """Stored answers are not asked for again: unchanged under the same name, proposed under another."""
    cutline("tag", dataset, "--model", "pixel_stats")
    again = cutline("tag", dataset, "--model", "pixel_stats", "--json").json
    assert (again["job"], again["proposed"], again["unchanged"]) == (None, 0, ALL)
    other = cutline("tag", dataset, "--model", "pixel_stats", "--as", "other", "--json").json
    assert (other["job"], other["proposed"], other["unchanged"]) == (None, ALL, 0)
    anew = cutline("tag", dataset, "--model", "pixel_stats", "--again", "--json").json
    assert (anew["job"] is None, anew["proposed"]) == (False, ALL)


def test_accept_decides_every_result_as_one_group(cutline: Terminal, dataset: Path) -> None:
    """`--accept` writes at once; the group takes everything back; a second run decides what is open again."""
    before = captions(dataset)
    first = cutline("tag", dataset, "--model", "pixel_stats", "--threshold", "0.1", "--accept", "--json").json
    assert (first["proposed"], first["refused"]) == (ALL, [])
    assert first["written"] > 0
    written = captions(dataset)
    assert written != before
    cutline("undo", dataset, "--group", first["group"])
    assert captions(dataset) == before
    second = cutline("tag", dataset, "--model", "pixel_stats", "--accept", "--json").json
    assert (second["unchanged"], second["written"]) == (ALL, first["written"])
    assert captions(dataset) == written


def test_lists_of_tags_limit_what_is_proposed(cutline: Terminal, dataset: Path, tmp_path: Path) -> None:
    """`--include-tags` reads one tag a line; a list that cannot be read is wrong usage."""
    only = tmp_path / "only.txt"
    only.write_text("lowres\n\n")
    cutline("tag", dataset, "--model", "pixel_stats", "--include-tags", only)
    (proposal,) = cutline("show", dataset, "castle.jpeg", "--json").json["proposals"]
    assert proposal["text"] == "lowres"
    only.write_text("\n")
    assert cutline("tag", dataset, "--model", "pixel_stats", "--include-tags", only).code == 2
    assert cutline("tag", dataset, "--model", "pixel_stats", "--exclude-tags", tmp_path / "none").code == 2


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--model", "pixel_stat"], "did you mean pixel_stats?"),
        (["--model", "pixel_stats", "--threshold", "0.001"], "below the lowest score kept"),
        (["--model", "pixel_stats", "--images", "nothing*"], "no image matches"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(
    cutline: Terminal, dataset: Path, options: list[str], hint: str
) -> None:
    """The engine's own words reach the person in one line."""
    said = cutline("tag", dataset, *options)
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert hint in said.err


def test_an_interrupted_job_is_collected_by_the_next_run(
    cutline: Terminal, dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C ends with 130 and says how to go on; the next run takes in what the engine did meanwhile."""

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(asking, "follow", interrupted)
        said = cutline("tag", dataset, "--model", "pixel_stats")
    assert said.code == 130
    assert said.err.count("\n") == 1
    assert "the job goes on in the engine" in said.err
    assert f"cutline review {dataset}" in said.err
    again = cutline("tag", dataset, "--model", "pixel_stats", "--json")
    (job,) = cutline("jobs", "list", "--json").json["jobs"]
    assert again.json["job"] == job["id"]
    assert (again.json["proposed"], again.json["unchanged"]) == (ALL, 0)


def test_what_a_job_of_another_layer_found_is_taken_in(cutline: Terminal, dataset: Path) -> None:
    """A job that was left is not waited for by another one, but what it found is collected, and said so."""
    left = cutline("tag", dataset, "--model", "pixel_stats", "--as", "first", "--detach", "--json").json
    assert (left["proposed"], left["failed"]) == (0, 0)
    cutline("jobs", "follow")
    said = cutline("tag", dataset, "--model", "pixel_stats", "--json")
    assert f"collected {ALL} results of an earlier job of first" in said.err
    assert (said.json["job"], said.json["proposed"]) == (None, ALL)


def test_jobs_are_listed_shown_and_followed(cutline: Terminal, dataset: Path) -> None:
    """A job is found by the beginning of its id; following a finished one gives its end."""
    assert cutline("jobs", "list", "--json").json == {"jobs": []}
    assert cutline("jobs", "show", "ab").code == 2
    job = cutline("tag", dataset, "--model", "pixel_stats", "--json").json["job"]
    (listed,) = cutline("jobs", "list", "--json").json["jobs"]
    assert (listed["id"], listed["state"], listed["done"]) == (job, "done", ALL)
    assert cutline("jobs", "show", job[:6], "--json").json == listed
    assert cutline("jobs", "follow", "--json").rows[-1]["state"] == "done"
    assert cutline("jobs", "list").out.startswith(job[:8])


def test_the_engine_is_started_and_stopped(cutline: Terminal) -> None:
    """`engine status` starts nothing; start, stop and logs do what they say."""
    assert cutline("engine", "status", "--json").json == {"running": False}
    assert cutline("engine", "logs").code == 1
    started = cutline("engine", "start", "--json").json
    assert cutline("engine", "status", "--json").json["pid"] == started["pid"]
    assert f"process {started['pid']}" in cutline("engine", "run").err
    assert f"process {started['pid']}" in cutline("engine", "logs").out
    assert cutline("engine", "stop", "--json").json == {"running": False, "stopped": True}
    assert cutline("engine", "stop").out == "the engine was not running\n"


def test_the_demo_prints_its_summary_where_there_is_no_terminal(cutline: Terminal) -> None:
    """The photos go to the cache, are tagged once, and stay as they are at the second start."""
    first = cutline("demo", "--json").json
    assert first["folder"] == str(paths.cache_dir() / "demo")
    assert first["proposed"] == first["images"] > 10
    second = cutline("demo")
    assert second.code == 0
    assert f"0 proposed, 0 failed, {first['images']} unchanged" in second.out


def test_the_demo_leaves_other_folders_alone(cutline: Terminal, dataset: Path) -> None:
    """Sample photos are not mixed with somebody's own."""
    before = captions(dataset)
    assert cutline("demo", dataset).code == 2
    assert captions(dataset) == before


def test_another_view_asks_nothing(cutline: Terminal, dataset: Path, tmp_path: Path) -> None:
    """Options of the view on images that have answers change what is seen, and say so; unknown tags are named."""
    cutline("tag", dataset, "--model", "pixel_stats")
    choice = tmp_path / "selected_tags.csv"
    choice.write_text("tag_id,name,category,count,mine\n1,lowres,0,9,1\n2,highress,0,8,1\n3,dark,0,7,0\n")
    said = cutline(
        "tag", dataset, "--model", "pixel_stats", "--include-tags", choice, "--replace", "lowres,small picture"
    )
    assert said.code == 0
    assert f"nothing asked; {ALL} proposals seen through the new view\n" in said.out
    assert "--include-tags: pixel_stats never says `highress` (did you mean highres?)\n" in said.err
    (proposal,) = cutline("show", dataset, "castle.jpeg", "--json").json["proposals"]
    assert proposal["text"] == "small picture"
    same = cutline("tag", dataset, "--model", "pixel_stats")
    assert "new view" not in same.out
    back = cutline("tag", dataset, "--model", "pixel_stats", "--view", "default", "--json")
    assert back.json["view_changed"] is True
    (proposal,) = cutline("show", dataset, "castle.jpeg", "--json").json["proposals"]
    assert "lowres" in proposal["text"]


def test_a_folder_is_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What looks like a folder is one, as an absolute path; what the catalogue knows stays a name."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("mine", "pixel_stats", "in/side"):
        (tmp_path / name).mkdir(parents=True)
    assert tagging.model_meant("pixel_stats") == "pixel_stats"
    assert tagging.model_meant("unknown") == "unknown"
    assert tagging.model_meant("./pixel_stats") == str(tmp_path / "pixel_stats")
    assert tagging.model_meant("mine") == str(tmp_path / "mine")
    assert tagging.model_meant("in/side/") == str(tmp_path / "in" / "side")
    assert tagging.model_meant("~/mine") == str(tmp_path / "mine")
    assert tagging.model_meant(str(tmp_path / "mine")) == str(tmp_path / "mine")
    for nothing in ("./nothing", "no/thing", "~/nothing"):
        with pytest.raises(WrongUsage, match="there is no folder"):
            tagging.model_meant(nothing)


def test_a_layer_needs_a_name() -> None:
    """An empty name would be no source."""
    assert tagging.layer("a") == "a"
    with pytest.raises(WrongUsage):
        tagging.layer(" ")
