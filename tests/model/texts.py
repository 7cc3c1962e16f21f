"""What random people write: captions, tags, edits, proposals."""

from __future__ import annotations

from hypothesis import strategies as st

TAGS = ("cat", "dog", "red hat", "tree", "blue sky", "lamp", "1girl")
PROSE = (
    "A dog runs over a wide green field.",
    "A cat sits on the sofa, and a lamp is behind it.",
    "Two people walk.\nIt rains.",
)

lines = st.lists(st.sampled_from(TAGS), unique=True, max_size=4).map(", ".join)
"""Tags on one line."""

odd = st.sampled_from(
    (
        b"",
        b"\n",
        b"  \r\n",
        b"cat,dog , tree,",
        b"cat, dog\r\ntree\r\n",
        b"cat, dog\ntree\r\n",
        b"cat, cat, Dog",
        b"cat, dog. A dog runs over a wide green field.",
        b"caf\xe9, dog",
        b"\xff\xfec\0a\0t\0",
        b"(cat:1.2), [dog] ||| tree",
        b"\xef\xbb\xbf",
        *(text.encode() for text in PROSE),
    )
)
"""Captions that a naive program cannot take apart."""

captions = st.one_of(
    lines.map(str.encode),
    st.builds(
        lambda head, line, tail: head + line.encode() + tail,
        st.sampled_from((b"", b"\xef\xbb\xbf")),
        lines,
        st.sampled_from((b"", b"\n", b"\r\n")),
    ),
    odd,
)
"""What a program outside writes into a caption file."""

typed = st.one_of(lines, st.sampled_from(PROSE), st.text(st.characters(exclude_categories=["C"]), max_size=12))
"""What a person types."""

words = st.integers(0, 10**6).map("number {}".format)
"""What nobody wrote before."""

edits = st.lists(
    st.one_of(
        st.sampled_from(TAGS).map("drop:{}".format),
        st.sampled_from(TAGS).map("add:{}".format),
        st.sampled_from(TAGS).map("add:{}@first".format),
        st.permutations(TAGS).map(lambda tags: f"rename:{tags[0]}={tags[1]}"),
        st.permutations(TAGS).map(lambda tags: f"order:first={tags[0]},{tags[1]}"),
        st.sampled_from(("prefix:photo, ", "suffix:, end", "dedupe")),
    ),
    min_size=1,
    max_size=3,
)
"""Bulk edits."""

some_tags = st.lists(st.sampled_from(TAGS), unique=True, min_size=1, max_size=4).map(tuple)
proposals = st.one_of(
    st.tuples(st.just("tagger"), st.just("append"), some_tags),
    st.tuples(st.just("wide"), st.just("prepend"), some_tags),
    st.tuples(st.just("second"), st.just("replace"), some_tags),
    st.tuples(st.just("captioner"), st.just("fill"), st.sampled_from(PROSE[:2])),
    st.tuples(st.just("rewriter"), st.just("replace"), st.sampled_from(PROSE[:2])),
)
"""Source, merge, and what is proposed."""
