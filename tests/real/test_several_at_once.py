"""Several processes at once on one dataset: cutline beside cutline, and cutline beside a program that knows nothing of it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from engine.settings import Settings
from engine.tagging.open_jobs import open_jobs
from engine.wire import lifecycle
from engine.workspace import Workspace
from tests.counts import count
from tests.engine.review.shelf import Shelf
from tests.pictures import make_picture

CAPTIONS: dict[str, bytes | None] = {f"{letter}.png": f"{letter}, cat".encode() for letter in "abc"}
STEPS = count(150, 1000)
LEAST_TURNS, LEAST_REFUSED, MOST_ROUNDS = 30, 3, 20
"""How often the other program must have written, and a decision have been refused because of it; and when to give up."""


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Three captions with candidates, closed."""
    shelf = Shelf(tmp_path / "set", CAPTIONS)
    for name in CAPTIONS:
        shelf.propose(name, {"window": 0.9, "lamp": 0.8})
    shelf.desk.close()
    return shelf


def _start(*words: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", *map(str, words)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd())


def _said(process: subprocess.Popen[str]) -> list[dict[str, Any]]:
    out, _ = process.communicate()
    assert process.returncode == 0
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.timeout(600)
def test_two_cutlines_deciding_at_once(shelf: Shelf) -> None:
    """Nothing is lost and nothing doubled: the journal is one chain of what each file held, each row in it once."""
    started = [_start("tests.real.victim", shelf.root, seed, STEPS) for seed in (1, 2)]
    said = [line for process in started for line in _said(process)]
    shelf.desk = shelf.open()
    rows = {row.id: row for row in shelf.desk.history()}
    holds = {Path(name).with_suffix(".txt").name: text for name, text in CAPTIONS.items()}
    answered: Counter[int] = Counter()
    for row in rows.values():
        assert row.status in (None, "written")
        if row.status == "written" and row.caption is not None:
            assert row.before == holds[row.caption.decode()]
            holds[row.caption.decode()] = row.after
        for verdict in row.verdicts:
            answered[verdict.proposal] += row.undone_by is None
    assert {name: (shelf.root / name).read_bytes() for name in holds} == holds
    done = [line["row"] for line in said if line["kind"] == "done"]
    assert len(done) == len(set(done))
    assert set(done) == {row.id for row in rows.values() if row.kind not in ("undo", "redo")}
    assert len({row.session for row in rows.values()}) == 2
    assert max(answered.values()) <= 1, "two processes answered one candidate"
    shelf.desk.close()


@pytest.mark.timeout(600)
def test_a_program_that_keeps_replacing_captions_loses_nothing(shelf: Shelf) -> None:
    """Every text it put there was replaced by itself, or is in the file, in the journal, or offered."""
    names = [Path(name).with_suffix(".txt").name for name in CAPTIONS]
    turns: list[dict[str, Any]] = []
    said: list[dict[str, Any]] = []
    for round_ in range(MOST_ROUNDS):  # how often the two meet is chance; what happens when they do is not
        victim = _start("tests.real.victim", shelf.root, round_, STEPS * 5)
        assert victim.stdout is not None
        victim.stdout.readline()
        replacer = _start("tests.real.replacer", shelf.root, *names)
        said += _said(victim)
        turns += _said(replacer)  # closing its standard input ends it
        if sum(line["kind"] == "refused" for line in said) >= LEAST_REFUSED and len(turns) >= LEAST_TURNS:
            break
    shelf.desk = shelf.open()
    kept = {row.before for row in shelf.desk.history() if row.status == "written" or row.kind == "offered"}
    met = 0
    for name in names:
        texts = [turn["put"] for turn in turns if turn["name"] == name]
        came_out = [turn["out"] for turn in turns if turn["name"] == name][1:]
        for text, out in zip(texts, [*came_out, (shelf.root / name).read_text()], strict=True):
            if out != text:
                met += 1
                assert text.encode() in kept, f"{text!r} is neither in the file nor in the journal"
    print(
        len(turns),
        "foreign texts,",
        met,
        "met by decisions;",
        sum(line["kind"] == "refused" for line in said),
        "decisions refused",
    )
    assert met >= LEAST_REFUSED, "the two hardly met"
    assert sum(line["kind"] == "refused" for line in said) >= LEAST_REFUSED
    assert not [path for path in shelf.root.iterdir() if path.name.startswith(".cutline-")]
    shelf.desk.close()


@pytest.mark.timeout(600)
def test_several_tags_at_once(tmp_path: Path) -> None:
    """Started in one moment on a folder nobody opened before, they ask about each image once, and all end well."""
    for turn in range(count(3, 20)):
        root = tmp_path / str(turn)
        root.mkdir()
        for number in range(40):
            make_picture(root / f"{number}.png", seed=number)
        tags = [_start("tui", "tag", root, "--model", "pixel_stats", "--json") for _ in range(3)]
        said = [json.loads(process.communicate()[0]) for process in tags]
        assert [process.returncode for process in tags] == [0, 0, 0]
        assert all(one["proposed"] + one["unchanged"] == one["images"] for one in said)
        workspace = Workspace.open(root, Settings())
        proposals = workspace.store.db.execute("SELECT image, count(*) FROM proposals GROUP BY image").fetchall()
        assert {number for _, number in proposals} == {1}
        assert len(proposals) == said[0]["images"]
        assert not open_jobs(workspace)
        workspace.close()
    lifecycle.stop(now=True)
