"""T5's tokenizer, from the file that a setting names: `tokenizer.json`, or SentencePiece's `spiece.model`."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from engine.captions.tokens.tokens import TextCounter
from engine.errors import BadSetting
from engine.models import sentencepiece_file

if TYPE_CHECKING:
    from tokenizers import Tokenizer

SETTING = "tokens.t5"
_PROBE = ("a", "b", "c")
"""A tokenizer whose tokens never cross a blank takes these one by one as it does together, whatever blanks there are."""


def check(path: str) -> None:
    """Look whether a tokenizer file can be read, without reading it.

    Args:
        path: As the setting says it; `~` is the home folder.

    Raises:
        BadSetting: It is not there, may not be read, or the package that reads it is not installed.
    """
    file = Path(path).expanduser()
    if not file.is_file():
        raise BadSetting(f"{SETTING}: there is no file {file}", "name a tokenizer.json or spiece.model, or remove it")
    if find_spec("tokenizers") is None:
        raise BadSetting(
            f"{SETTING}: reading {file} needs the package tokenizers, which is not installed",
            "in cutline's folder run: pip install -e '.[tokens]'",
        )


def load(path: str) -> TextCounter:
    """Read a tokenizer file.

    Raises:
        BadSetting: It cannot be read, or holds no tokenizer; names setting and file.
    """
    check(path)
    file = Path(path).expanduser()
    try:
        data = file.read_bytes()
        tokenizer = _of_json(data) if data.lstrip()[:1] == b"{" else _of_sentencepiece(data)
    except OSError as error:
        raise BadSetting(f"{SETTING}: {file} cannot be read: {error.strerror}", "give permission to read it") from error
    except Exception as error:  # the library raises nothing narrower for a file that is wrong
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise BadSetting(
            f"{SETTING}: {file} holds no tokenizer: {reason}", "name a tokenizer.json or spiece.model, or remove it"
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(text: str) -> int:
        sound = text.encode("utf-8", "replace").decode()
        return len(tokenizer.encode(sound, add_special_tokens=False).ids)

    marks = len(tokenizer.encode("").ids)
    by_words = count("a  b \n c ") == sum(map(count, _PROBE)) == count("\ta b  c")
    return TextCounter(count, marks, by_words=by_words)


def _of_json(data: bytes) -> Tokenizer:
    """Read what the library itself writes."""
    from tokenizers import Tokenizer  # noqa: PLC0415  (an extra)

    json.loads(data)  # its reason names line and column, that of the library does not
    return Tokenizer.from_str(data.decode())


def _of_sentencepiece(data: bytes) -> Tokenizer:
    """Build what the pieces of a SentencePiece model describe."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: PLC0415  (an extra)

    model = sentencepiece_file.read(data)
    tokenizer = Tokenizer(models.Unigram(list(model.pieces), model.unknown))
    if model.characters:
        tokenizer.normalizer = normalizers.Precompiled(model.characters)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    end = next((place for place, (piece, _) in enumerate(model.pieces) if piece == "</s>"), None)
    if end is not None:
        tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", end)])
    return tokenizer
