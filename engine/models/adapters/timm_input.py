"""From fitted squares in memory to what a timm model takes: bytes until the device, everything else there."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch
    from numpy.typing import NDArray

    from engine.models.tagger import Graph


class _Buffer(NamedTuple):
    """Page-locked memory that pictures are gathered in."""

    tensor: torch.Tensor
    pixels: NDArray[np.uint8]
    """The same memory."""
    copied: torch.cuda.Event
    """Passed once the GPU has what was in it."""


class Feed:
    """Brings pictures to the device: a float32 picture has four times the bytes, so they stay uint8 on the way.

    For CUDA they are gathered in page-locked memory, which is copied without the processor's help, on a stream of its
    own: while the model looks at one part, the next one is gathered and copied. Two buffers take turns, so only one
    thread may call; elsewhere several may.
    """

    def __init__(self, graph: Graph, size: int, most: int, device: torch.device, precision: torch.dtype) -> None:
        """Reserve the memory.

        Args:
            graph: What the model takes, as a function of RGB squares.
            size: Their side in px.
            most: So many at once.
            device: Where the model is.
            precision: The numbers it computes with.
        """
        import torch  # noqa: PLC0415  (takes seconds; only who loads such a model pays for it)

        self._device, self._precision = device, precision
        self._stream: torch.cuda.Stream | None = None
        if device.type == "cuda":
            tensors = [torch.empty((most, size, size, 3), dtype=torch.uint8, pin_memory=True) for _ in range(2)]
            self._buffers = cycle([_Buffer(tensor, tensor.numpy(), torch.cuda.Event()) for tensor in tensors])
            self._stream = torch.cuda.Stream(device)
        self._backward = graph.channels == "BGR"
        # (pixel / scale - mean) / std as one product and one sum; R, G, B.
        gain = [1.0 / (graph.scale * std) for std in graph.std]
        shift = [-mean / std for mean, std in zip(graph.mean, graph.std, strict=True)]
        self._gain, self._shift = (torch.tensor(three, dtype=torch.float32, device=device) for three in (gain, shift))

    def put(self, squares: Sequence[NDArray[np.uint8]]) -> torch.Tensor:
        """Return pictures as the model takes them, on the device; on CUDA, work that waits in the current stream.

        Args:
            squares: uint8, (size, size, 3), RGB; at most as many as there is room for.

        Returns:
            (pictures, 3, size, size), channels last in memory, normalised, in the model's order of channels.
        """
        import torch  # noqa: PLC0415  (see __init__)

        if self._stream is None:
            return self._normalised(torch.from_numpy(np.stack(squares)).to(self._device))
        return self._normalised(self._copied(squares, self._stream, next(self._buffers)))

    def _copied(self, squares: Sequence[NDArray[np.uint8]], stream: torch.cuda.Stream, buffer: _Buffer) -> torch.Tensor:
        """Copy to the GPU on the own stream; the current one goes on when that is done."""
        import torch  # noqa: PLC0415  (see __init__)

        buffer.copied.synchronize()
        for place, square in enumerate(squares):
            buffer.pixels[place] = square
        with torch.cuda.stream(stream):
            pixels = buffer.tensor[: len(squares)].to(self._device, non_blocking=True)
            buffer.copied.record(stream)
        current = torch.cuda.current_stream(self._device)
        current.wait_event(buffer.copied)
        pixels.record_stream(current)  # its memory is the other stream's, and may not be given away before it was read
        return pixels

    def _normalised(self, pixels: torch.Tensor) -> torch.Tensor:
        # In float32, rounded once at the end: bfloat16 has 8 bits, and a subtraction in it would lose half a level.
        values = pixels.float().mul_(self._gain).add_(self._shift)
        if self._backward:
            values = values.flip(-1)
        return values.permute(0, 3, 1, 2).to(self._precision)
