"""What of a picture's file makes its reading fail, for who opened it and keeps that."""

from __future__ import annotations

from PIL import UnidentifiedImageError


def damage(broken: BaseException | None) -> str:
    """Say in one line what is wrong with a file that Pillow could not read, as reading it for a model says it.

    Returns:
        Empty where the file is not to blame: it is gone, the system refuses it, or it is more than memory holds.
    """
    if isinstance(broken, UnidentifiedImageError):
        return "the picture is not a picture of a kind that can be read"
    if isinstance(broken, OSError | SyntaxError) and not getattr(broken, "errno", None):
        return f"the picture is truncated or damaged: {broken}".splitlines()[0]
    return ""
