"""When an app under test has come to rest: sooner than Textual's pilot finds out, and surer."""

from __future__ import annotations

import asyncio
import time

import textual.app
import textual.pilot
import textual.screen

LOOK_SECONDS = 0.002
"""How often is looked."""
STREAM_SECONDS = 0.1
"""After so long an event loop that always has something due soon is one into which results stream."""
FRAME_SECONDS = 0.004
"""Between one frame and the next; Textual has 17 ms."""
SOON_SECONDS = 0.02
"""What is due so soon is waited for: a frame that is to be drawn, above all."""
BUSY_SHARE = 0.05
"""Of a processor, up to which the process counts as idle: threads work, too."""


async def wait_for_idle(min_sleep: float = 0.0, max_sleep: float = 1.0) -> None:
    """Wait until nothing is ready or due soon on the event loop, and no thread works.

    Textual's own looks at the processor's time alone, for 20 ms, three times a key: half of each story was that.

    Args:
        min_sleep: At least so long, in seconds.
        max_sleep: At most so long, in seconds.
    """
    began = time.monotonic()
    while (passed := time.monotonic() - began) < max_sleep:
        worked = time.process_time()
        await asyncio.sleep(LOOK_SECONDS)
        if passed < min_sleep or time.process_time() - worked > LOOK_SECONDS * BUSY_SHARE:
            continue
        if _rests() or passed > STREAM_SECONDS:
            return


def _rests() -> bool:
    """Tell whether the event loop has nothing to do now and soon."""
    loop = asyncio.get_running_loop()
    assert isinstance(loop, asyncio.BaseEventLoop)
    soon = loop.time() + SOON_SECONDS
    ready: object = getattr(loop, "_ready")  # noqa: B009 - of Python's own loop; typeshed does not know it
    scheduled: list[asyncio.TimerHandle] = getattr(loop, "_scheduled")  # noqa: B009 - the same
    return not ready and not any(due.when() < soon and not due.cancelled() for due in scheduled)


def install() -> None:
    """Let every pilot wait so, and a frame be drawn soon after it is asked for: nobody sees these."""
    textual.screen.UPDATE_PERIOD = FRAME_SECONDS  # type: ignore[misc] # Final for everybody but tests
    for module in (textual.app, textual.pilot):
        setattr(module, wait_for_idle.__name__, wait_for_idle)
