"""Streams that stay open, in a process of their own."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import os, sys
from engine.jobs.output import Output
output = Output()
print("before")
sys.stdout.close()
sys.stderr.close()
print("after closing the streams", "\\udcff")
os.close(1)
print("after closing the descriptor")
os.close(1)
os.close(2)
output.mend()
assert os.open(os.devnull, os.O_RDONLY) > 2
os.write(1, b"below Python\\n")
print("an error", file=sys.stderr)
raise SystemExit("the end")
"""


def test_what_is_printed_arrives_whatever_was_closed() -> None:
    """Prints reach the log after stdout and stderr were closed, in Python or below it, and no file takes their place."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    assert ran.stdout.splitlines() == [
        "before",
        "after closing the streams \\udcff",
        "after closing the descriptor",
        "below Python",
        "an error",
        "the end",
    ]
    assert ran.returncode == 1
