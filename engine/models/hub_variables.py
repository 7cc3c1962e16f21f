"""What the person's variables tell the client of the Hugging Face Hub: where it is, whether to ask, with which token."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from engine.errors import WrongUsage

if TYPE_CHECKING:
    from collections.abc import Iterator


def endpoint() -> str:
    """Return the address of the hub: HF_ENDPOINT, or the public one.

    Raises:
        WrongUsage: huggingface_hub is not installed, or a variable that it reads is wrong.
    """
    with understood():
        from huggingface_hub import constants  # noqa: PLC0415  (an extra)

    return os.environ.get("HF_ENDPOINT", constants.ENDPOINT).rstrip("/")


def is_offline() -> bool:
    """Say whether HF_HUB_OFFLINE forbids asking the hub.

    Raises:
        WrongUsage: huggingface_hub is not installed, or a variable that it reads is wrong.
    """
    with understood():
        from huggingface_hub import constants  # noqa: PLC0415  (an extra)

    return constants.is_offline_mode()


@contextmanager
def understood() -> Iterator[None]:
    """Say what to install where huggingface_hub is missing, and what to correct where it does not like a variable.

    Raises:
        WrongUsage: It is, or does not.
    """
    _check_endpoint()  # it cannot even be imported with some that are wrong
    try:
        yield
    except ImportError as error:
        raise WrongUsage(
            f"downloading needs {error.name}, which is not installed",
            "in cutline's folder run: pip install -e '.[cpu]', or '.[gpu]'",
        ) from error
    except ValueError as error:
        raise WrongUsage(
            f"huggingface_hub cannot read its variables: {reason_of(error)}", "correct those that begin with HF_"
        ) from error


def _check_endpoint() -> None:
    """Look whether HF_ENDPOINT, if it is set, can be an address.

    Raises:
        WrongUsage: It cannot.
    """
    said = os.environ.get("HF_ENDPOINT", "https://hub")
    try:
        parts = urlsplit(said)
        right = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        right = False
    if not right or not said.isprintable() or " " in said:
        wrong = f"is no address of a hub: {said}" if said else "is empty"
        raise WrongUsage(f"HF_ENDPOINT {wrong}", "unset it, or set it to one that begins with https://")


def token_in_force() -> str:
    """Return the token of the person; empty for none.

    Raises:
        WrongUsage: It cannot be read, or sent.
    """
    from huggingface_hub import constants, get_token  # noqa: PLC0415  (an extra)

    kept, said = constants.HF_TOKEN_PATH, os.environ.get
    try:
        token = get_token() or ""
    except (OSError, UnicodeError) as error:
        reason = (isinstance(error, OSError) and error.strerror) or "it is no text"
        hint = "HF_TOKEN_PATH name a file" if said("HF_TOKEN_PATH") else "HF_HOME name a folder"
        raise WrongUsage(f"no token can be read from {kept}: {reason}", f"let {hint} that can be read") from error
    if not (token.isascii() and token.isprintable()):
        where = next((name for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") if said(name)), kept)
        raise WrongUsage(
            f"{where} holds no token: letters without accents, digits and _ make one", "copy it anew, or unset HF_TOKEN"
        )
    return token


def reason_of(error: BaseException) -> str:
    """Return what went wrong in a few words, of the first cause that has any."""
    while not str(error) and (error.__cause__ or error.__context__):
        error = error.__cause__ or error.__context__ or error
    return (str(error) or type(error).__name__).splitlines()[0]
