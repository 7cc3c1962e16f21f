"""The best that can be had of a tagger's graph: bare loops over one session, on tensors that are ready in memory.

Run in a process of its own as `python -m tests.bench.bare_session MODEL.onnx IMAGES`; prints images a second by plan.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import onnxruntime

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Plan(NamedTuple):
    """How a session is called."""

    callers: int
    intra: int
    batch: int

    @property
    def words(self) -> str:
        """What it is called in a table."""
        return f"{self.callers} × intra {self.intra}, batch {self.batch}"


PLANS = (Plan(2, 1, 1), Plan(1, 2, 1), Plan(1, 2, 4))


def speed(model: str, plan: Plan, images: int) -> float:
    """Return images a second of one plan, loading and the first calls left out."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = plan.intra
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    (given,) = session.get_inputs()
    chance = np.random.default_rng(0)
    tensor: NDArray[np.float32] = chance.uniform(0, 255, (plan.batch, *given.shape[1:])).astype(np.float32)

    def call(_: int) -> None:
        session.run(None, {given.name: tensor})

    with ThreadPoolExecutor(plan.callers) as callers:
        list(callers.map(call, range(plan.callers)))
        start = time.perf_counter()
        list(callers.map(call, range(images // plan.batch)))
        return images // plan.batch * plan.batch / (time.perf_counter() - start)


def main() -> None:
    """Measure every plan."""
    model, images = sys.argv[1], int(sys.argv[2])
    print(json.dumps({plan.words: speed(model, plan, images) for plan in PLANS}))


if __name__ == "__main__":
    main()
