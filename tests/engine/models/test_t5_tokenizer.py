"""Tests of T5's tokenizer files, made here: no package carries a real one."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from engine import settings
from engine.errors import BadSetting
from engine.models import t5_tokenizer, token_counters

if TYPE_CHECKING:
    from pathlib import Path

    from tokenizers import Tokenizer

pytest.importorskip("tokenizers")

PIECES = [
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    ("▁", -2.0),
    ("▁a", -3.0),
    ("▁cat", -4.0),
    ("▁photo", -4.5),
    ("s", -3.5),
    (",", -3.2),
    *((letter, -6.0) for letter in "abcdefghijklmnopqrtuvwxyz"),
]
UNKNOWN = 2


def _length(value: bytes) -> bytes:
    size = len(value)
    return bytes([size]) if size < 128 else bytes([size & 127 | 128, size >> 7])


def field(number: int, value: bytes | float) -> bytes:
    """Write one field of a protocol buffer; numbers below 128 only."""
    if isinstance(value, bytes):
        return bytes([number << 3 | 2]) + _length(value) + value
    if isinstance(value, int):
        return bytes([number << 3, value])
    return bytes([number << 3 | 5]) + struct.pack("<f", value)


def spiece(kind: int = 1, unknown: bool = True) -> bytes:  # noqa: FBT001, FBT002  (what is wrong with the file)
    """Write a SentencePiece model file, with fields between that nobody asks for."""
    kinds = {0: 3, 1: 3, UNKNOWN: 2 if unknown else 1}
    pieces = (
        field(1, field(1, text.encode()) + field(2, score) + (field(3, kinds[place]) if place in kinds else b""))
        for place, (text, score) in enumerate(PIECES)
    )
    return b"".join(pieces) + field(2, field(3, kind) + field(4, 100)) + field(3, field(1, b"nmt_nfkc"))


def tokenizer() -> Tokenizer:
    """Build the same as the library does for T5."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: PLC0415  (an extra)

    made = Tokenizer(models.Unigram(PIECES, UNKNOWN))
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    made.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    made.enable_truncation(4)
    made.enable_padding(length=4)
    return made


@pytest.fixture
def json_file(tmp_path: Path) -> Path:
    """Write a tokenizer.json that cuts and fills, as published ones do."""
    file = tmp_path / "tokenizer.json"
    tokenizer().save(str(file))
    return file


@pytest.fixture
def spiece_file(tmp_path: Path) -> Path:
    """Write a spiece.model."""
    file = tmp_path / "spiece.model"
    file.write_bytes(spiece())
    return file


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("a photo", 3), ("a cat, a cats", 7), ("", 1), ("  a \n\n a ", 3), ("日本", 3), ("a " * 600, 601)],
)
def test_both_kinds_of_file_count_every_token_and_the_end_mark(
    json_file: Path, spiece_file: Path, text: str, tokens: int
) -> None:
    """Nothing is cut off, nothing filled up, blanks cost nothing, and there is one mark at the end."""
    assert t5_tokenizer.load(str(json_file)).count(text) == tokens
    assert t5_tokenizer.load(str(spiece_file)).count(text) == tokens


@given(text=st.text(st.sampled_from("a cats,\n\t\u3000\u00a8\u200bé日\udcff"), max_size=20))
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_counting_by_words_changes_nothing(json_file: Path, text: str) -> None:
    """A text takes what the tokenizer says of it as a whole."""
    whole = tokenizer()
    whole.no_truncation()
    whole.no_padding()
    expected = len(whole.encode(text.encode("utf-8", "replace").decode()).ids)
    assert t5_tokenizer.load(str(json_file)).count(text) == expected


def test_another_kind_of_tokenizer_is_given_whole_texts(tmp_path: Path) -> None:
    """Where tokens may cross blanks, words do not add up: such a file counts right, too."""
    from tokenizers import Tokenizer, models  # noqa: PLC0415  (an extra)

    made = Tokenizer(models.Unigram([("<unk>", 0.0), ("a", -3.0), ("a a", -1.0), (" ", -2.0)], 0))
    made.save(str(tmp_path / "tokenizer.json"))
    assert t5_tokenizer.load(str(tmp_path / "tokenizer.json")).count("a a") == 1


def test_the_setting_makes_t5_exact(spiece_file: Path) -> None:
    """With a file named in `[tokens]` the budget says so."""
    named = settings.Settings(tokens=settings.Tokens(t5=str(spiece_file)))
    token_counters.check(named)
    budget = token_counters.load(named).budget("a photo")
    assert (budget.t5, budget.t5_exact) == (3, True)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no piece"),
        (b"{", "line 1 column"),
        (b"{}", "holds no tokenizer"),
        (b"hello, world", "SentencePiece"),
        (b"\x0a\xff\x01", "ends too early"),
        (b"\x08" + b"\xff" * 12, "SentencePiece"),
        (spiece(kind=2), "unigram"),
        (spiece(unknown=False), "no piece for"),
        (field(1, field(2, 1.0)), "no text"),
        (field(1, field(1, b"\xff")), "decode"),
    ],
)
def test_a_broken_file_is_named_with_its_setting(tmp_path: Path, content: bytes, reason: str) -> None:
    """One line says which setting names which file, and what is wrong with it."""
    file = tmp_path / "t5.model"
    file.write_bytes(content)
    with pytest.raises(BadSetting) as raised:
        t5_tokenizer.load(str(file))
    assert raised.value.message.startswith(f"tokens.t5: {file} ")
    assert reason in raised.value.message
    assert "\n" not in str(raised.value)


def test_a_missing_file_is_said_before_anything_is_loaded(tmp_path: Path) -> None:
    """The check at the start names setting and file."""
    named = settings.Settings(tokens=settings.Tokens(t5=str(tmp_path / "none.json")))
    with pytest.raises(BadSetting, match=r"tokens\.t5: there is no file .*none\.json"):
        token_counters.check(named)


def test_a_missing_package_is_said_before_anything_is_loaded(json_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can read the file, the hint installs what does."""
    monkeypatch.setattr("engine.models.t5_tokenizer.find_spec", lambda _: None)
    with pytest.raises(BadSetting, match=r"tokens\.t5: .*tokenizers, which is not installed .*pip install"):
        t5_tokenizer.check(str(json_file))
