"""An ONNX file opened with onnxruntime on one device, and what its graph says of its picture and its outputs."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from engine.errors import BadSetting, Unreadable, WrongUsage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.models.entry import Entry

log = logging.getLogger("cutline.worker")

Layout = Literal["NHWC", "NCHW"]

_DTYPES = {"tensor(float)": "float32", "tensor(float16)": "float16", "tensor(double)": "float64"} | {
    "tensor(uint8)": "uint8"
}
_PROVIDERS = {"cuda": "CUDAExecutionProvider", "mps": "CoreMLExecutionProvider"}
_RANK, _COLOURS = 4, 3
_COLOURS_AT: dict[Layout, int] = {"NHWC": 3, "NCHW": 1}


class Input(NamedTuple):
    """The one picture that a graph takes."""

    name: str
    layout: Layout
    size: int
    """The side of the square in px."""
    batch: int
    """The only number of pictures it takes at once; 0 for any."""
    dtype: str
    """numpy's name for it: float32, float16, float64, uint8."""


def open_session(file: Path, device: str) -> tuple[Any, str]:
    """Open a model on a device.

    Args:
        file: The model; files with its weights may lie beside it.
        device: cpu, cuda:0, mps, ...

    Returns:
        The session, and the device that it really uses: onnxruntime goes to the CPU without an error where it cannot
        use another.

    Raises:
        WrongUsage: onnxruntime is not installed.
        Unreadable: It is truncated, no ONNX model, of a newer kind than onnxruntime, or too large; names the file.
    """
    try:
        import onnxruntime  # noqa: PLC0415  (heavy; only who loads such a model pays for it)
        from onnxruntime.capi import onnxruntime_pybind11_state as raised  # noqa: PLC0415
    except ImportError as error:
        said = "is not installed" if error.name == "onnxruntime" else f"cannot be imported: {error}"
        raise WrongUsage(
            f"ONNX models need onnxruntime, which {said}",
            "in cutline's folder run: pip install -e '.[cpu]', or '.[gpu]'",
        ) from error
    options = onnxruntime.SessionOptions()
    # Measured: one core for each caller beats several for one, and threads that spin take cores from the decoders.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors; its warnings are about its own choices
    kind, _, number = device.partition(":")
    wanted = _PROVIDERS.get(kind)
    providers: list[Any] = ["CPUExecutionProvider"]
    if wanted in onnxruntime.get_available_providers():
        if kind == "cuda":
            onnxruntime.preload_dlls()  # CUDA's libraries as pip installs them, which the loader does not look for
        choices = {"device_id": number or "0", "cudnn_conv_algo_search": "HEURISTIC"} if kind == "cuda" else {}
        providers.insert(0, (wanted, choices))
    elif kind != "cpu":
        log.warning("onnxruntime has no %s here, only %s", wanted or device, onnxruntime.get_available_providers())
    refusals = tuple(kind for kind in vars(raised).values() if isinstance(kind, type) and issubclass(kind, Exception))
    try:
        session = onnxruntime.InferenceSession(file, options, providers=providers)
    except refusals as error:
        said = " ".join(str(error).split()).rpartition(" failed:")[2][:200]
        raise Unreadable(
            f"{file} cannot be loaded by onnxruntime {onnxruntime.__version__}: {said}",
            "it may be truncated, or no ONNX model: get it again",
        ) from error
    session.disable_fallback()
    return session, device if wanted in session.get_providers() else "cpu"


def input_of(session: Any, entry: Entry, file: Path) -> Input:
    """Read from the graph what its input is, and compare it with the entry.

    Raises:
        Unreadable: It does not take one picture; names the file.
        BadSetting: The entry says something else than the graph, or has to say what the graph does not.
    """
    assert entry.graph is not None
    assert entry.picture is not None
    inputs = session.get_inputs()
    shape = inputs[0].shape if len(inputs) == 1 else None
    if not shape or len(shape) != _RANK or inputs[0].type not in _DTYPES:
        takes = ", ".join(f"{one.name} {one.type} {one.shape}" for one in inputs) or "nothing"
        raise Unreadable(f"{file} takes {takes}, not one picture", "is it a tagger? name its model file in the entry")
    layout, dtype = _layout_of(shape, entry.graph.layout), _DTYPES[inputs[0].type]
    if layout is None:
        raise _contradiction(entry, "graph", f"layout {entry.graph.layout}", f"takes {shape}")
    height, width = (shape[1], shape[2]) if layout == "NHWC" else (shape[2], shape[3])
    size = next((side for side in (height, width, entry.picture.size) if _known(side)), 0)
    if not size:
        raise BadSetting(
            f"{entry.name}: neither the graph, which takes {height}x{width} px, nor the catalogue entry says the size",
            f"write `size` in px into [picture] of {'a cutline.toml in the folder' if _is_of_a_folder(entry) else 'the entry'}",
        )
    if any(_known(side) and side != size for side in (height, width, entry.picture.size or size)):
        raise _contradiction(entry, "picture", f"size {entry.picture.size}", f"takes {height}x{width} px")
    plain = (entry.graph.scale, *entry.graph.mean, *entry.graph.std) == (1, 0, 0, 0, 1, 1, 1)
    if dtype == "uint8" and not plain:
        raise _contradiction(entry, "graph", f"scale {entry.graph.scale:g}, or mean and std", "takes whole numbers")
    return Input(inputs[0].name, layout, size, shape[0] if _known(shape[0]) else 0, dtype)


def output_of(session: Any, entry: Entry) -> str:
    """Return the name of the output that holds a score for each label.

    Raises:
        BadSetting: The graph has none of those that the entry names.
    """
    assert entry.graph is not None
    names: list[str] = [output.name for output in session.get_outputs()]
    for wanted in entry.graph.outputs:
        if isinstance(wanted, int) and wanted < len(names):
            return names[wanted]
        if wanted in names:
            return str(wanted)
    raise _contradiction(entry, "graph", f"outputs {list(entry.graph.outputs)}", f"has {', '.join(names)}")


def _layout_of(shape: Sequence[object], declared: Layout | Literal["read"]) -> Layout | None:
    """Return the layout that both graph and entry allow; None where they contradict or neither says."""
    sure = [layout for layout, place in _COLOURS_AT.items() if shape[place] == _COLOURS]
    possible = sure or [layout for layout, place in _COLOURS_AT.items() if not _known(shape[place])]
    if declared == "read":
        return possible[0] if len(possible) == 1 else None
    return declared if declared in possible else None


def _known(size: object) -> bool:
    """Say whether a graph fixes one of its sizes: otherwise it is a name, or nothing."""
    return isinstance(size, int) and size > 0


def _is_of_a_folder(entry: Entry) -> bool:
    return entry.weights is not None and bool(entry.weights.folder)


def _contradiction(entry: Entry, table: str, said: str, graph: str) -> BadSetting:
    hint = f"correct [{table}] in the entry, or get the model that it is about"
    if _is_of_a_folder(entry):
        hint = f"say what the folder holds in a cutline.toml in it, with the right [{table}]: docs/models.md"
    return BadSetting(f"{entry.name}: its catalogue entry says {said}, but the graph {graph}", hint)
