"""Tags added to a caption are found again at the next reading, and the prose beside them stays whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.captions.caption import parse, tag_key
from engine.captions.changes.diff import Candidate, Merge, apply, diff
from engine.captions.viewing.view import ViewedTag

PROSE = (
    'A man. He "runs" fast, and jumps.',
    "Woman in red. Smiling.",
    "Blue sky. Green grass. Red house.",
    "A dog.",
    "Two dogs.",
    "a dog.",
    "a dog on grass.",
    "The image shows a dog, a cat, and a bird",
    "This image shows dogs, cats",
    "In this picture we see a street, cars, shops",
    "the photo depicts a busy market, colourful stalls, many people",
    "A photo of a dog, a cat, and a bird",
    "Blue sky, green grass, and a red house",
    "A dog, a cat, and a bird on the grass.",
    "A cat, sitting on a sofa, looks up.",
    "A cat sits.",
    "A cat! It jumps!",
    "Is this a cat? It looks like one.",
    "Woman smiling.",
    "Close-up of face. Blurred background.",
    "Portrait of Anna, smiling, looking at the viewer.",
    "Portrait of Anna, Bob and Carl in front of the house, at night.",
    "Anna, in a red dress, is looking at the viewer.",
    "Eine Katze sitzt auf dem Sofa.",
    "Un chat noir dort sur le canapé. Il fait nuit.",
    "Кошка спит на диване, за окном идёт дождь.",
    "Mount St. Helens is seen from the south, covered in snow.",
    "A house on Mt. Fuji. Snow falls.",
    '"Open" says the sign over the door.',
    "a woman standing in front of a building",
    "woman standing in front of a building with her dog",
    "ohwx man wearing a black suit in the park",
    "ohwx man wearing a black suit in the park, looking at the camera with a smile",
    "two women sitting at a table in the garden",
    "the woman in the park is looking at a dog",
    "there is a cat that is sitting on a sofa",
    "arafed woman in a red dress posing for a picture",
    "a close up of a person holding a cell phone",
    "a painting of a castle on a hill by the sea, with a boat, and birds",
    "a cat is sitting on a sofa.",
    "女の子が街に立っている。",
    "一只黑猫坐在红色的沙发上。背景很暗。",
    "A girl stands in a street, smiling.\nShe holds an umbrella.",
    "A girl stands in a street.\n\nIt rains. Cars pass.",
    "A digital illustration of a young woman with long silver hair, wearing a blue kimono. She smiles, softly.",
    "The scene is set at night... Lanterns glow.",
    "Old man (seen from behind). Snow.",
    "In the foreground, a red car is parked. In the background, there are mountains.",
    "Dramatic lighting. Shallow depth of field. Film grain.",
    "The woman's dress is red, and her hair is black.",
    'He says: "Stop." She doesn\'t.',
)
TAGS = (
    "1girl, solo, smile",
    "1girl, solo, smile.",
    "1girl,solo,",
    "W00lyW0rld airplane",
    "photo of ohwx man",
    "^_^, :), !?, ..., ;o, \\o/, solo",
    "score_9, score_8_up, score_7_up, source_anime",
    "masterpiece, best quality, (red hair:1.2), ((blue eyes)), [simple background]",
    "saber \\(fate\\), fate/stay night, dr. stone, love live! school idol project, st. gloriana's",
    "Love Live! School Idol Project, 1girl, solo.",
    "Hatsune Miku, Blue Hair, Looking At Viewer",
    "Hatsune Miku, Blue Hair, Looking At Viewer.",
    "Long hair, Blue eyes, Red dress.",
    "Hatsune Miku, 1girl, black and white.",
    "Hatsune Miku, solo",
    "Hatsune Miku.",
    "Night.",
    "St. Basil, tower",
    "1girl, the legend of zelda: breath of the wild, link",
    "the king of fighters xiii, 1boy",
    "hatsune miku ||| 1girl, solo ||| smile",
    "1girl\nsolo\nsmile\n",
    "初音ミク, 笑顔, けいおん!, モーニング娘。",
)
BORDERS = (
    "1girl, solo. ",
    "1girl, solo, ",
    "1girl, solo\n",
    "1girl, wow! ",
    "1girl, thumbs up. ",
    "castle, sky, tower. ",
    "Hatsune Miku, solo, blue hair. ",
    "ohwx ||| ",
    "score_9, score_8_up,\n\n",
)
NAMES = (
    ("dark",),
    ("dark", "greyscale"),
    ("lowres", "brown theme", "blurry background"),
    ("hand on another's head", "^_^", "dr. stone", "love live!"),
    ("saber (fate)", "the legend of zelda: breath of the wild", "4k"),
    ("Hatsune Miku",),
    ("no humans", "St. Basil", "K-On!"),
)
MERGES: tuple[Merge, ...] = ("append", "prepend")


def check(text: str, names: tuple[str, ...], merge: Merge = "append") -> None:
    """Tag the text, read it again, and compare."""
    before = parse(text.encode())
    candidate = Candidate(1, "tags", tags=tuple(ViewedTag(n, 0.5, "general", n) for n in names), merge=merge)
    added = [hunk.new for hunk in diff(before, candidate)]
    after = parse(apply(before, diff(before, candidate)))
    old = [tag.text for tag in before.tags]
    assert [tag.text for tag in after.tags] == (added + old if merge == "prepend" else old + added)
    assert diff(after, candidate) == ()
    assert (before.prose is None) == (after.prose is None)
    if before.prose and after.prose:
        assert after.text[slice(*after.prose)] == before.text[slice(*before.prose)]
    assert {tag_key(name) for name in names} <= {tag_key(tag.text) for tag in after.tags}


@pytest.mark.parametrize("text", PROSE)
def test_prose_stays_whole(text: str) -> None:
    """Prose of every kind is prose from its first letter, and tags stand before all of it, each once."""
    assert parse(text.encode()).tags == ()
    for names in NAMES:
        check(text, names)
        check(text + "\n", names, "prepend")


@pytest.mark.parametrize("text", TAGS)
def test_lists_grow_at_their_end(text: str) -> None:
    """A list of tags stays one, and what it was given is known at the next reading."""
    assert parse(text.encode()).kind == "tags"
    for names in NAMES:
        check(text, names)


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("text", PROSE)
def test_tags_go_between_tags_and_prose(border: str, text: str) -> None:
    """Behind tags, too, prose is found whole, and new tags go behind the old."""
    before = parse((border + text).encode())
    assert before.kind == "both"
    assert before.prose is not None
    assert before.text[slice(*before.prose)] == text
    for names in NAMES:
        check(border + text, names)


LIST = st.lists(st.sampled_from(["1girl", "long hair", "black and white", "^_^", "ohwx man", "score_9"]), unique=True)
SENTENCES = st.lists(st.sampled_from([text for text in PROSE if text.endswith(".")]), min_size=1, max_size=3)


@given(
    LIST,
    st.sampled_from([", ", ". ", "\n", ",\n"]),
    SENTENCES.map(" ".join) | st.just(""),
    LIST.map(tuple) | st.sampled_from(NAMES),
    st.sampled_from(MERGES),
)
def test_tagging_twice_is_tagging_once(
    tags: list[str], border: str, text: str, names: tuple[str, ...], merge: Merge
) -> None:
    """Any list, border and text: a second run of the same tagger finds nothing to add, and the prose is untouched."""
    check(", ".join(tags) + border + text if tags else text, names, merge)
