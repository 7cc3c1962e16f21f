"""Run a real engine, its worker or its decoder with odd models and pictures: `odd_engine.py serve|worker|decoder PLUGINS`.

PLUGINS is a folder that holds the metadata of an installed package with the adapters as its entry points.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    """Make the adapters known to this process, then be the engine or the worker."""
    role, plugins = sys.argv[1:3]
    sys.path[:0] = [str(Path(__file__).parents[2]), plugins]
    del sys.argv[1:3]
    if role == "worker":
        from engine.jobs import worker  # noqa: PLC0415  (after sys.path is set, here and below)

        worker.main([sys.executable, "-P", __file__, "decoder", plugins])
    if role == "decoder":
        from engine.jobs import decoder  # noqa: PLC0415
        from tests.engine import odd_pictures  # noqa: PLC0415

        odd_pictures.register()
        decoder.main()
        return 0
    from engine.wire import serve  # noqa: PLC0415

    return serve.main([sys.executable, "-P", __file__, "worker", plugins])


if __name__ == "__main__":
    sys.exit(main())
