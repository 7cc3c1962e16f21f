"""What the system refuses to write, said in one line with what helps."""

from __future__ import annotations

import errno

from engine.errors import NotWritable

PERMISSION = "give yourself permission to write the caption and its folder"
_HINTS = {
    errno.ENOSPC: "make room on the disk",
    errno.EDQUOT: "your quota on this disk is used up; make room",
    errno.EFBIG: "files may not grow this large here; see `ulimit -f`",
    errno.EROFS: "the file system is mounted read-only",
    errno.EACCES: PERMISSION,
    errno.EPERM: PERMISSION,
    errno.ENAMETOOLONG: "shorten the image's name",
    errno.EEXIST: "a temporary file of cutline's is in the way; look into it, then remove it",
    errno.ENOENT: "its folder is gone",
}


class refusing:  # noqa: N801  (used as a function; a generator costs three times as much, and this runs often)
    """Turn the system's refusal into `NotWritable` with a hint; only for steps that leave the caption alone."""

    __slots__ = ("_label",)

    def __init__(self, label: str) -> None:
        """Take the caption's key as text, for the message."""
        self._label = label

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: object) -> None:
        """Turn an OSError; let all others through."""
        if isinstance(error, OSError):
            raise refusal(self._label, error) from error


def refusal(label: str, error: OSError) -> NotWritable:
    """Say that the system refused to write a caption, and what helps."""
    return NotWritable(f"{label} cannot be written: {error.strerror}", _HINTS.get(error.errno or 0, ""))
