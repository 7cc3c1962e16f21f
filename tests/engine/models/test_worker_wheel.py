"""The worker's wheel: what is in it, and that it is one."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest

import engine
from engine.models import worker_wheel


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Write the wheel."""
    return worker_wheel.build(tmp_path)


def test_the_wheel_holds_the_engine_and_nothing_else(wheel: Path) -> None:
    """Every module and every data file, and none of the screen."""
    root = Path(engine.__path__[0])
    expected = {f"engine/{file.relative_to(root)}" for file in root.rglob("*") if file.suffix in {".py", ".toml"}}
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {name for name in names if ".dist-info/" not in name} == expected
    assert "engine/models/catalog/pixel_stats.toml" in names


def test_the_record_is_true(wheel: Path) -> None:
    """Each file is listed with its size and hash, the list itself without."""
    with zipfile.ZipFile(wheel) as archive:
        (record,) = (name for name in archive.namelist() if name.endswith("/RECORD"))
        rows = list(csv.reader(io.StringIO(archive.read(record).decode())))
        assert {row[0] for row in rows} == set(archive.namelist())
        for name, hashed, size in rows:
            if name == record:
                assert (hashed, size) == ("", "")
                continue
            digest = base64.urlsafe_b64encode(hashlib.sha256(archive.read(name)).digest()).rstrip(b"=").decode()
            assert (hashed, size) == (f"sha256={digest}", str(archive.getinfo(name).file_size))


def test_the_same_sources_give_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    """A wheel made later is no other one."""
    again = tmp_path / "again"
    again.mkdir()
    assert worker_wheel.build(again).read_bytes() == wheel.read_bytes()


def test_the_fingerprint_follows_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    """It begins with the version, and changes with a single byte."""
    before = worker_wheel.fingerprint()
    assert before == worker_wheel.fingerprint()
    assert version("cutline") in before
    sources = [*worker_wheel._sources()]
    monkeypatch.setattr(worker_wheel, "_sources", lambda: iter([*sources, ("engine/new.py", b"")]))
    worker_wheel.fingerprint.cache_clear()
    assert worker_wheel.fingerprint() != before
    worker_wheel.fingerprint.cache_clear()


def test_the_built_in_adapters_are_known_where_it_is_unpacked(wheel: Path, tmp_path: Path) -> None:
    """They are found through the wheel's own entry points, as a stranger's are."""
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    program = f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r}); from importlib import metadata as m; "
    program += "print(*m.distribution('cutline-worker').entry_points); import engine; print(engine.__file__)"
    said = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=True).stdout
    assert "engine.models.adapters.pixel_stats:PixelStats" in said
    assert str(tmp_path / "site") in said
