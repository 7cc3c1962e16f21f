"""Every fault of the table, struck a few times, or as often as the table says with CUTLINE_TEST_FULL=1."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.real.faults import FAULTS, strike, verdict
from tests.real.strikes.audit import Audit
from tests.real.strikes.fault import CannotStrike, Fault, Report

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.skipif(sys.platform != "linux", reason="finds and kills processes as Linux has them")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("fault", [pytest.param(fault, id=fault.name) for fault in FAULTS])
def test_a_fault_costs_nothing(fault: Fault, tmp_path: Path) -> None:
    """It really strikes, as often as it should; no image is lost, none is answered or decided twice."""
    folder = tmp_path / "scene"
    folder.mkdir()
    try:
        report = strike(fault, folder)
    except CannotStrike as lacking:
        pytest.skip(f"{fault.name}: {lacking}")
    print(report)
    assert verdict(fault, report) == "green", report


@pytest.mark.parametrize(
    ("struck", "audit", "said"),
    [
        (2, Audit(0, 0, 9), "green"),
        (1, Audit(0, 0, 9), "RED: it struck 1 times"),
        (2, Audit(1, 0, 9), "RED"),
        (2, Audit(0, 1, 9), "RED"),
        (2, Audit(0, 0, 0), "RED"),
    ],
)
def test_a_row_is_green_only_when_it_struck_and_cost_nothing(struck: int, audit: Audit, said: str) -> None:
    """A fault that struck too seldom is red, and so is one that lost or doubled anything, or had nothing to lose."""
    fault = Fault("it", "it happens", lambda _, times: Report(times, "", audit), sample=2, full=2)
    assert verdict(fault, Report(struck, "", audit)) == said
