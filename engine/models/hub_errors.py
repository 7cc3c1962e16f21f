"""What the client of the Hugging Face Hub raises, as one line that says what to do."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from engine.errors import CutlineError, WrongUsage
from engine.models.hub_variables import endpoint, is_offline, reason_of, token_in_force, understood

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAY_PASS = frozenset({408, 429, 500, 502, 503, 504})
"""What a hub answers when it has too much to do."""


class Passing(CutlineError):
    """Try again: what went wrong may be over in a moment."""


@contextmanager
def in_words(repo: str, path: str, revision: str) -> Iterator[None]:
    """Turn what the client raises into one line that says what to do.

    Raises:
        CutlineError: Something went wrong.
    """
    with understood():
        from httpx2 import HTTPError, InvalidURL  # noqa: PLC0415  (what huggingface_hub itself speaks through)
        from huggingface_hub import errors, logging  # noqa: PLC0415  (an extra)

    logging.set_verbosity_error()  # type: ignore[no-untyped-call]  # it would explain at length what is said here in a line
    where, known = endpoint(), token_in_force()
    try:
        yield
    except errors.GatedRepoError as error:
        token = "wait for their answer, or use the token of the account that did" if known else "set HF_TOKEN"
        raise CutlineError(
            f"{repo} is open only to those who accepted its terms", f"accept them at {where}/{repo}, then {token}"
        ) from error
    except errors.RepositoryNotFoundError as error:
        hint = "HF_TOKEN may be of another account" if known else "set HF_TOKEN if it is private"
        raise CutlineError(
            f"{where} has no repository {repo}, or does not show it", f"correct weights.repo of the model; {hint}"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise CutlineError(f"{repo} has no revision {revision}", "correct weights.revision of the model") from error
    except errors.RemoteEntryNotFoundError as error:
        raise CutlineError(f"{repo} has no file {path} at {revision}", "correct weights.files of the model") from error
    except (errors.OfflineModeIsEnabled, errors.LocalEntryNotFoundError) as error:
        raise _unreachable(error, where, path) from error
    except errors.HfHubHTTPError as error:
        raise _refusal(error.response.status_code, where, repo, path) from error
    except InvalidURL as error:
        raise WrongUsage(
            f"{where} cannot be asked: {reason_of(error)}", "correct HF_ENDPOINT, or the proxy in HTTPS_PROXY"
        ) from error
    except HTTPError as error:
        raise Passing(
            f"cannot download {path} from {where}: {reason_of(error)}",
            "look at the connection, then pull again: what came is kept",
        ) from error


def _unreachable(error: Exception, where: str, path: str) -> CutlineError:
    if is_offline():
        return CutlineError(f"cannot download {path}: HF_HUB_OFFLINE is set", "unset it, then pull again")
    return Passing(f"{where} cannot be asked for {path}: {reason_of(error)}", "look at the connection, then pull again")


def _refusal(status: int, where: str, repo: str, path: str) -> CutlineError:
    """Say what an answer means that is about no single thing."""
    said = f"{where} answers {status} for {path}"
    if status == 401:  # noqa: PLR2004  (the number is its name)
        return CutlineError(f"{said}: it does not take HF_TOKEN", f"make a token at {where}/settings/tokens")
    if status == 403:  # noqa: PLR2004
        return CutlineError(f"{said}: HF_TOKEN does not allow it", f"look at {where}/settings/tokens")
    if status in _MAY_PASS:
        return Passing(said, "try again later: what came is kept")
    return CutlineError(said, f"look at {where}/{repo}; weights.repo of the model or HF_ENDPOINT may be wrong")
