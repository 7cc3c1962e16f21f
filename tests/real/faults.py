"""Every fault an engine must come out of, struck for real: `python -m tests.real.faults [--full] [--only NAME,...]`.

Prints a table: how often each fault really struck, and what was lost or doubled by it. A fault that never struck is red.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.counts import FULL
from tests.real.strikes import clients, clock, disks, killing, logins, models, readers, ssh, steering
from tests.real.strikes.fault import CannotStrike, Fault, Report
from tests.real.strikes.scene import Scene

FAULTS = (
    Fault("worker-killed", "a worker is killed (SIGKILL) at random moments", killing.workers, 6, 100),
    Fault("engine-killed", "the engine is killed (SIGKILL) at random moments", killing.engines, 4, 50),
    Fault("client-killed", "a client is killed (SIGKILL) while it collects", clients.while_collecting, 4, 50),
    Fault(
        "client-killed-before-acknowledging",
        "a client is killed (SIGKILL) between commit and acknowledgement",
        clients.before_acknowledging,
        3,
        20,
    ),
    Fault("detached-killed", "a detached `--accept` collector is killed (SIGKILL)", clients.detached, 1, 5),
    Fault("hangup", "the terminal hangs up (SIGHUP) that started the engine", logins.hangup, 1, 5),
    Fault("runtime-deleted", "the runtime folder is deleted", logins.runtime_deleted, 1, 5),
    Fault("other-runtime", "started under one XDG_RUNTIME_DIR, used under others", logins.other_runtime, 2, 10),
    Fault("out-of-memory", "out of memory at a batch of 8, 4, 2, 1", models.out_of_memory, 4, 40),
    Fault("decoder-crash", "a picture crashes the decoder (SIGSEGV)", models.decoder_crash, 4, 50),
    Fault("hanging", "an adapter hangs", models.hanging, 1, 5),
    Fault("closing-stdout", "an adapter prints, and closes stdout and stderr", models.closing_stdout, 20, 1000),
    Fault("two-clients", "two clients collect one job", readers.two_clients, 1, 5),
    Fault("stopped-reader", "a follower stops reading", readers.stopped_reader, 2_000, 20_000, strikes=2),
    Fault(
        "cancelled",
        "a job of 10,000 images is paused, resumed, cancelled, asked again",
        steering.cancelled_and_resumed,
        1_000,
        10_000,
        strikes=2,
    ),
    Fault("spool-disk-full", "the disk of the spool is full", disks.under_the_spool, 1, 5),
    Fault("store-disk-full", "the disk of the review store is full", disks.under_the_store, 1, 5),
    Fault("clock", "the clock steps backwards by a day", clock.backwards, 1, 10),
    Fault("ssh-cut", "an SSH line is cut in the middle of `cutline tag`", ssh.line_cut, 1, 10),
)
TERMINATED = 128 + signal.SIGTERM
HEAD = "| fault | struck | lost | doubled | verdict |\n|---|---:|---:|---:|---|"


def strike(fault: Fault, folder: Path, *, full: bool = FULL) -> Report:
    """Run one fault in an empty folder.

    Raises:
        CannotStrike: This machine lacks what it needs.
        AssertionError: Something went wrong that no count tells.
    """
    with Scene(folder) as scene:
        return fault.run(scene, fault.full if full else fault.sample)


def verdict(fault: Fault, report: Report, *, full: bool = FULL) -> str:
    """Say `green` when it struck as often as it should and cost nothing; else what is wrong."""
    if report.struck < (fault.strikes or (fault.full if full else fault.sample)):
        return f"RED: it struck {report.struck} times"
    if report.audit.lost or report.audit.doubled or not report.audit.images:
        return "RED"
    return "green"


def row(fault: Fault, *, full: bool) -> tuple[str, bool]:
    """Run one fault and write its row; also say whether it is good."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        try:
            report = strike(fault, Path(folder), full=full)
        except CannotStrike as lacking:
            return f"| {fault.sentence} | – | – | – | skipped: {lacking} |", True
        except Exception as error:  # noqa: BLE001  (the border of one row)
            traceback.print_exc()
            said = " ".join(str(error).split())[:200]
            return f"| {fault.sentence} | ? | ? | ? | RED: {type(error).__name__}: {said} |", False
    said = verdict(fault, report, full=full)
    print(f"{fault.name}: {report.proof}; {time.monotonic() - began:.1f} s", file=sys.stderr)
    counts = f"{report.struck} | {report.audit.lost} | {report.audit.doubled}"
    return f"| {fault.sentence} | {counts} | {said} |", said == "green"


def main() -> int:
    """Run the faults that the command line names, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.real.faults", description=__doc__)
    parser.add_argument("--full", action="store_true", default=FULL, help="strike as often as the README says")
    parser.add_argument("--only", metavar="NAME,...", default="", help=", ".join(fault.name for fault in FAULTS))
    args = parser.parse_args()
    chosen = set(filter(None, args.only.split(",")))
    if unknown := chosen - {fault.name for fault in FAULTS}:
        parser.error(f"there is no fault {', '.join(sorted(unknown))}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))  # processes and disks are not left behind
    print(HEAD, flush=True)
    good = True
    for fault in FAULTS:
        if not chosen or fault.name in chosen:
            line, fine = row(fault, full=args.full)
            print(line, flush=True)
            good = good and fine
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
