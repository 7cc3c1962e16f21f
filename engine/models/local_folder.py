"""A model in a folder of the person's own: described by a `cutline.toml` there, or recognised by its files."""

from __future__ import annotations

import os
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from engine.errors import WrongUsage
from engine.models.entry import Entry, Weights, read_entry

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

OWN = "cutline.toml"
"""A folder that holds this file is the catalogue entry that it says."""
USUAL = "wd-vit-tagger-v3"
"""What a folder is taken for when its files fit several entries: the WD taggers share names and preprocessing."""


def entry_of(folder: Path, known: Iterable[Entry]) -> Entry:
    """Return the entry of a folder, named by its path.

    Args:
        folder: Absolute.
        known: The catalogue. Taken is the entry whose files are all there and which names the most; one whose adapter
            is `onnx_tagger` before others, which need more to be installed.

    Raises:
        WrongUsage: There is no such folder, or nothing known in it.
        BadSetting: Its `cutline.toml` is wrong; names file and key.
    """
    name = os.fspath(folder)
    if not folder.is_dir():
        raise WrongUsage(
            f"there is no folder {name}", "name a model of the catalogue (cutline models list), or a folder"
        )
    if (folder / OWN).is_file():
        return msgspec.structs.replace(read_entry(folder / OWN, name), name=name)
    fitting = [(entry, files) for entry in known if (files := _files_in(folder, entry))]
    if not fitting:
        raise WrongUsage(
            f"{name} holds no model that is known by its files",
            f"a WD tagger has model.onnx and selected_tags.csv; others are described by {OWN} in their folder",
        )
    best, files = max(fitting, key=lambda one: (one[0].adapter == "onnx_tagger", len(one[1]), one[0].name == USUAL))
    return msgspec.structs.replace(
        best,
        name=name,
        summary=f"a local folder, read like {best.name}",
        licence="as its author says",
        revision="",
        download_bytes=0,
        weights=Weights(files=files, folder=name),
        picture=best.picture and msgspec.structs.replace(best.picture, size=0),  # its graph may be of another size
    )


def _files_in(folder: Path, entry: Entry) -> dict[str, str]:
    """Return the files of an entry's roles in a folder, as the repository has them or without its sub-folders."""
    wanted = entry.weights.files if entry.weights is not None else {}
    for files in (wanted, {role: PurePosixPath(path).name for role, path in wanted.items()}):
        if all((folder / path).is_file() for path in files.values()):
            return files
    return {}
