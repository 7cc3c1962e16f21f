"""The laws on imports, as data. An exception has its reason beside it."""

from __future__ import annotations

ROOMS = (
    "errors",
    "sqlite_steps",
    "paths",
    "settings",
    "settings_change",
    "log_file",
    "captions",
    "dataset",
    "finding.language",  # words and grammar alone: what orders the queue reads them, too
    "review",
    "wire.protocol",  # the words that models, jobs and wire share; the rest of its room lies above them
    "models",
    "jobs",
    "wire",
    "vocabularies",
    "workspace",
    "editing",
    "finding",
    "tagging",
)
"""The rooms and single files of `engine`, from below: each imports only itself and what stands before it.

The longest name that fits a module is its place."""

EXCEPTIONS: dict[tuple[str, str], str] = {}
"""(importer, imported) that goes against the order of the rooms → why it may."""

HEAVY = frozenset({"onnxruntime", "torch", "torchvision", "transformers", "timm", "tensorflow", "jax", "ray"})
"""Libraries that take seconds and gigabytes: imported by adapters only, and only when a model loads."""

ADAPTERS = "engine.models.adapters"

SCREEN = frozenset({"rich", "textual", "textual_image", "tui"})
"""What `engine` never imports."""

PHOTOS_ONLY = frozenset({"skimage", "sklearn", "scipy"})
"""Installed for the files in them; imported by nobody."""

NOT_AT_COMMAND_START = frozenset({"PIL", "numpy", "rich", "starlette", "textual", "textual_image", "uvicorn"})
"""What the command line does without until a command needs it."""
