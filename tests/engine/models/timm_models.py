"""Models with random weights in the families of the WD v3 taggers, small and full, written as the hub has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from engine.models import registry
from engine.models.entry import Weights
from tests.engine.models.torchvision_stub import import_timm

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

Label = tuple[str, int]
"""A tag and Danbooru's number of its category."""

LABELS: tuple[Label, ...] = (
    ("general", 9), ("sensitive", 9), ("questionable", 9), ("explicit", 9),
    ("red_theme", 0), ("green_theme", 0), ("blue_theme", 0), ("^_^", 0), ('say "hi", twice', 0),
    ("somebody_(series)", 4),
)  # fmt: skip


class Shape(NamedTuple):
    """What to make."""

    architecture: str
    """timm's name."""
    size: int
    """The side of the pictures in px."""
    arguments: dict[str, Any]


_MEAN = {"class_token": False, "global_pool": "avg", "fc_norm": False}
_SMALL_VIT = {**_MEAN, "img_size": 32, "embed_dim": 32, "depth": 2, "num_heads": 2}
_SMALL_SWIN = {"img_size": 64, "window_size": 4, "embed_dim": 16, "depths": [1, 1, 2, 1], "num_heads": [1, 2, 4, 8]}
_SMALL_EVA = {"img_size": 42, "patch_size": 14, "embed_dim": 48, "depth": 2, "num_heads": 2}

SMALL = {
    "vit": Shape("vit_base_patch16_224", 32, {**_SMALL_VIT, "patch_size": 8}),
    "vit-large": Shape("vit_large_patch16_384", 32, {**_SMALL_VIT, "patch_size": 16}),
    "swinv2": Shape("swinv2_base_window8_256", 64, _SMALL_SWIN),
    "convnext": Shape("convnext_base", 64, {"depths": [1, 1, 2, 1], "dims": [8, 16, 32, 64]}),
    "eva02-large": Shape("eva02_large_patch14_448", 42, _SMALL_EVA),
}
"""By the catalogue's word for the family: as the published ones, but for their size."""

FULL = {
    "vit": Shape("vit_base_patch16_224", 448, {**_MEAN, "img_size": 448}),
    "vit-large": Shape("vit_large_patch16_384", 448, {**_MEAN, "img_size": 448}),
    "swinv2": Shape("swinv2_base_window8_256", 448, {"img_size": 448, "window_size": 14}),
    "convnext": Shape("convnext_base", 448, {}),
    "eva02-large": Shape("eva02_large_patch14_448", 448, {}),
}
"""As published: the numbers of parameters are those of MODELS.md 2.1."""


def make(shape: Shape, labels: Sequence[Label] = LABELS, seed: int = 1) -> Any:
    """Make a model with random weights, which says different things of different pictures; float32, on the CPU."""
    import torch  # noqa: PLC0415  (tests of it skip where it is missing)

    torch.manual_seed(seed)
    timm: Any = import_timm()
    model = timm.create_model(shape.architecture, pretrained=False, num_classes=len(labels), **shape.arguments)
    for name, weight in model.named_parameters():
        if weight.ndim > 1:
            torch.nn.init.normal_(weight, std=weight[0].numel() ** -0.5)
        elif name.endswith("bias"):
            torch.nn.init.normal_(weight, std=0.1)
        else:
            torch.nn.init.uniform_(weight, 0.5, 1.0)
    return model.eval()


def save(folder: Path, shape: Shape, model: Any, labels: Sequence[Label] = LABELS) -> Path:
    """Write `model.safetensors`, `config.json` and `selected_tags.csv`; return the folder."""
    import safetensors.torch  # noqa: PLC0415  (see make)

    folder.mkdir(parents=True, exist_ok=True)
    config = {
        "architecture": shape.architecture,
        "num_classes": len(labels),
        "num_features": model.num_features,
        "global_pool": "avg",
        "model_args": shape.arguments,
        "pretrained_cfg": {
            "custom_load": False,
            "input_size": [3, shape.size, shape.size],
            "fixed_input_size": "img_size" in shape.arguments,
            "interpolation": "bicubic",
            "crop_pct": 1.0,
            "mean": [0.5, 0.5, 0.5],
            "std": [0.5, 0.5, 0.5],
            "num_classes": len(labels),
        },
    }
    (folder / "config.json").write_bytes(msgspec.json.encode(config))
    rows = [f'{number},"{name.replace(chr(34), chr(34) * 2)}",{kind},1' for number, (name, kind) in enumerate(labels)]
    (folder / "selected_tags.csv").write_text("\n".join(["tag_id,name,category,count", *rows, ""]))
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    safetensors.torch.save_file(tensors, folder / "model.safetensors")
    return folder


def entry(folder: Path, family: str) -> registry.Entry:
    """Return the catalogue's entry of a family, with the files of a folder."""
    found = registry.find(f"wd-{family}-tagger-v3-torch")
    assert found.weights is not None
    weights = Weights(files=found.weights.files, folder=str(folder))
    return msgspec.structs.replace(found, weights=weights)
