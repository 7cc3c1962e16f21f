"""The slots of an index before it holds any image."""

from __future__ import annotations

from engine.finding.patience import Patience
from engine.finding.rows import Rows


def test_nothing_has_an_order_too() -> None:
    """An index that has not read any image yet puts none of them first."""
    rows = Rows()
    assert len(rows.path_rank(Patience())) == len(rows.name_rank(Patience())) == 0
