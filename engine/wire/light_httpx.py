"""httpx without its command line, which it would load, and rich with it, wherever rich is installed."""

from __future__ import annotations

import sys

sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None: this module cannot be imported
import httpx  # noqa: E402  (after the line above, on purpose)

__all__ = ["httpx"]
