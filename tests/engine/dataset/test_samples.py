"""Tests of the demo's photos."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from engine.dataset import samples
from engine.errors import CutlineError, NotWritable

if TYPE_CHECKING:
    from pathlib import Path


def contents(folder: Path) -> dict[str, bytes]:
    """Read every file below a folder."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_photos_are_real_pictures() -> None:
    """Every photo is there and opens as a picture; no name appears twice."""
    found = samples.photos()
    assert len(found) == len(samples.SAMPLES) == len({photo.name for photo in found})
    for photo in found:
        with Image.open(photo) as picture:
            picture.verify()


def test_finding_the_photos_imports_neither_package() -> None:
    """The packages that ship the photos, and what they bring along, stay unloaded."""
    code = (
        "import sys; from engine.dataset import samples; assert samples.photos();"
        "print(sorted({'skimage', 'sklearn', 'scipy', 'numpy', 'PIL'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert ran.stdout == "[]\n"


def test_the_demo_has_photos_with_and_without_captions(tmp_path: Path) -> None:
    """The demo folder holds the shipped photos byte for byte, some captioned, two in a kohya folder."""
    copied = samples.make_demo(tmp_path / "demo")
    assert [photo.read_bytes() for photo in copied] == [photo.read_bytes() for photo in samples.photos()]
    captions = list((tmp_path / "demo").rglob("*.txt"))
    assert len(captions) == sum(sample.caption is not None for sample in samples.SAMPLES)
    assert 0 < len(captions) < len(copied)
    assert len(list((tmp_path / "demo/3_nightsky space").glob("*.[jp][pn]g"))) == 3
    assert len(contents(tmp_path / "demo")) == len(copied) + len(captions)


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    """What a person did to the captions stays: changed ones, removed ones, new ones."""
    samples.make_demo(tmp_path)
    (tmp_path / "chelsea.txt").write_text("cat")
    (tmp_path / "coffee.txt").unlink()
    (tmp_path / "grass.txt").write_text("grass")
    before = contents(tmp_path)
    assert samples.make_demo(tmp_path) == []
    assert contents(tmp_path) == before


def test_a_caption_already_there_is_kept(tmp_path: Path) -> None:
    """A demo broken off after a caption was written goes on with its photo; the caption stays as it is."""
    (tmp_path / "chelsea.txt").write_text("mine")
    assert tmp_path / "chelsea.png" in samples.make_demo(tmp_path)
    assert (tmp_path / "chelsea.txt").read_text() == "mine"


def test_without_the_extra_the_error_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the packages are missing, the hint is the pip command for this very interpreter; nothing is made."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    with pytest.raises(CutlineError) as caught:
        samples.make_demo(tmp_path / "demo")
    assert caught.value.hint == f"run: {sys.executable} -m pip install scikit-image scikit-learn"
    assert not (tmp_path / "demo").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file in the way of the demo, and a folder without write permission, are errors with their path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(NotWritable, match="file"):
        samples.make_demo(tmp_path / "file")
    if os.getuid() != 0:  # root may write everywhere
        (tmp_path / "closed").mkdir(0o500)
        with pytest.raises(NotWritable, match="closed"):
            samples.make_demo(tmp_path / "closed")
