"""Where a fault strikes: a home, a Python environment with a package of adapters in it, a dataset, the real command."""

from __future__ import annotations

import io
import json
import os
import shutil
import site
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from PIL import Image

from engine.errors import EngineUnreachable
from engine.log_file import Reader
from engine.wire import lifecycle
from tests.real.strikes import audit, processes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.wire.client import EngineClient
    from engine.wire.protocol import JobInfo, Status

REPOSITORY = Path(__file__).parents[3]
PATIENCE_SECONDS = 120.0
ADAPTERS = {
    "steady": "Steady",
    "tight": "Tight",
    "hanging": "Hanging",
    "loud": "Loud",
    "wordy": "Wordy",
}
_ENTRY = """
adapter = "{adapter}"
kind = "{kind}"
summary = "for faults"
licence = "MIT"
revision = "1"
preprocessing = 1
{more}
[options]
seconds = {{ default = {seconds:.6f}, help = "how long a picture takes" }}
at = {{ default = {at}, help = "how many pictures at once are too many" }}
"""
DONE, PARTLY = 0, 3
"""Exit codes: all is well; or some items failed, each by name."""


class Scene:
    """One fault's world; nothing of it is left afterwards."""

    def __init__(self, folder: Path) -> None:
        """Make everything; nothing is started.

        Args:
            folder: Empty.
        """
        self.root = folder / "pictures"
        self.root.mkdir()
        self.control = folder / "control"
        """Where adapters look what to do, and note what they did."""
        self.control.mkdir()
        self.python = _environment(folder / "environment")
        # Not below the folder: a socket's path may have no more than 107 bytes.
        self.runtime = Path(tempfile.mkdtemp(prefix="cl-", dir="/tmp"))
        self.state = folder / "home/.local/state"
        self._drawn = 0
        self._before = dict(os.environ)
        self.set("HOME", folder / "home")
        self.set("XDG_CONFIG_HOME", folder / "home/.config")
        self.set("XDG_STATE_HOME", self.state)
        self.set("XDG_CACHE_HOME", folder / "home/.cache")
        self.set("XDG_RUNTIME_DIR", self.runtime)
        self.set("CUTLINE_FAULTS", self.control)
        self.models = folder / "home/.config/cutline/models"
        self.models.mkdir(parents=True)

    def __enter__(self) -> Self:
        """Use it in a `with` block."""
        return self

    def __exit__(self, *_: object) -> None:
        """End whatever runs here, and give the environment back."""
        for pid in processes.running(f"CUTLINE_FAULTS={self.control}"):
            if pid != os.getpid():
                processes.slay(pid)
        shutil.rmtree(self.runtime, ignore_errors=True)
        os.environ.clear()
        os.environ.update(self._before)

    def set(self, variable: str, value: object) -> None:
        """Set a variable for this process and all that it starts."""
        os.environ[variable] = str(value)

    # --- what there is ----------------------------------------------------------------------------------------------

    def model(self, name: str, adapter: str = "", *, seconds: float = 0.0, at: int = 0, more: str = "") -> str:
        """Add a model to the catalogue.

        Args:
            name: Of the model.
            adapter: Of those in `adapters`; the model's name when empty.
            seconds: How long a picture takes.
            at: What its adapter makes of it.
            more: Further lines.
        """
        kind = "captioner" if adapter == "wordy" else "tagger"
        lines = more if kind == "captioner" else f"threshold = 0.3\nfloor = 0.05\n{more}"
        entry = _ENTRY.format(adapter=adapter or name, kind=kind, more=lines, seconds=seconds, at=at)
        (self.models / f"{name}.toml").write_text(entry)
        return name

    def draw(self, count: int, blue: int = 7) -> list[str]:
        """Draw small pictures, no two alike, and return their keys.

        Args:
            count: How many.
            blue: Adapters tell the odd ones by it.
        """
        keys = []
        for number in range(self._drawn, self._drawn + count):
            picture = io.BytesIO()
            Image.new("RGB", (8, 8), (number & 255, number >> 8, blue)).save(picture, "PNG", compress_level=1)
            keys.append(f"{number:05}.png")
            (self.root / keys[-1]).write_bytes(picture.getbuffer())
        self._drawn += count
        return keys

    # --- the command ------------------------------------------------------------------------------------------------

    def command(self, *words: object) -> list[str]:
        """Return how the command line is run."""
        return [str(self.python), "-P", "-m", "tui", *map(str, words)]

    def start(self, *words: object, **more: str) -> subprocess.Popen[str]:
        """Start a command.

        Args:
            words: Of the command line.
            more: Variables of its environment.
        """
        return subprocess.Popen(
            self.command(*words),
            env={**os.environ, **more},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd="/",
        )

    def run(self, *words: object, codes: tuple[int, ...] = (DONE,), **more: str) -> str:
        """Run a command to its end and return what it printed on stdout.

        Args:
            words: Of the command line.
            codes: Exit codes that are all right.
            more: Variables of its environment.
        """
        ended = subprocess.run(
            self.command(*words),
            env={**os.environ, **more},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            timeout=PATIENCE_SECONDS,
        )
        assert ended.returncode in codes, f"{words}: exit {ended.returncode}: {ended.stderr}{ended.stdout}"
        assert "Traceback" not in ended.stderr, ended.stderr
        return ended.stdout

    def tag(self, model: str, *words: object, root: Path | None = None, **more: str) -> dict[str, Any]:
        """Run `cutline tag` to its end and return what it reports."""
        said = self.run("tag", root or self.root, "--model", model, "--json", *words, codes=(DONE, PARTLY), **more)
        document: dict[str, Any] = json.loads(said)
        return document

    # --- the engine -------------------------------------------------------------------------------------------------

    def engine(self) -> EngineClient | None:
        """Return a client of the engine; None while none answers."""
        try:
            return lifecycle.find()
        except EngineUnreachable:
            return None

    def status(self) -> Status | None:
        """Ask the engine how it is; None while none answers."""
        client = self.engine()
        if client is None:
            return None
        with client:
            try:
                return client.status()
            except EngineUnreachable:
                return None

    def newest(self) -> JobInfo | None:
        """Describe the job that was asked for last; None while there is none, or no engine answers."""
        client = self.engine()
        if client is None:
            return None
        with client:
            try:
                return next(iter(client.jobs()), None)
            except EngineUnreachable:
                return None

    def under_way(self) -> JobInfo:
        """Wait until the newest job is in the middle of its results, and describe it."""
        found: list[JobInfo] = []

        def begun() -> bool:
            job = self.newest()
            found[:] = [job] if job and job.state == "running" and job.done else []
            return bool(found)

        processes.until(begun, "the job is under way")
        return found[0]

    def log(self) -> str:
        """Return what the engine, its workers and their libraries said."""
        reader = Reader()
        try:
            return b"\n".join(reader.last(1_000_000)).decode(errors="replace")
        finally:
            reader.close()

    def noted(self, word: str) -> list[str]:
        """Return what adapters noted under a word, one line each, the process first."""
        try:
            lines = (self.control / "notes").read_text().splitlines()
        except FileNotFoundError:
            return []
        return [line.partition(" ")[2] for line in lines if line.partition(" ")[0] == word]

    def jobs(self) -> list[dict[str, Any]]:
        """List the jobs that the engine keeps, newest first."""
        found: list[dict[str, Any]] = json.loads(self.run("jobs", "list", "--json"))["jobs"]
        return found

    def audit(
        self, source: str, failing: Mapping[str, str] | None = None, root: Path | None = None, *, accepted: bool = False
    ) -> audit.Audit:
        """Count what is lost and what is doubled; see `audit.audit`."""
        last = {job["id"]: job["last"] for job in self.jobs()}
        assert "Traceback" not in self.log(), self.log()
        return audit.audit(root or self.root, source, last, failing or {}, accepted=accepted)


def _environment(folder: Path) -> Path:
    """Make a Python environment as an outside package would be installed in, and return its interpreter."""
    venv.EnvBuilder(symlinks=True).create(folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    metadata = packages / "faults-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: faults\nVersion: 1.0\n")
    points = "".join(f"{name} = tests.real.strikes.adapters:{kind}\n" for name, kind in ADAPTERS.items())
    (metadata / "entry_points.txt").write_text(f"[cutline.adapters]\n{points}")
    lines = [str(REPOSITORY), *site.getsitepackages(), "import tests.real.strikes.intrusion"]
    (packages / "faults.pth").write_text("".join(f"{line}\n" for line in lines))
    return folder / "bin" / Path(sys.executable).name
