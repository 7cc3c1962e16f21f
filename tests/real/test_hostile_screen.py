"""Hostile text in every widget of the real app: every byte that reaches the terminal is looked at."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.counts import FULL
from tests.real.watched import Watched
from tests.tui.trial import Trial

EVIL = (
    "\x1b]52;c;7777\x07", "\x1b]2;7777\x1b\\", "\x1bP7777q\x1b\\", "\x1b_G7777\x1b\\", "\x1b[7777m", "\x9b7777m", "\x9d2;7777\x9c",
    "\x07", "\x08", "\x7f", "[red]x[/red]", "a [/] b", "[@click=app.quit]q[/]", "\u202egnp.x", "\u2066iso\u2069", "z\u200bw\ufeff",
    "e\u0301\u0323\u0300", "猫\u3000", "👩\u200d🚀", "🇩🇪", "\u0cb8\u0ccd\u0ca4", "\\", "(x:1.2)",
)  # fmt: skip
"""What a person would not want their terminal to obey, and what columns are easily lost over."""
ALL = "".join(EVIL).replace("/", "|")
"""All of it in one word that may be a file's name, but for a newline."""
LONG = ", ".join(f"tag {number} {EVIL[number % len(EVIL)]}" for number in range(300))
PROSE = f"A {ALL} sentence. " * 60
SIZES = [(120, 40), (80, 24)] if FULL else [(120, 40)]
PASTE = f"\x1b[200~{ALL}\x1b[201~"
"""What a terminal sends when somebody pastes it; the text ends no paste of its own."""
QUIET_SECONDS = 0.12 if FULL else 0.05
ESCAPE_SECONDS = 0.2
"""An escape with something right behind it is another key."""


def _lay_out(root: Path) -> None:
    """Put hostile names, captions, tags, sentences, sources and a broken picture on the disk."""
    root.mkdir()
    trial = Trial(root)
    names = [f"1 {ALL}.png", f"2 {ALL}/3 {ALL}.png", "4 long.png", "5 many.png", "6 new\nline.png", "7 short.png"]
    captions = [ALL, PROSE, "word " * 1_000, LONG, "a\r\nb\tc", None]
    for name, caption in zip(names, captions, strict=True):
        trial.image(name, caption)
    trial.image(b"8 \xff\xfe.png", b"\xff\xfe not utf-8 \x1b]52;c;7777\x07")
    (root / f"9 {ALL}.png").write_bytes(b"\x89PNG\r\n\x1a\n cut")
    for name in (names[0], names[2], names[3], names[5]):
        trial.named_tags(name, {f"{evil} tag": 0.9 - at / 100 for at, evil in enumerate(EVIL)}, f"source {ALL}")
        trial.named_tags(name, {"hat": 0.9, f"{ALL}": 0.8}, "other")
    trial.prose(names[1], PROSE[::-1] + PROSE, f"prose {ALL}")
    trial.close()


def _settings(home: Path) -> None:
    """Give filters, themes and words that complete hostile names, too."""
    folder = home / ".config" / "cutline"
    (folder / "themes").mkdir(parents=True)
    (folder / "themes" / f"{ALL[:60]}.toml").write_text("dark = maybe\n")
    (folder / "vocabularies").mkdir()
    (folder / "vocabularies" / "own.csv").write_text("".join(f'"h{evil}",0,99,""\n' for evil in EVIL))
    quoted = (
        '"' + "".join(f"\\u{ord(sign):04x}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08x}" for sign in ALL) + '"'
    )
    (folder / "cutline.toml").write_text(f"[screen]\ntheme = {quoted}\n[filters]\n{quoted} = {quoted}\n")


STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("cards", ("j", ")", "m", "j", "\t", "j", "j", "j", "j", "j", "g")),
    ("choosing", ("\t", " ", "R", "C", ">", "\r", "p", "i")),
    ("a change reworded", ("E", PASTE)),
    ("the editor", ("e", "h", PASTE)),
    ("the editor of many tags", ("j", "j", "j", "e", ", h", "\x00")),
    ("the filter", ("/", PASTE, "\r", "\x1b", "/", '"[red]"', "\r", "/", "tag:h", "\t")),
    ("a query with a mistake", ("/", "tag:(", PASTE, "\r")),
    ("orders", ("o", "j")),
    ("bulk", ("g", "v", "v", "b", "a", PASTE, "\r")),
    ("a dry run", ("b", "t", "evil\x1b[200~\x1b]52;c;7777\x1b[201~", "\r", "j", "\r", "j")),
    ("tags", ("T", "j", "j", "/", PASTE, "\r")),
    ("a tag renamed", ("T", "r", PASTE, "\r", "j")),
    ("decisions", ("a", "a", "x", "f", "u", "d", "u")),
    ("history", ("H", "j", "\r", "j", "\x1b", "/", PASTE, "\r")),
    ("jobs", ("J", "n", PASTE, "\r")),
    ("the palette", ("\x10", "flag", PASTE, "\x1b")),
    ("help", ("?", "\x1b")),
    ("themes", ("\x14", "\x14")),
)
"""Every screen, and what is typed there."""
LAYERS = 5
"""So often escape is pressed at most to be back: a list over a line over a screen over a screen."""


@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
def test_nothing_hostile_reaches_the_terminal(
    tmp_path: Path, home: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every screen the terminal is told text and Textual's own sequences only, and the app goes on to its end."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.delenv("NO_COLOR", raising=False)
    root = tmp_path / f"photos {ALL[:40]}"
    _lay_out(root)
    _settings(home)
    monkeypatch.chdir(root)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    with Watched([sys.executable, "-P", "-m", "tui", "review", "--preview", "symbols", "."], *size) as app:
        app.wait_for("pending")
        app.settle(0.5)
        assert app.offences() == []
        for what, keys in STEPS if FULL else STEPS[1::3]:
            for key in keys:
                app.press(key)
                app.settle(ESCAPE_SECONDS if key == "\x1b" else QUIET_SECONDS)
                assert app.offences() == [], (what, key)
            for _ in range(LAYERS):
                if "a accept" not in app.lines[-1]:
                    app.press("\x1b")
                    app.settle(ESCAPE_SECONDS)
            assert app.offences() == [], what
            assert "a accept" in app.lines[-1], f"not back from: {what}\n" + "\n".join(app.lines)
        app.quit()
        assert app.offences() == []
    assert not list((home / ".local/state").rglob("crash*"))
