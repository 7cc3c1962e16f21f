"""What was measured beside what was promised: rows of a table, and the machine they were taken on."""

from __future__ import annotations

import os
import platform
import statistics
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Row(msgspec.Struct, frozen=True):
    """One line of the table."""

    what: str
    measured: str
    budget: str = ""
    """Empty where nothing is promised."""
    met: bool | None = None
    """None where nothing is promised."""
    figures: dict[str, float] = {}
    """The numbers behind the words, for the JSON file; the names carry the unit."""

    def line(self) -> str:
        """Return the row as markdown."""
        verdict = "" if self.met is None else "met" if self.met else "**missed**"
        return f"| {self.what} | {self.budget} | {self.measured} | {verdict} |"


def table(rows: Iterable[Row]) -> str:
    """Return a markdown table."""
    head = "| what | budget | measured | verdict |\n| --- | --- | --- | --- |"
    return "\n".join([head, *(row.line() for row in rows)])


def machine() -> dict[str, str]:
    """Say what the figures were taken on; the load tells how much else was going on."""
    load = ", ".join(f"{number:.1f}" for number in os.getloadavg())
    return {
        "cores": str(os.cpu_count()),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "textual": version("textual"),
        "load over 1, 5, 15 minutes": load,
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which that share lies, by nearest rank."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]


def p50_p99(milliseconds: Sequence[float]) -> str:
    """Write the two percentiles that budgets speak of."""
    return f"{statistics.median(milliseconds):.1f} / {percentile(milliseconds, 0.99):.1f} ms"
