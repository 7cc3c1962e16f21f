"""A process that works on one dataset for as long as it is told to: writes each line of stdin as the first caption."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.errors import CutlineError
from engine.review import lease
from engine.settings import Settings
from engine.workspace import Workspace


def main(folder: str, lease_seconds: str) -> None:
    """Open the dataset, say so, and say after each line what came of it."""
    lease.LEASE_SECONDS = float(lease_seconds)
    lease.BEAT_SECONDS = lease.LEASE_SECONDS / 10
    try:
        workspace = Workspace.open(Path(folder), Settings())
    except CutlineError as refusal:
        print(refusal, flush=True)
        sys.exit(refusal.exit_code)
    workspace.scan()
    image = next(iter(workspace.entries))
    print("open", flush=True)
    for line in sys.stdin:
        try:
            workspace.edit(workspace.frame(image), line.strip())
            print("written", flush=True)
        except CutlineError as refusal:
            print(refusal, flush=True)
    workspace.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
