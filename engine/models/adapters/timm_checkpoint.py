"""A model as timm's users publish it: `config.json` names the architecture, `model.safetensors` holds the weights."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import msgspec

from engine.errors import CutlineError

if TYPE_CHECKING:
    from pathlib import Path

    import torch

_REFUSED = (TypeError, ValueError, LookupError, RuntimeError, AssertionError, AttributeError)
"""What timm raises on arguments that an architecture cannot take."""


class Config(msgspec.Struct, frozen=True):
    """What `config.json` says; it says more, which timm's loader does not need either.

    The shape is that of timm 0.9 to 1.0: timm/models/_hub.py writes it (`save_config_for_hf`) and reads it.
    """

    architecture: str
    """timm's name for it, without a tag."""
    num_classes: int
    """So many scores come out."""
    pretrained_cfg: dict[str, Any]
    """Facts about the weights; of them `input_size` is read here: channels, height, width."""
    model_args: dict[str, Any] = {}
    """Arguments of the architecture that differ from its defaults, such as `img_size` or `global_pool`."""


def read_config(file: Path) -> Config:
    """Read and check `config.json`.

    Raises:
        CutlineError: It cannot be read, or is not timm's; names the file.
    """
    try:
        config = msgspec.json.decode(file.read_bytes(), type=Config)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CutlineError(f"{file}: not the configuration of a timm model: {error}", _AGAIN) from error
    match config.pretrained_cfg.get("input_size"):
        case [3, int(height), int(width)] if height == width > 0:
            return config
        case size:
            raise CutlineError(f"{file}: input_size is {size}, and must be 3 channels and a square", _AGAIN)


def side_of(config: Config) -> int:
    """Return the side in px of the square that the model looks at."""
    return int(config.pretrained_cfg["input_size"][1])


def load(config: Config, config_file: Path, weights_file: Path) -> torch.nn.Module:
    """Make the architecture and give it the weights; float32, in memory, ready to answer.

    Raises:
        ImportError: torch, timm, safetensors, or torchvision, without which timm cannot be imported, is missing.
        CutlineError: timm cannot make it, or the weights are not its own; names the file.
    """
    model = _make(config, config_file)
    weights = _read_weights(weights_file)
    _check(weights, model.state_dict(), f"{weights_file}: not the weights of {config.architecture}")
    model.load_state_dict(weights, assign=True)
    return model.eval().requires_grad_(requires_grad=False)


_AGAIN = "it is damaged or another model's; get it again, or check it with: cutline models verify"


def _make(config: Config, file: Path) -> torch.nn.Module:
    """Make an architecture with random weights."""
    import timm  # noqa: PLC0415  (takes seconds; only who loads such a model pays for it)

    known = f"timm {timm.__version__}"
    # Asked first: create_model would take "hf-hub:..." for a repository and go to the network.
    if not timm.is_model(config.architecture):
        raise CutlineError(f"{file}: {known} knows no architecture {config.architecture}", "upgrade timm")
    # These are not the architecture's: they would load other files or weights.
    reserved = set(inspect.signature(timm.create_model).parameters) - {"kwargs"}
    if taken := sorted(reserved & set(config.model_args)):
        raise CutlineError(f"{file}: model_args cannot hold {', '.join(taken)}", _AGAIN)
    arguments = {**config.model_args, "num_classes": config.num_classes}
    try:
        return timm.create_model(
            config.architecture, pretrained=False, pretrained_cfg=dict(config.pretrained_cfg), **arguments
        )
    except _REFUSED as error:
        said = " ".join(str(error).split())[:200]
        raise CutlineError(f"{file}: {known} cannot make {config.architecture}: {said}", "upgrade timm") from error


def _read_weights(file: Path) -> dict[str, torch.Tensor]:
    """Read the tensors of a safetensors file, on the CPU."""
    import safetensors  # noqa: PLC0415  (see _make)
    import safetensors.torch  # noqa: PLC0415

    try:
        weights: dict[str, torch.Tensor] = safetensors.torch.load_file(file, device="cpu")
    except (OSError, safetensors.SafetensorError) as error:
        raise CutlineError(f"{file}: truncated or damaged: {error}", _AGAIN) from error
    return weights


def _check(given: dict[str, torch.Tensor], wanted: dict[str, torch.Tensor], message: str) -> None:
    """Refuse weights that are not exactly the model's: a missing tensor would stay random."""
    faults = {
        "missing": sorted(wanted.keys() - given.keys()),
        "unexpected": sorted(given.keys() - wanted.keys()),
        "of another shape": sorted(
            name for name in wanted.keys() & given.keys() if wanted[name].shape != given[name].shape
        ),
    }
    said = [f"{len(names)} {what} ({names[0]})" for what, names in faults.items() if names]
    if said:
        raise CutlineError(f"{message}: {', '.join(said)}", _AGAIN)
