"""The store among threads: each has its connection, and closing waits for nobody and harms nobody."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.engine.review.shelf import Shelf

LONG = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 3000) SELECT x FROM n"


def test_closing_while_threads_read_harms_nobody(shelf: Shelf) -> None:
    """Threads in the middle of a query finish it, then learn that the store is closed; the process lives."""
    store = shelf.open().store
    ends: list[BaseException] = []
    begun = threading.Barrier(5)

    def read() -> None:
        store.db.execute(LONG).fetchall()
        begun.wait(20)
        try:
            while True:
                store.db.execute(LONG).fetchall()
        except sqlite3.ProgrammingError as end:
            ends.append(end)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    begun.wait(20)
    store.close()
    for thread in threads:
        thread.join(20)
    assert [str(end) for end in ends] == ["the store is closed"] * 4


def test_a_thread_that_ended_leaves_no_connection(shelf: Shelf) -> None:
    """However many threads come and go, connections do not pile up."""
    store = shelf.desk.store
    for _ in range(20):
        thread = threading.Thread(target=lambda: store.db.execute("SELECT 1").fetchone())
        thread.start()
        thread.join(20)
    assert len(store._opened) <= 2


def test_a_closed_store_stays_closed(shelf: Shelf) -> None:
    """A thread that comes later opens nothing."""
    store = shelf.open().store
    store.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        _ = store.db
    assert store._opened == []
