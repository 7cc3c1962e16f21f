"""A torch model called as it is, or compiled for parts of one size, if it can be."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

log = logging.getLogger("cutline.worker")

_FAILURES = (RuntimeError, OSError, ImportError)
"""What torch.compile raises where it lacks a C compiler, Python's headers or Triton, or meets what it cannot compile."""


class Forward:
    """Calls a model."""

    def __init__(self, model: torch.nn.Module, backend: str | Callable[..., object] = "inductor") -> None:
        """Keep the model.

        Args:
            model: On its device.
            backend: What compiles it, or torch's word for that.
        """
        self._model, self._backend = model, backend
        self._compiled: torch.nn.Module | None = None
        self._can_compile = True

    def __call__(self, pixels: torch.Tensor, *, compiled: bool) -> torch.Tensor:
        """Return what the model says, one row a picture.

        Args:
            pixels: (pictures, 3, height, width).
            compiled: Whether it may be compiled for this shape, which takes up to minutes the first time.

        Raises:
            torch.OutOfMemoryError: The pictures do not fit.
        """
        if compiled and self._can_compile:
            answer = self._try_compiled(pixels)
            if answer is not None:
                return answer
        said: torch.Tensor = self._model(pixels)
        return said

    def _try_compiled(self, pixels: torch.Tensor) -> torch.Tensor | None:
        """Return what the compiled model says; None, from now on, where it cannot be compiled."""
        import torch  # noqa: PLC0415  (takes seconds; only who loads such a model pays for it)

        try:
            if self._compiled is None:
                self._compiled = torch.compile(self._model, dynamic=False, backend=self._backend)
            answer: torch.Tensor = self._compiled(pixels)
        except torch.OutOfMemoryError:
            raise
        except _FAILURES as error:
            said = " ".join(str(error).split())[:300]
            log.warning("torch.compile failed, going on without it: %s: %s", type(error).__name__, said)
            self._can_compile, self._compiled = False, None
            return None
        return answer
