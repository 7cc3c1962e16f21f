"""Asking models about decoded pictures: in batches that fit, and so that one bad picture fails alone."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

from engine.captions.viewing import scores
from engine.errors import CutlineError
from engine.jobs.batching import BatchSize, is_out_of_memory
from engine.jobs.frames import Outcome
from engine.models.contract import Ask, Scored, Written
from engine.wire.protocol import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.jobs.backlog import Ready
    from engine.jobs.calls import Calls
    from engine.jobs.frames import Order, Task
    from engine.jobs.held_models import Held, HeldModels

log = logging.getLogger("cutline.worker")


class Asking:
    """Asks the models that a worker holds; several threads may."""

    def __init__(
        self, models: HeldModels, calls: Calls, tell: Callable[[Outcome], None], after_call: Callable[[], None]
    ) -> None:
        """Set up.

        Args:
            models: Those there are.
            calls: Where the time spent in models is counted.
            tell: Called with what came of each picture.
            after_call: Called after each call of a model, to tidy up after it.
        """
        self._models = models
        self._calls = calls
        self._tell = tell
        self._after_call = after_call
        self._sizes: dict[str, BatchSize] = {}

    @property
    def largest_batch(self) -> int:
        """The largest of all models' batches as they are now."""
        return max((size.now for size in list(self._sizes.values())), default=1)

    def size(self, order: Order) -> int:
        """Say how many pictures the model of an order may be given at once."""
        known = self._sizes.get(order.model)
        return 1 if known is None else known.now

    def ask(self, batch: Sequence[Ready]) -> None:
        """Ask about pictures of one question, all at once if they fit, and tell what came of each."""
        order, rest = batch[0].order, list(batch)
        made_room = False
        while rest:
            start = time.perf_counter()
            part = rest[: self.size(order)]
            answers = self._try(part)
            if isinstance(answers, Exception):
                if self._can_be_smaller(order, len(part), answers):
                    continue
                if len(part) == 1 and is_out_of_memory(answers) and not made_room:
                    made_room = True
                    self._models.drop_others(order.model, order.device)
                    continue
                if len(part) > 1:  # one of them is at fault, perhaps
                    for one in part:
                        self.ask([one])
                    del rest[: len(part)]
                    continue
                self.fail(order, part[0].task, answers, part[0].seconds, part[0].picture.digest.hex())
            else:
                self._report(part, answers, (time.perf_counter() - start) / len(part))
            del rest[: len(part)]
            made_room = False

    def fail(self, order: Order, task: Task, error: Exception, seconds: float, digest: str = "") -> None:
        """Tell that a picture has no answer, and why."""
        failure = failure_of(error, order.model)
        if failure.code == "adapter":
            log.error("%s failed on %r", order.model, task.path, exc_info=error)
        self._tell(Outcome(order.job, order.step, task.place, digest, seconds, error=failure))

    def _try(self, part: Sequence[Ready]) -> tuple[Held, Sequence[Scored | Written | Exception]] | Exception:
        """Ask once; return what is raised, without what it holds in memory if that is the trouble."""
        order = part[0].order
        ask = Ask(order.options, (order.prompt,) * len(part) if order.prompt else ())
        try:
            with self._models.use(order) as held:
                if held.adapter.calls == "batches" and order.model not in self._sizes:
                    self._sizes[order.model] = BatchSize(held.entry.most_batch)
                try:
                    with self._calls.waiting(order.model, held.entry.patience_seconds):
                        answers = held.adapter.answer([ready.picture for ready in part], ask)
                finally:
                    self._after_call()
        except Exception as error:  # noqa: BLE001  (the border of one job item)
            if is_out_of_memory(error):
                error.__traceback__ = error.__context__ = error.__cause__ = None
            return error
        if len(answers) != len(part):
            return ValueError(f"{len(answers)} answers to {len(part)} pictures")
        if order.model in self._sizes:
            self._sizes[order.model].fitted(len(part))
        return held, answers

    def _can_be_smaller(self, order: Order, count: int, error: Exception) -> bool:
        """Say whether the same pictures may fit in parts, and make the next batches smaller then."""
        if count == 1 or not is_out_of_memory(error):
            return False
        self._sizes[order.model].did_not_fit(count)
        log.warning("%s: %d pictures did not fit in memory, going on with %d", order.model, count, self.size(order))
        return True

    def _report(
        self, part: Sequence[Ready], answered: tuple[Held, Sequence[Scored | Written | Exception]], spent: float
    ) -> None:
        held, answers = answered
        for ready, answer in zip(part, answers, strict=True):
            order, task, picture, seconds = ready
            try:
                self._tell(_outcome(ready, held.labels, answer, seconds + spent))
            except Exception as error:  # noqa: BLE001  (the border of one job item)
                self.fail(order, task, error, seconds + spent, picture.digest.hex())


def _outcome(ready: Ready, labels: str, answer: Scored | Written | Exception, seconds: float) -> Outcome:
    order, digest = ready.order, ready.picture.digest.hex()
    if isinstance(answer, Exception):
        raise answer
    if isinstance(answer, Written):
        return Outcome(order.job, order.step, ready.task.place, digest, seconds, text=answer.text)
    packed = scores.pack(answer.pairs, order.floor)
    return Outcome(order.job, order.step, ready.task.place, digest, seconds, labels, packed)


def failure_of(error: Exception, model: str) -> Failure:
    """Say in one line why a picture has no answer."""
    if isinstance(error, CutlineError):
        return Failure(error.code, error.message, error.hint)
    if is_out_of_memory(error):
        return Failure(
            "out-of-memory", f"{model} does not fit in memory with this picture", "close other programs", True
        )
    said = " ".join(str(error).split())
    return Failure(
        "adapter",
        f"{model} failed: {type(error).__name__}{': ' if said else ''}{said[:300]}",
        "see: cutline engine logs",
    )
