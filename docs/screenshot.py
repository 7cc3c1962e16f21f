"""Makes docs/review.png: the demo's review screen in a real terminal, photographed.

Run as `make screenshot`. It needs kitty, Xvfb and ImageMagick's `import` (Debian: kitty xvfb imagemagick); kitty, because
it draws the sextant cells of the picture itself, so that no font has to have them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
COLUMNS, ROWS = 132, 37
WAIT_SECONDS = 60.0
PHOTO = "chelsea.png"
"""What is in view: a caption with mistakes, and something proposed."""


def main(out: Path) -> int:
    """Start a screen, a terminal and the demo in it; go to the photo; write the picture."""
    if missing := [tool for tool in ("Xvfb", "kitty", "import") if shutil.which(tool) is None]:
        print(f"cannot make {out}: {', '.join(missing)} missing (Debian: apt-get install kitty xvfb imagemagick)")
        return 1
    with tempfile.TemporaryDirectory(prefix="shot-") as home:
        folders = {f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("STATE", "CONFIG", "CACHE")}
        environment = {**os.environ, **folders, "HOME": home, "XDG_RUNTIME_DIR": home, "COLORTERM": "truecolor"}
        environment |= {"DISPLAY": ":93", "LIBGL_ALWAYS_SOFTWARE": "1"}
        cutline = str(Path(sys.executable).with_name("cutline"))
        subprocess.run([cutline, "demo", "--headless"], env=environment, check=True, cwd=home)
        screen = subprocess.Popen(["Xvfb", ":93", "-screen", "0", "2600x1600x24"], stderr=subprocess.DEVNULL)
        try:
            _until(lambda: Path("/tmp/.X11-unix/X93").exists())
            _photograph(cutline, environment, f"unix:{home}/kitty", out)
        finally:
            screen.terminate()
            screen.wait()
            subprocess.run([cutline, "engine", "stop", "--now"], env=environment, check=False, cwd=home)
    print(f"wrote {out}")
    return 0


def _photograph(cutline: str, environment: dict[str, str], remote: str, out: Path) -> None:
    look = ("font_family=DejaVu Sans Mono", "font_size=11", "remember_window_size=no", "allow_remote_control=yes")
    size = (f"initial_window_width={COLUMNS}c", f"initial_window_height={ROWS}c")
    options = [word for option in (*look, *size) for word in ("-o", option)]
    command = ["kitty", "--config", "NONE", *options, "--listen-on", remote, cutline, "demo"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as terminal:
        try:

            def text() -> str:
                asked = ["kitty", "@", "--to", remote, "get-text"]
                return subprocess.run(asked, env=environment, capture_output=True, text=True, check=False).stdout

            def press(key: str) -> None:
                subprocess.run(["kitty", "@", "--to", remote, "send-text", key], env=environment, check=True)

            _until(lambda: "pending" in text())
            while f"· {PHOTO.replace('.png', '.txt')}" not in text():
                press("j")
                time.sleep(0.3)  # a key, its frame, and the terminal's own painting
            time.sleep(1.0)  # the picture is drawn in a thread, and llvmpipe is slow
            subprocess.run(["import", "-window", "root", "-trim", "+repage", str(out)], env=environment, check=True)
        finally:
            terminal.terminate()


def _until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("the screen did not come up")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "review.png"))
