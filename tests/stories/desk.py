"""The story language: a desk with images on it, and a person who reviews them with the real cutline.

A story puts pictures, captions and proposals on the desk, opens the review screen or calls commands, and then looks
at what is on the screen, in the files and in the journal. Commands and the engine are processes of their own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.settings import Settings, load
from engine.wire import lifecycle
from engine.workspace import Workspace
from tests.stories.prints import Print, make_print
from tests.stories.sitting import PATIENCE_SECONDS, Sitting
from tests.tui.shell.terminal import Said
from tests.tui.trial import Trial
from tui.app import CutlineApp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    from engine.review.records import Counts, JournalRow, Merge
    from tui.course.lineup import Lineup

REPOSITORY = Path(__file__).parents[2]
CUTLINE = (sys.executable, "-P", "-m", "tui")
"""What the installed script does."""


class CaptionFile:
    """A caption as it is on disk."""

    def __init__(self, path: Path) -> None:
        """Name it; it need not exist."""
        self.path = path

    def reads(self, text: str | bytes) -> None:
        """Check every byte of it."""
        assert self.path.read_bytes() == as_bytes(text)

    def is_absent(self) -> None:
        """Check that there is no such file."""
        assert not os.path.lexists(self.path)

    def write(self, text: str | bytes) -> None:
        """Write it as an editor outside cutline does."""
        self.path.write_bytes(as_bytes(text))


class Desk:
    """One dataset folder, and the engine that is started for it."""

    def __init__(self, root: Path) -> None:
        """Make the empty folder."""
        root.mkdir()
        self.root = root
        self._begun: list[subprocess.Popen[str]] = []
        self._seen: set[int] = set()
        self._prints = 0

    # --- what lies on it --------------------------------------------------------------------------------------

    def image(self, name: str | bytes, caption: str | bytes | None = None, picture: Print = "plain") -> None:
        """Put a picture on the desk, each a different one, with its caption; None for no caption file."""
        path = self.root / os.fsdecode(name)
        self._prints += 1
        make_print(path, picture, seed=self._prints)
        if caption is not None:
            path.with_suffix(".txt").write_bytes(as_bytes(caption))

    def images(self, *names: str, caption: str | bytes | None = None) -> None:
        """Put several pictures on the desk, with the same caption."""
        for name in names:
            self.image(name, caption)

    def proposal(
        self, name: str, says: str | Mapping[str, float], source: str = "", merge: Merge | None = None
    ) -> None:
        """Store a proposal as if a model had made it.

        Args:
            name: The image.
            says: A caption that replaces the one there is, or tags with scores, which are appended.
            source: The layer; empty for `tagger` or `captioner`.
            merge: Another way to meet the caption.
        """
        trial = Trial(self.root)
        try:
            if isinstance(says, str):
                trial.prose(name, says, source or "captioner", merge or "replace")
            else:
                trial.named_tags(name, dict(says), source or "tagger", merge or "append")
        finally:
            trial.close()

    def caption_file(self, name: str | bytes) -> CaptionFile:
        """Return the caption file of an image."""
        return CaptionFile((self.root / os.fsdecode(name)).with_suffix(".txt"))

    def files(self) -> dict[str, bytes]:
        """Return every file outside `.cutline/` with its bytes."""
        found = (path for path in self.root.rglob("*") if path.is_file() and ".cutline" not in path.parts)
        return {str(path.relative_to(self.root)): path.read_bytes() for path in found}

    # --- what the store knows ---------------------------------------------------------------------------------

    @contextlib.contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """Open the dataset as another cutline process does."""
        workspace = Workspace.open(self.root, Settings())
        try:
            workspace.scan()
            yield workspace
        finally:
            workspace.close()

    def counts(self) -> Counts:
        """Count the images by what is decided about them."""
        with self.workspace() as workspace:
            return workspace.counts()

    def states(self) -> dict[str, str]:
        """Return the state of every image."""
        with self.workspace() as workspace:
            return {os.fsdecode(entry.key): entry.state for entry in workspace.entries.values()}

    def journal(self) -> list[JournalRow]:
        """Return every step ever taken, oldest first."""
        with self.workspace() as workspace:
            return list(workspace.history())

    def kinds(self) -> list[str]:
        """Return what the steps of the journal are."""
        return [row.kind for row in self.journal()]

    def proposals(self) -> Counter[str]:
        """Count the proposals of every image, superseded ones included."""
        with self.workspace() as workspace:
            rows = workspace.store.db.execute("SELECT key FROM proposals JOIN images ON images.id = image")
            return Counter(os.fsdecode(key) for (key,) in rows)

    # --- the screen -------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def review(
        self,
        size: tuple[int, int] = (120, 40),
        preview: str = "none",
        lineup: Lineup | None = None,
        *,
        resumes: bool = False,
    ) -> AsyncIterator[Sitting]:
        """Open the review screen and wait until everything is shown.

        Args:
            size: Of the terminal, in cells.
            preview: How pictures are drawn.
            lineup: The queue, as `--filter` and its like ask for; None for the usual one.
            resumes: Whether it begins where the last sitting ended.
        """
        settings = load()
        workspace = Workspace.open(self.root, settings, load=not resumes)
        app = CutlineApp(workspace, settings, preview, lineup, resumes=resumes)
        try:
            async with app.run_test(size=size) as pilot:
                sitting = Sitting(app, pilot)
                await sitting.settle()
                yield sitting
        finally:
            workspace.close()

    # --- commands and the engine ------------------------------------------------------------------------------

    def begin(self, *words: object, largest_file_blocks: int = 0) -> subprocess.Popen[str]:
        """Start a command in the dataset's folder, in a process of its own, and do not wait for it.

        Args:
            words: Its arguments.
            largest_file_blocks: How large files may grow, in blocks of 512 or 1,024 bytes; 0 for any size.
        """
        limited = ("sh", "-c", f'ulimit -f {largest_file_blocks}; exec "$@"', "sh") if largest_file_blocks else ()
        process = subprocess.Popen(
            [*limited, *CUTLINE, *map(str, words)],
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="surrogateescape",
        )
        self._begun.append(process)
        return process

    def cutline(self, *words: object, largest_file_blocks: int = 0) -> Said:
        """Run a command in the dataset's folder to its end; see `begin`."""
        process = self.begin(*words, largest_file_blocks=largest_file_blocks)
        out, err = process.communicate(timeout=60)
        self.look_for_engine()
        return Said(process.returncode, out, err)

    async def tag(self, model: str = "pixel_stats", *options: object) -> Any:
        """Run the real engine over the folder and return the summary; the screen may be open meanwhile."""
        said = await asyncio.to_thread(self.cutline, "tag", ".", "--model", model, "--json", *options)
        assert said.code in (0, 3), said.err
        return said.json

    def look_for_engine(self) -> int | None:
        """Return the engine's process; None when none runs. It and its workers are looked for again at the end."""
        client = lifecycle.find()
        if client is None:
            return None
        with client:
            status = client.status()
        self._seen |= {status.pid, *status.worker_pids}
        return status.pid

    def clear(self) -> None:
        """Stop everything that was started, and check that nothing of it is left."""
        for process in self._begun:
            if process.poll() is None:
                process.kill()
            process.communicate()
        self.look_for_engine()
        lifecycle.stop(now=True)
        until_now(lambda: not any(map(is_alive, self._seen)), "the engine and its workers are gone")
        assert lifecycle.find() is None
        left = [path.name for path in self.root.rglob(".cutline-*") if path.is_file()]
        assert left == [], "temporary files of caption writes stay"


def as_bytes(text: str | bytes) -> bytes:
    """Return a caption as its file holds it."""
    return text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and waits for its parent does not."""
    ps = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return ps.stdout.strip()[:1] not in {"", "Z"}


def until_now(true: Callable[[], object], what: str) -> None:
    """Wait until something holds; for what other processes do."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, f"in vain: {what}"
        time.sleep(0.01)
