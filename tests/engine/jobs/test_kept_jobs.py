"""Jobs as the spool keeps them: found by their ids, and described."""

from __future__ import annotations

import msgspec
import pytest

from engine.jobs.kept_results import collected, page
from engine.jobs.spool import Spool, UnknownJob
from engine.wire.protocol import FailedItem, Item, RawName
from tests.engine.jobs.spools import BOOM, STEPS, add, failed, job, scored


def test_an_unknown_job_is_named(spool: Spool) -> None:
    """Asking for a job that is not there says so with a code of its own."""
    for ask in (
        lambda: spool.job("x"),
        lambda: page(spool, "x", 0, 1),
        lambda: collected(spool, "x", "me", 0),
    ):
        with pytest.raises(UnknownJob, match="no job x") as unknown:
            ask()
        assert unknown.value.code == "unknown-job"


def test_a_known_id_changes_nothing(spool: Spool) -> None:
    """Adding a job whose id is known gives the first one back, with no new work."""
    add(spool, job(2))
    info, lanes = spool.add(job(9), STEPS[:1])
    assert (info.items, lanes) == (2, [])
    assert spool.counts() == {"queued": 1}


def test_failures_name_their_items(spool: Spool) -> None:
    """Each failure has the client's number, the key (not the path), the step and the reason, in the order of items."""
    items = (Item(7, "a.png"), Item(8, RawName("/w=="), path="moved/b.png"), Item(9, "c.png"))
    asked = msgspec.structs.replace(job(), items=items)
    (lane,) = add(spool, asked)
    spool.commit([failed(lane, 2), failed(lane, 1), scored(lane, 0)])
    assert spool.failures(asked.id) == (
        FailedItem(8, RawName("/w=="), "tags", BOOM),
        FailedItem(9, "c.png", "tags", BOOM),
    )
