"""What a catalogue entry says about a tagger's graph and its labels: tables of numbers and words, no code."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

_MOST = 1e9
"""Beyond all that pixels are scaled with; it keeps out infinity."""
Finite = Annotated[float, msgspec.Meta(ge=-_MOST, le=_MOST)]
Divisor = Annotated[float, msgspec.Meta(gt=0, le=_MOST)]


class Graph(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[graph]`: what goes in, as a function of the fitted uint8 RGB square, and what comes out."""

    layout: Literal["read", "NHWC", "NCHW"] = "read"
    """`read` takes it from the graph's input; another value must agree with the graph."""
    channels: Literal["RGB", "BGR"] = "RGB"
    scale: Divisor = 255.0
    """Pixels 0 to 255 are divided by it first."""
    mean: tuple[Finite, Finite, Finite] = (0.0, 0.0, 0.0)
    """Subtracted next; R, G, B, whatever order the channels have in the graph."""
    std: tuple[Divisor, Divisor, Divisor] = (1.0, 1.0, 1.0)
    """Divided by last; R, G, B."""
    outputs: Annotated[tuple[str | Annotated[int, msgspec.Meta(ge=0)], ...], msgspec.Meta(min_length=1)] = (0,)
    """Names or places of the output that holds a score for each label; the first that the graph has."""
    activation: Literal["none", "sigmoid"] = "none"
    """What turns that output into scores from 0 to 1: nothing, or the logistic function."""
    spare_outputs: Annotated[int, msgspec.Meta(ge=0)] = 0
    """After the last label there may be exactly so many outputs more; they are cut off."""


class LabelFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The table `[labels]`: how the file of the role `labels` is read. Row order is output order."""

    reader: Literal["csv", "lines", "camie", "cl"]
    """`csv`: by its header, a row a label; `lines`: a tag a line; `camie` and `cl`: their JSON files."""
    name: str = "name"
    """The csv column of the tag."""
    category: str = "category"
    """The csv column of the category; empty where there is none."""
    categories: dict[str, str] = {}
    """The file's word or number for a category → ours: general, character, copyright, artist, meta, rating, year, ...; one
    that is not here is an error. Without this table the file's own words hold, in small letters, and `general` where it
    has none."""
    category_prefixes: dict[str, str] = {}
    """A beginning of tag names, which is cut off → the category of those tags: `rating:` → rating."""
    derived: str = ""
    """The csv column that holds a JSON list of tags which follow from this one (series of a character); empty for none.
    Such a tag is scored like the best of those that it follows from."""
    derived_category: str = "copyright"
