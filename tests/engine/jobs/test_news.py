"""Bells for results, and events of which only the latest waits."""

from __future__ import annotations

from engine.jobs.news import Bells, News
from engine.wire.protocol import ModelLoading, Stopping


async def test_a_ring_wakes_all_who_took_it_before() -> None:
    """Two who wait for one job are woken by its ring, the next ring is another one, and other jobs wait on."""
    bells = Bells()
    one, two, other = bells.next_ring("a"), bells.next_ring("a"), bells.next_ring("b")
    bells.ring("a")
    assert (one.done(), two.done(), other.done()) == (True, True, False)
    assert not bells.next_ring("a").done()
    bells.ring_all()
    assert other.done()


async def test_a_ring_nobody_waits_for_is_nothing() -> None:
    """Ringing for a job without readers does no harm."""
    Bells().ring("a")


async def test_only_the_latest_of_a_subject_waits() -> None:
    """A slow reader gets the last state of each subject, in the order in which they changed last."""
    news = News()
    reader = news.subscribe()
    loading, loaded = (ModelLoading("m", state, "cpu") for state in ("loading", "loaded"))
    news.publish("m", loading)
    news.publish("stop", Stopping())
    news.publish("m", loaded)
    assert reader.arrived.is_set()
    assert reader.take() == [Stopping(), loaded]
    assert reader.take() == []
    assert not reader.arrived.is_set()


async def test_who_left_hears_nothing() -> None:
    """After leaving a reader gets no more."""
    news = News()
    reader = news.subscribe()
    news.leave(reader)
    news.publish("stop", Stopping())
    assert reader.take() == []
