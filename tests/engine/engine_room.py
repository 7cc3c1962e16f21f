"""A real engine in a process of its own, with odd models, for tests that start, kill and watch it."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image

from engine import paths
from engine.errors import CutlineError
from engine.log_file import log_path
from engine.wire import lifecycle
from engine.wire.address import read_note
from engine.wire.protocol import Heartbeat, Item, Job, Result, ResultLine, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from engine.wire.client import EngineClient

PATIENCE_SECONDS = 60.0
ODD_ENGINE = Path(__file__).with_name("odd_engine.py")


def odd_command(role: str, plugins: Path | str = "") -> list[str]:
    """Say how to run an odd engine, worker or decoder."""
    return [sys.executable, "-P", str(ODD_ENGINE), role, str(plugins)]


ADAPTERS = {
    "odd": "Odd",
    "odd-batches": "OddBatches",
    "odd-writer": "OddWriter",
    "odd-hungry": "OddHungry",
    "odd-elsewhere": "OddElsewhere",
    "odd-closer": "OddCloser",
    "odd-fitted": "OddFitted",
}
_ENTRY = """
adapter = "{adapter}"
kind = "{kind}"
summary = "odd"
licence = "MIT"
revision = "{revision}"
preprocessing = 1
{more}
[options]
gate = {{ default = "", help = "a file that lets blocking pictures through" }}
"""


def until(true: Callable[[], object], what: str) -> None:
    """Wait until something holds."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


async def soon(true: Callable[[], object]) -> None:
    """Wait in the event loop until something holds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():  # noqa: ASYNC110  (what is waited for has no event)
            await asyncio.sleep(0.005)


class EngineRoom:
    """One engine at a time, its state kept between them."""

    def __init__(self, folder: Path) -> None:
        """Install the odd adapters and catalogue entries; nothing is started."""
        self.root = folder / "pictures"
        self.root.mkdir()
        self.gate = folder / "gate"
        self.plugins = folder / "plugins"
        metadata = self.plugins / "odd-1.0.dist-info"
        metadata.mkdir(parents=True)
        (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n")
        points = "".join(f"{name} = tests.engine.odd_models:{kind}\n" for name, kind in ADAPTERS.items())
        (metadata / "entry_points.txt").write_text(f"[cutline.adapters]\n{points}")
        self._models = paths.ensure(paths.config_dir() / "models")
        self.model("odd")
        self.model("odd-batches", adapter="odd-batches", revision="2")
        self.model("unloadable", revision="unloadable")
        self.model("unimportable", revision="unimportable")
        self.model("odd-writer", adapter="odd-writer", kind="captioner", more="prompt = true")
        self.process: subprocess.Popen[bytes] | None = None
        self.client: EngineClient

    def model(self, name: str, adapter: str = "odd", revision: str = "1", kind: str = "tagger", more: str = "") -> None:
        """Add a catalogue entry."""
        scores = "threshold = 0.3\nfloor = 0.05\n" if kind == "tagger" else ""
        (self._models / f"{name}.toml").write_text(
            _ENTRY.format(adapter=adapter, kind=kind, revision=revision, more=scores + more)
        )

    def settings(self, text: str) -> None:
        """Write the settings file that the next engine reads."""
        (self._models.parent / "cutline.toml").write_text(text)

    def start(self) -> EngineClient:
        """Start the engine and greet it."""
        paths.ensure(paths.state_dir())
        with log_path().open("ab") as log:
            self.process = subprocess.Popen(
                odd_command("serve", self.plugins),
                env=lifecycle.clean_environment(os.environ),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        found: list[EngineClient] = []

        def answers() -> bool:
            note = read_note()
            assert self.process is not None
            assert self.process.poll() is None, log_path().read_text()
            if note is not None and note.pid == self.process.pid and (client := lifecycle.find()):
                found.append(client)
            return bool(found)

        until(answers, "the engine answers")
        self.client = found[0]
        return self.client

    def kill(self) -> None:
        """End the engine as a power cut would."""
        assert self.process is not None
        self.client.close()
        self.process.kill()
        self.process.wait()
        self.process = None

    def wait(self) -> int:
        """Wait until the engine has ended by itself."""
        assert self.process is not None
        self.client.close()
        code = self.process.wait(PATIENCE_SECONDS)
        self.process = None
        return code

    def close(self) -> None:
        """End what still runs."""
        if self.process is not None:
            self.client.close()
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def picture(self, name: str, colour: tuple[int, int, int] = (90, 90, 90)) -> str:
        """Draw a small picture and return its key."""
        Image.new("RGB", (8, 8), colour).save(self.root / name)
        return name

    def job(self, keys: Iterable[str], model: str = "odd", collector: str = "me", **more: Any) -> Job:
        """Make a job of one step; items are numbered from 100."""
        options = {"gate": str(self.gate)} if model != "pixel_stats" else {}
        step = Step("tags", model, options, prompt=more.pop("prompt", ""))
        items = tuple(Item(100 + number, key) for number, key in enumerate(keys))
        return Job(secrets.token_hex(16), collector, str(self.root), (step,), items, **more)

    def is_going_down(self) -> bool:
        """Say whether the engine refuses a job because it ends."""
        try:
            self.client.submit(self.job([self.picture("b.png")]))
        except CutlineError as error:
            return error.code == "stopping"
        return False

    def lines(self, job: Job, after: int = 0, *, follow: bool = True) -> Iterator[ResultLine]:
        """Read the results stream line by line, heartbeats left out."""
        for together in self.client.results(job.id, after, follow=follow):
            yield from (line for line in together if not isinstance(line, Heartbeat))

    def results(self, job: Job, after: int = 0, *, follow: bool = True) -> list[Result]:
        """Read results to the end of the stream."""
        return [line for line in self.lines(job, after, follow=follow) if isinstance(line, Result)]
