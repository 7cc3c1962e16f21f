"""Makes docs/screens/*.png: every screen of a real run on the demo's photos, in a real terminal, photographed.

Run as `make screenshot`. It needs kitty, Xvfb and ImageMagick's `import` (Debian: kitty xvfb imagemagick); kitty, because
it draws the sextant cells of the picture itself, so that no font has to have them. The built-in tagger is run; what the
other sources say was written by hand, as nobody wants to fetch gigabytes for a picture.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image

from engine.captions.viewing.scores import LabelTable, pack, to_u16
from engine.dataset.images import read_digest
from engine.review import image_rows
from engine.review.proposals import Origin, RawAnswer, label_row, store_answer, store_proposal
from engine.settings import Settings
from engine.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
WIDE, SMALL = (132, 37), (80, 24)
WAIT_SECONDS = 60.0
QUIET_SECONDS = 0.35
"""What has not changed for so long is drawn."""
DISPLAY = ":93"

TAGS: dict[str, dict[str, dict[str, float]]] = {
    "chelsea.png": {
        "wd-swinv2": {
            "cat": 0.99,
            "green eyes": 0.93,
            "whiskers": 0.9,
            "orange fur": 0.71,
            "no humans": 0.68,
            "close-up": 0.44,
        },
        "eva02": {"cat": 0.99, "animal focus": 0.95, "whiskers": 0.88, "green eyes": 0.86, "closed mouth": 0.52},
    },
    "astronaut.png": {
        "wd-swinv2": {"1girl": 0.98, "spacesuit": 0.97, "smile": 0.95, "brown hair": 0.81, "american flag": 0.77}
    },
    "coffee.png": {
        "wd-swinv2": {
            "coffee": 0.98,
            "cup": 0.96,
            "spoon": 0.91,
            "saucer": 0.9,
            "wooden table": 0.75,
            "still life": 0.46,
        }
    },
    "motorcycle_left.png": {
        "wd-swinv2": {"motor vehicle": 0.98, "motorcycle": 0.97, "ground vehicle": 0.95, "indoors": 0.6}
    },
}
SENTENCES = {
    "flower.jpg": "A yellow rose with a red edge blooms before dark leaves. Drops of water lie on its petals.",
    "camera.png": "A man in a long dark coat films with a camera on a tripod. A city lies behind the lawn, in mist.",
}


class Shot(NamedTuple):
    """One picture to take."""

    name: str
    keys: tuple[str, ...] = ()
    """What is typed before it."""
    shows: str = ""
    """What the screen then holds; empty to wait only until nothing changes."""
    after: tuple[str, ...] = ()
    """What leads back to the review."""


ESCAPE, ENTER, TAB, CLEAR, CTRL_P = "\x1b", "\r", "\t", "\x15", "\x10"
SHOTS = (
    Shot("review", ("/", CLEAR + "chelsea", ENTER, ")", TAB), "1/1 of", ("/", CLEAR, ENTER)),
    Shot("candidates", ("/", CLEAR + "chelsea", ENTER, "m"), "1/1 of", ("m", "m", "/", CLEAR, ENTER)),
    Shot("prose", ("/", CLEAR + "rose", ENTER, ")"), "1/1 of", ("/", CLEAR, ENTER)),
    Shot("editing", ("/", CLEAR + "chelsea", ENTER, "e", ", w"), "EDIT", (ESCAPE, ESCAPE, "/", CLEAR, ENTER)),
    Shot("filter", ("/", CLEAR + "tag:cat OR sta"), "state", (ESCAPE, ESCAPE)),
    Shot("orders", ("o",), "what waits first", (ESCAPE,)),
    Shot("bulk", ("b",), "trigger", (ESCAPE,)),
    Shot("dry-run", ("b", TAB, TAB, "t", "zxcphoto", ENTER), "zxcphoto", (ESCAPE, ESCAPE, ESCAPE)),
    Shot("tags", ("T",), "nightsky", (ESCAPE,)),
    Shot("history", ("a", "x", "a", "f", "H", "j"), "", (ESCAPE,)),
    Shot("jobs", ("J",), "engine", (ESCAPE,)),
    Shot("start-job", ("J", "n"), "model", (ESCAPE, ESCAPE)),
    Shot("palette", (CTRL_P, "sel"), "elect", (ESCAPE,)),
    Shot("help", ("?",), "Decide", (ESCAPE,)),
)
LOOKS = (("light", "paper", WIDE), ("high-contrast", "contrast", WIDE), ("80x24", "cutline", SMALL))
"""The first screen once more: name of the picture, theme, size."""


def main(out: Path) -> int:
    """Make the demo, sit down at a terminal on a screen of its own, and take every picture."""
    if missing := [tool for tool in ("Xvfb", "kitty", "import") if shutil.which(tool) is None]:
        print(f"cannot make {out}: {', '.join(missing)} missing (Debian: apt-get install kitty xvfb imagemagick)")
        return 1
    out.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="shot-") as home, _screen():
        folders = {f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("STATE", "CONFIG", "CACHE")}
        environment = {**os.environ, **folders, "HOME": home, "XDG_RUNTIME_DIR": home, "COLORTERM": "truecolor"}
        environment |= {"DISPLAY": DISPLAY, "LIBGL_ALWAYS_SOFTWARE": "1", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-P", "-m", "tui"]
        photos = f"{home}/photos"
        try:
            subprocess.run([*command, "demo", photos, "--headless"], env=environment, check=True, cwd=home)
            _propose(Path(photos))
            for name, theme, size in LOOKS:
                _wear(home, theme)
                with _kitty([*command, "review", photos], environment, f"{home}/kitty", size) as terminal:
                    terminal.take(Shot(name, SHOTS[0].keys, SHOTS[0].shows), out)
            _wear(home, "cutline")
            with _kitty([*command, "review", photos], environment, f"{home}/kitty", WIDE) as terminal:
                for shot in SHOTS:
                    terminal.take(shot, out)
        finally:
            subprocess.run([*command, "engine", "stop", "--now"], env=environment, check=False, cwd=home)
    return 0


def _wear(home: str, theme: str) -> None:
    folder = Path(home) / "CONFIG" / "cutline"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "cutline.toml").write_text(f'[screen]\ntheme = "{theme}"\n')


def _propose(root: Path) -> None:
    """Store what taggers and a captioner would have said."""
    workspace = Workspace.open(root, Settings())
    workspace.scan()
    with workspace.store.transaction() as db:
        for name, key, origin, scores, text in _sayings():
            entry = workspace.entry_of(key.encode())
            digest, size, mtime_ns = read_digest(workspace.root, entry.key)
            image_rows.store_digest(db, entry.id, digest, size, mtime_ns)
            table = label_row(db, f"{name} {key}", LabelTable(tuple(scores), ("general",) * len(scores)))
            blob = pack([(at, to_u16(score)) for at, score in enumerate(scores.values())], to_u16(0.05))
            said = RawAnswer(name, digest, table if scores else None, blob if scores else None, text, 0.1)
            store_proposal(db, entry.id, store_answer(db, said), origin)
    workspace.close()


def _sayings() -> Iterator[tuple[str, str, Origin, dict[str, float], str | None]]:
    for key, sources in TAGS.items():
        for source, scores in sources.items():
            yield source, key, Origin(source, "append", "tags"), scores, None
    for key, text in SENTENCES.items():
        yield "joycaption", key, Origin("joycaption", "replace", "text"), {}, text


class Terminal:
    """A kitty that is typed into from outside."""

    def __init__(self, remote: str, environment: dict[str, str]) -> None:
        """Keep where it listens."""
        self._to, self._environment = ["kitty", "@", "--to", remote], environment

    @property
    def text(self) -> str:
        """What is on its screen."""
        asked = [*self._to, "get-text"]
        return subprocess.run(asked, env=self._environment, capture_output=True, text=True, check=False).stdout

    def press(self, keys: str) -> None:
        """Type, and wait until nothing changes any more."""
        subprocess.run([*self._to, "send-text", "--stdin"], env=self._environment, input=keys.encode(), check=True)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing changes any more."""
        before, since = self.text, time.monotonic()
        while time.monotonic() - since < QUIET_SECONDS:
            time.sleep(0.05)
            if (now := self.text) != before:
                before, since = now, time.monotonic()

    def take(self, shot: Shot, out: Path) -> None:
        """Type, wait, write the picture, and go back."""
        for keys in shot.keys:
            self.press(keys)
        _until(lambda: shot.shows in self.text, f"{shot.name}: {shot.shows!r} on the screen:\n{self.text}")
        self.settle()
        time.sleep(0.7)  # the picture is drawn in a thread, and painted without a graphics card
        _photograph(out / f"{shot.name}.png", self._environment)
        for keys in shot.after:
            self.press(keys)


def _photograph(path: Path, environment: dict[str, str]) -> None:
    command = ["import", "-window", "root", "-trim", "+repage", "png:-"]
    taken = subprocess.run(command, env=environment, check=True, capture_output=True).stdout
    Image.open(io.BytesIO(taken)).convert("RGB").save(path, optimize=True)
    print(f"wrote {path}, {path.stat().st_size / 1000:.0f} kB")


@contextmanager
def _screen() -> Iterator[None]:
    screen = subprocess.Popen(["Xvfb", DISPLAY, "-screen", "0", "2600x1600x24"], stderr=subprocess.DEVNULL)
    try:
        _until(lambda: Path(f"/tmp/.X11-unix/X{DISPLAY[1:]}").exists(), "a screen")
        yield
    finally:
        screen.terminate()
        screen.wait()


@contextmanager
def _kitty(
    command: Sequence[str], environment: dict[str, str], socket: str, size: tuple[int, int]
) -> Iterator[Terminal]:
    look = ("font_family=DejaVu Sans Mono", "font_size=11", "remember_window_size=no", "allow_remote_control=yes")
    window = (f"initial_window_width={size[0]}c", f"initial_window_height={size[1]}c", "confirm_os_window_close=0")
    options = [word for option in (*look, *window) for word in ("-o", option)]
    start = ["kitty", "--config", "NONE", *options, "--listen-on", f"unix:{socket}", *command]
    Path(socket).unlink(missing_ok=True)
    with subprocess.Popen(start, env=environment, stderr=subprocess.DEVNULL) as kitty:
        terminal = Terminal(f"unix:{socket}", environment)
        try:
            _until(lambda: "●" in terminal.text and "scanning" not in terminal.text, "the review screen")
            yield terminal
        finally:
            kitty.terminate()


def _until(holds: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit(f"in vain: {what}")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screens"))
