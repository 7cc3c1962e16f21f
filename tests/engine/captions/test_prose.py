"""Where prose begins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.prose import prose_start


@pytest.mark.parametrize(
    "text",
    [
        "1girl, solo, smile",
        "1girl, solo, smile.",
        "solo",
        "W00lyW0rld airplane",
        "photo of ohwx man",
        "ohwx, man, park",
        "^_^, :), !?, ..., ;o, \\o/, solo",
        "score_9, score_8_up, score_7_up, source_anime",
        "masterpiece, best quality, (red hair:1.2), ((blue eyes)), [simple background]",
        "saber \\(fate\\), fate/stay night, dr. stone, love live! school idol project, st. gloriana's",
        "Love Live! School Idol Project, 1girl, solo.",
        "Hatsune Miku, Blue Hair, Looking At Viewer",
        "Hatsune Miku, The World, 1girl.",
        "1girl, the legend of zelda: breath of the wild, link, solo",
        "hatsune miku ||| 1girl, solo ||| smile",
        "ohwx ||| a ||| tall ||| man",
        "1girl\nsolo\nsmile\n",
        "初音ミク, 笑顔, けいおん!, モーニング娘。",
        "looking at viewer, hand on another's head, black and white, girl on top",
        "",
        " \r\n",
        ", ,",
    ],
)
def test_lists_of_tags_have_no_prose(text: str) -> None:
    """Booru lists, single tags, trigger words, kaomoji, weights, escapes and titles are tags."""
    assert prose_start(text, ",") is None


@pytest.mark.parametrize(
    ("tags", "prose"),
    [
        ("", "A cat, sitting on a sofa, looks up."),
        ("", "A cat sits."),
        ("", "Portrait of Anna, smiling, looking at the viewer."),
        ("", "Eine Katze sitzt auf dem Sofa."),
        ("", "Mount St. Helens is seen from the south, covered in snow."),
        ("", '"Open" says the sign over the door.'),
        ("", "a woman standing in front of a building"),
        ("", "a woman standing in front of a building with a cat on her shoulder, holding a cup"),
        ("", "ohwx man wearing a black suit in the park"),
        ("", "a cat is sitting on a sofa."),
        ("", "女の子が街に立っている。"),
        ("  \n", "A cat sits on a mat.\nIt is black."),
        ("1girl, solo. ", "A girl stands in a street, smiling."),
        ("1girl, solo, ", "A girl stands in a street, smiling."),
        ("1girl, solo\n\n", "A girl stands in a street, smiling."),
        ("1girl, solo\r\n", "a girl standing in a street with an umbrella"),
        ("1girl, solo, ", "a girl standing in the rain with an umbrella, holding a very big flower"),
        ("score_9, score_8_up, ", "A girl is standing in the rain. She holds an umbrella."),
        ("Hatsune Miku, solo, blue hair. ", "A girl stands here."),
        ("Hatsune Miku, blue hair, ", "A girl stands in the street."),
        ("1girl, solo, ", "一只猫坐在沙发上。"),
    ],
)
def test_prose_begins_behind_the_tags(tags: str, prose: str) -> None:
    """Sentences and captioners' phrases are found, at the start and behind tags."""
    assert prose_start(tags + prose, ",") == len(tags)


@given(st.text(st.sampled_from("aA .,!?\n。'\"(") | st.characters()), st.sampled_from(",;|\n"))
def test_prose_begins_with_a_visible_sign(text: str, separator: str) -> None:
    """Whatever the text, prose begins inside it and not with white space."""
    begin = prose_start(text, separator)
    assert begin is None or not text[begin].isspace()
