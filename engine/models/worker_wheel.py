"""The worker as a wheel: cutline's own `engine` package, for environments that have nothing else of cutline."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import engine
from engine.models.entry import ADAPTER_GROUP

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDS = ("msgspec", "numpy", "pillow")
"""What the worker imports besides Python's own library; any version that an environment's requirements allow."""
_SUFFIXES = frozenset({".py", ".toml"})
_LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The time of every file in it, so that the same sources give the same bytes."""


def build(folder: Path) -> Path:
    """Write the wheel into a folder and return it; it declares no needs of its own (see `NEEDS`)."""
    import zipfile  # noqa: PLC0415  (every engine loads this module, and few write a wheel)

    version = metadata.version("cutline")
    info = f"cutline_worker-{version}.dist-info"
    files = dict(_sources())
    files[f"{info}/METADATA"] = f"Metadata-Version: 2.1\nName: cutline-worker\nVersion: {version}\n".encode()
    files[f"{info}/WHEEL"] = b"Wheel-Version: 1.0\nGenerator: cutline\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    files[f"{info}/entry_points.txt"] = _built_in_adapters().encode()
    files[f"{info}/RECORD"] = _record(files, f"{info}/RECORD").encode()
    wheel = folder / f"cutline_worker-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content, zipfile.ZIP_DEFLATED)
    return wheel


@cache
def fingerprint() -> str:
    """Tell programs apart whose workers may not understand each other: the version, and a hash of the sources."""
    hashed = hashlib.sha256(_built_in_adapters().encode())
    for name, content in _sources():
        hashed.update(f"{name} {len(content)}\n".encode() + content)
    return f"{metadata.version('cutline')}-{hashed.hexdigest()[:12]}"


def _sources() -> Iterator[tuple[str, bytes]]:
    """Yield every file of the package under its name in the wheel."""
    root = Path(engine.__path__[0])
    for file in sorted(root.rglob("*")):
        if file.suffix in _SUFFIXES:
            yield f"engine/{file.relative_to(root).as_posix()}", file.read_bytes()


def _built_in_adapters() -> str:
    """Return the entry points of the adapters that the package brings; others are their own packages' business."""
    points = metadata.distribution("cutline").entry_points.select(group=ADAPTER_GROUP)
    lines = sorted(f"{point.name} = {point.value}" for point in points)
    return "\n".join([f"[{ADAPTER_GROUP}]", *lines, ""])


def _record(files: dict[str, bytes], own: str) -> str:
    """List all files with their hashes, as wheels do; the list itself has none."""
    lines = []
    for name, content in files.items():
        hashed = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={hashed},{len(content)}")
    return "\n".join([*lines, f"{own},,", ""])
