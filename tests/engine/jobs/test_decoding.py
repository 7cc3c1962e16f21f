"""Decoding in a process of its own, with real processes: a bad picture costs nothing but itself."""

from __future__ import annotations

import os
import shutil
import signal
import time
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from engine.jobs import decoding
from engine.jobs.decoding import Decoder
from engine.models import pictures
from engine.models.fit import Fit
from engine.models.pictures import Picture
from engine.wire.protocol import Failure
from tests.engine import odd_pictures
from tests.engine.engine_room import odd_command, until
from tests.engine.processes import alive, children

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def decoder() -> Iterator[Decoder]:
    """Prepare a decoder that knows odd pictures, with a short patience."""
    decoder = Decoder(odd_command("decoder"), 10, 1.0)
    yield decoder
    decoder.close()


def decode(decoder: Decoder, path: Path, *folders: Path) -> Picture | Failure:
    """Decode a picture of a job whose root is its folder."""
    allowed = tuple(os.fsencode(folder) for folder in folders or (path.parent,))
    return decoder.decode(os.fsencode(path), allowed, 0)


def good(folder: Path, name: str = "good.png", size: tuple[int, int] = (5, 3)) -> Path:
    """Draw a picture that can be decoded."""
    Image.effect_noise(size, 50).convert("RGB").save(folder / name)
    return folder / name


def dying(times: int, counted_in: Path) -> list[str]:
    """Say how to run a decoder that is killed so many times before it is up; every start leaves an `x` in a file."""
    killed = 'printf x >> "$0"; [ "$(wc -c < "$0")" -gt "$1" ] || kill -KILL $$; shift; exec "$@"'
    return ["sh", "-c", killed, str(counted_in), str(times), *odd_command("decoder")]


def test_a_decoder_killed_while_it_starts_is_started_again(tmp_path: Path) -> None:
    """Whoever kills it before it is up fails no picture, and no worker."""
    decoder = Decoder(dying(decoding.STARTS - 1, tmp_path / "starts"), 10, 1.0)
    assert isinstance(decode(decoder, good(tmp_path)), Picture)
    decoder.close()
    assert (tmp_path / "starts").read_text() == "x" * decoding.STARTS


def test_decoders_that_never_start_are_given_up(tmp_path: Path) -> None:
    """It is said how the last one ended, and none is left behind."""
    decoder = Decoder(dying(99, tmp_path / "starts"), 10, 1.0)
    with pytest.raises(RuntimeError, match=r"a decoder does not start \(SIGKILL\)"):
        decode(decoder, good(tmp_path))
    assert (tmp_path / "starts").read_text() == "x" * decoding.STARTS
    assert children(os.getpid()) == []


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "I;16"])
def test_a_picture_comes_whole(tmp_path: Path, decoder: Decoder, mode: str) -> None:
    """Pixels, alpha, size, mode and digest are those that decoding here gives."""
    path = tmp_path / "a.png"
    Image.effect_noise((40, 30), 80).convert("RGBA").convert("L" if mode == "I;16" else mode).convert(mode).save(path)
    there, here = decode(decoder, path), pictures.decode(path)
    assert isinstance(there, Picture)
    assert np.array_equal(there.pixels, here.pixels)
    assert (there.alpha is None) == (here.alpha is None) == (mode != "RGBA")
    assert there.alpha is None or np.array_equal(there.alpha, here.alpha)  # type: ignore[arg-type]  # both or none
    assert (there.original_size, there.mode, there.digest) == (here.original_size, here.mode, here.digest)


@pytest.mark.parametrize("kind", ["png", "jpg"])
def test_a_fitted_picture_is_all_that_crosses(tmp_path: Path, decoder: Decoder, kind: str) -> None:
    """The square is that which fitting here gives, and the memory it comes in is no larger."""
    image = Image.effect_noise((400, 300), 80).convert("RGBA" if kind == "png" else "RGB")
    image.save(path := tmp_path / f"a.{kind}")
    fit = Fit(32, "pad-edge", (1, 2, 3), "lanczos")
    there = decoder.decode(os.fsencode(path), (os.fsencode(tmp_path),), 0, fit)
    here = pictures.decode(path, fit=fit)
    assert isinstance(there, Picture)
    assert np.array_equal(there.pixels, here.pixels)
    assert there.pixels.shape == (32, 32, 3)
    assert there.pixels.flags.c_contiguous
    assert (there.alpha, there.original_size, there.mode) == (None, (400, 300), image.mode)
    assert there.digest == here.digest
    del there
    assert [piece.size for piece in decoder._memory._free] == [32 * 32 * 3]


def test_pictures_stay_as_they_are(tmp_path: Path, decoder: Decoder) -> None:
    """Pictures that are kept do not change when more are decoded after them."""
    paths = [good(tmp_path, f"{n}.png", (20 + n, 20)) for n in range(20)]
    kept = [decode(decoder, path) for path in paths]
    for path, picture in zip(paths, kept, strict=True):
        assert isinstance(picture, Picture)
        assert np.array_equal(picture.pixels, pictures.decode(path).pixels)


def test_a_picture_that_crashes_its_decoder_fails_by_the_signal(tmp_path: Path, decoder: Decoder) -> None:
    """The failure names the signal, and the next picture is decoded by another process."""
    odd_pictures.draw(tmp_path / "odd.png", odd_pictures.CRASH)
    failure = decode(decoder, tmp_path / "odd.png")
    assert isinstance(failure, Failure)
    assert failure.code == "unreadable"
    assert "SIGSEGV" in failure.message
    assert isinstance(decode(decoder, good(tmp_path)), Picture)


def test_a_picture_that_takes_too_long_fails_by_the_limit(tmp_path: Path, decoder: Decoder) -> None:
    """A decoder that does not come to an end is killed after the time allowed, and the failure names that time."""
    odd_pictures.draw(tmp_path / "odd.png", odd_pictures.HANG)
    start = time.monotonic()
    failure = decode(decoder, tmp_path / "odd.png")
    assert isinstance(failure, Failure)
    assert (failure.code, failure.message) == ("unreadable", "the picture took longer than 1 s to decode")
    assert time.monotonic() - start < 10
    assert children(os.getpid()) == []
    assert isinstance(decode(decoder, good(tmp_path)), Picture)


def test_what_no_reader_should_raise_is_one_line(tmp_path: Path, decoder: Decoder) -> None:
    """An error that nobody expects is a failure of that picture, and costs no process."""
    assert isinstance(decode(decoder, good(tmp_path)), Picture)
    before = children(os.getpid())
    odd_pictures.draw(tmp_path / "odd.png", odd_pictures.RAISE)
    failure = decode(decoder, tmp_path / "odd.png")
    assert isinstance(failure, Failure)
    assert failure.message == "the picture cannot be decoded: _Odd: an odd picture"
    assert children(os.getpid()) == before


def test_a_decoder_killed_from_outside_costs_no_picture(tmp_path: Path, decoder: Decoder) -> None:
    """When somebody kills it, between pictures or while it waits, the next picture is decoded all the same."""
    assert isinstance(decode(decoder, good(tmp_path)), Picture)
    (pid,) = children(os.getpid())
    os.kill(pid, signal.SIGKILL)
    assert isinstance(decode(decoder, good(tmp_path)), Picture)
    assert children(os.getpid()) not in ([], [pid])


def test_the_size_is_limited(tmp_path: Path, decoder: Decoder) -> None:
    """A picture with more megapixels than allowed is refused by its size."""
    Image.new("1", (4000, 3000)).save(tmp_path / "large.png")
    failure = decode(decoder, tmp_path / "large.png")
    assert isinstance(failure, Failure)
    assert failure.message == "the picture has 4000x3000 px, more than 10 megapixels"


def test_links_lead_only_where_the_job_may_look(tmp_path: Path, decoder: Decoder) -> None:
    """A link out of the root fails as outside, unless its target's folder is allowed; one inside the root is followed."""
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    (root / "below").mkdir(parents=True)
    elsewhere.mkdir()
    good(elsewhere)
    good(root / "below")
    (root / "out.png").symlink_to(elsewhere / "good.png")
    (root / "in.png").symlink_to(root / "below" / "good.png")
    (tmp_path / "alias").symlink_to(root)
    failure = decode(decoder, root / "out.png")
    assert isinstance(failure, Failure)
    assert failure.code == "outside"
    assert str(elsewhere / "good.png") in failure.message
    assert isinstance(decode(decoder, root / "out.png", root, elsewhere), Picture)
    assert isinstance(decode(decoder, root / "in.png"), Picture)
    assert isinstance(decode(decoder, tmp_path / "alias" / "in.png"), Picture)
    sibling = tmp_path / "root-2"
    shutil.copytree(elsewhere, sibling)
    (root / "near.png").symlink_to(sibling / "good.png")
    beside = decode(decoder, root / "near.png")
    assert isinstance(beside, Failure)
    assert beside.code == "outside"


def test_many_folders_and_names_that_are_not_utf8(tmp_path: Path, decoder: Decoder) -> None:
    """A request larger than a socket takes at once arrives, and a name of any bytes is found."""
    folder = tmp_path / os.fsdecode(b"odd \xff")
    folder.mkdir()
    folders = [tmp_path / f"{'x' * 200}{n}" for n in range(2000)]
    assert isinstance(decode(decoder, good(folder), *folders, folder), Picture)
    failure = decode(decoder, folder / "missing.png", tmp_path)
    assert isinstance(failure, Failure)
    assert failure.message == "the picture cannot be read: No such file or directory"


def test_a_decoder_that_cannot_start_is_an_error_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the process ends before it is up no picture is blamed."""
    monkeypatch.setattr(decoding, "START_SECONDS", 5.0)
    with pytest.raises(RuntimeError, match=r"a decoder does not start \(exit code 1\)"):
        decode(Decoder(["false"], 10, 1.0), good(tmp_path))


def test_a_decoder_ends_with_its_lifeline(tmp_path: Path, decoder: Decoder) -> None:
    """When the other end of its stdin is closed the process ends, although its line is open."""
    assert isinstance(decode(decoder, good(tmp_path)), Picture)
    assert decoder._running is not None
    process = decoder._running.process
    assert process.stdin is not None
    process.stdin.close()
    until(lambda: not alive(process.pid), "the decoder ended")
