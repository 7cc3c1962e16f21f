"""Reviewing without a screen: `cutline review DIR --plain`, line by line, over pipes and poor terminals."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from tests.stories.plain_talk import OBEYED, Talk
from tests.stories.sitting import PATIENCE_SECONDS
from tests.stories.test_hostile_text import HOSTILE

if TYPE_CHECKING:
    from tests.stories.desk import Desk


def test_ten_images_are_decided(desk: Desk) -> None:
    """Accept, part of it, another candidate, both merged, reject, edit, amend, skip, set aside, undo: files are right."""
    for number in range(10):
        desk.image(f"{number}.png", caption="cat,\r\n")
    for number in range(8):
        desk.proposal(f"{number}.png", {"sofa": 0.9, "window": 0.8, "lamp": 0.7}, source="one")
    desk.proposal("2.png", {"rug": 0.9}, source="two")
    desk.proposal("3.png", {"sofa": 0.6, "rug": 0.9}, source="two")
    lines = [
        *("a",),  # 0
        *("-2", "a"),  # 1
        *("2", "a"),  # 2
        *("m", "merge", "a"),  # 3: both agree on the sofa
        *("reject",),  # 4
        *("edit a dog", "x"),  # 5
        *("-all", "+>0.75", "amend add:red hat@first drop:cat", "a"),  # 6
        *("a", "u", "redo", "u", "e", "a bird", "that sings", ".", "x"),  # 7
        *("s",),  # 8
        *("aside",),  # 9
        "q",
    ]
    said = talk(desk, lines)
    expected = {
        "0": "cat, sofa, window, lamp,\r\n",
        "1": "cat, sofa, lamp,\r\n",
        "2": "cat, rug,\r\n",
        "3": "cat, sofa,\r\n",
        "4": "cat,\r\n",
        "5": "a dog\r\n",
        "6": "red hat, sofa, window,\r\n",
        "7": "a bird\r\nthat sings\r\n",
        "8": "cat,\r\n",
    }
    found = {name.removesuffix(".txt"): raw.decode() for name, raw in desk.files().items() if name.endswith(".txt")}
    assert found == expected, said
    assert "Everything you decided is on disk." in said
    assert "\x1b" not in said


def talk(desk: Desk, lines: list[str]) -> str:
    """Type lines until the program ends, over pipes, and return everything that was said."""
    with Talk(desk) as person:
        for line in lines[:-1]:
            person(line)
        person.leaves(lines[-1])
        assert person.code == 0
        return person.said


def test_what_is_read_out(desk: Desk) -> None:
    """Place, name, state, size, caption, who proposes what, each change with its number, and the result."""
    desk.image("10_x/1.png", caption="a cat, sofa")
    desk.image("2.png")
    desk.proposal("10_x/1.png", {"window": 0.91, "lamp": 0.72})
    desk.proposal("10_x/1.png", "A cat sits here.")
    with Talk(desk) as person:
        assert "2 images, 2 to decide" in person.first
        assert person.first.endswith(
            "\n1 of 2: 10_x/1.png\npending, 320 by 240, repeated 10 times.\nCaption: a cat, sofa\n"
            "Candidate 2, captioner\nCandidate 1 of 2, tagger, 2 changes, 2 chosen:\n"
            "1 chosen: add window, 0.91\n2 chosen: add lamp, 0.72\nResult: a cat, sofa, window, lamp\n> "
        )
        assert person("-1") == "1 left out: add window, 0.91\nResult: a cat, sofa, lamp\n> "
        assert person("tab") == "2 chosen: add lamp, 0.72\n> "
        assert person("f") == "Now pending, flagged.\n> "
        assert "\nResult: " in person("tokens")
        second = person("2")
        assert "Candidate 1, tagger, 1 chosen\n" in second
        assert "Result: lamp, A cat sits here." in second
        assert "no change here has a score" in person(">0.5")
        second = person("go 2")
        assert "2 of 2: 2.png\nuntouched, 320 by 240.\nNo caption yet.\nNothing is proposed" in second


def test_changed_white_space_is_said_in_words(desk: Desk) -> None:
    """A line that ends elsewhere and a blank too many are words, too: a voice passes over blanks."""
    desk.image("1.png", caption="A cat  sits on a mat. It looks up.")
    desk.proposal("1.png", "A cat sits on a mat.\nIt looks up.\n\nIt is\u00a0old.", merge="replace")
    with Talk(desk) as person:
        assert (
            "\n1 chosen: remove a space\n2 chosen: replace a space by a line break\n3 chosen: add 2 line breaks, then It"
            in (person.first)
        )


def test_what_is_not_understood_does_nothing(desk: Desk) -> None:
    """A slip names the nearest command, an ambiguous word what it may be; arrow keys and stray words decide nothing."""
    desk.image("1.png", caption="cat")
    desk.proposal("1.png", {"sofa": 0.9})
    with Talk(desk) as person:
        assert "did you mean accept?" in person("acept")
        assert "accept, accept candidate" in person("acc")
        assert "takes nothing behind it" in person("a cat")
        assert "there is no command" in person("\x1b[A")
        assert "chooses change 7" in person("77")
        assert "on the screen only" in person("theme")
        assert "there is no change 2" in person("-2")
        assert "+<0.5 chooses those changes" in person("<0.5")
        assert "control characters" in person("edit a\x1b[Ab")
        assert "not UTF-8" in person(b"edit a\xff")
        assert not OBEYED.search(person.said)
        person.leaves()
    desk.caption_file("1.png").reads("cat")
    assert desk.kinds() == []


def test_a_change_from_outside_is_heard_before_it_is_decided_on(desk: Desk) -> None:
    """A decision on what was not read out is held back: the new caption is read, and the same command decides then."""
    desk.image("1.png", caption="cat")
    desk.image("2.png", caption="dog")
    desk.proposal("1.png", {"sofa": 0.9, "window": 0.8})
    with Talk(desk) as person:
        desk.caption_file("1.png").write("a grey cat, sofa")
        held = person("a")
        assert "changed meanwhile. Nothing was done" in held
        assert "Caption: a grey cat, sofa" in held
        desk.caption_file("1.png").reads("a grey cat, sofa")
        desk.proposal("1.png", {"lamp": 0.9}, source="other")
        assert "Candidate 2, other" in person("-1")
        assert "accepted and written" in person("a")
        person.leaves()
    desk.caption_file("1.png").reads("a grey cat, sofa, window")


def test_hostile_text_is_only_read(desk: Desk) -> None:
    """Names, captions and tags that would drive a terminal reach it as signs that do nothing, and files keep them."""
    text = ", ".join(text for text, _ in HOSTILE.values())
    name = "evil\x1b]2;x\x07\u202e\n.png"
    desk.image(name, caption=text + "\n> q\nResult: nothing")
    desk.proposal(name, {HOSTILE["clear"][0] + "2": 0.9, "\x9b31m\u2066 x": 0.8}, source="a\x1b[2J")
    desk.proposal(name, f"{text}. A cat sits here.", source="b")
    with Talk(desk) as person:
        lines = ("", "2", "split 1", "m", "+all", "toggle", "edit change 1", "", "e", "", "go evil", "filter evil")
        for line in (*lines, "help", "counts", "order", "A"):
            person(line)
        person("a")
        person.leaves()
        assert not OBEYED.search(person.said)
        assert person.code == 0
    raw = desk.caption_file(name).path.read_bytes()
    assert raw.startswith(text.encode()[:20])


def test_a_terminal_that_can_do_nothing(desk: Desk) -> None:
    """On a pty with TERM=dumb no escape sequence is sent; Ctrl-C leaves with 130, and what was decided stands."""
    desk.image("1.png", caption="cat")
    desk.image("2.png", caption="dog")
    desk.proposal("1.png", {"sofa": 0.9})
    with Talk(desk, terminal=True) as person:
        assert "accepted and written" in person("a")
        assert "text> " in person("edit")
        person("half a")
        assert person.interrupt().endswith("interrupted\n")
        assert person.code == 130
        assert b"\x1b" not in person.raw
    desk.caption_file("1.png").reads("cat, sofa")
    desk.caption_file("2.png").reads("dog")
    with Talk(desk, terminal=True) as person:
        assert "1 draft is of earlier sittings" in person.first
        assert "A draft of yours waits here" in person("go 2.png")
        assert "Your draft: half a" in person("e")
        person("word")
        assert "edited and written" in person(".")
        person.leaves()
    desk.caption_file("2.png").reads("half a\nword")


def test_a_change_written_anew_outlives_moving_on_and_leaving(desk: Desk) -> None:
    """It is so again when one comes back, as proposed when that is asked for, and a draft when one leaves undecided."""
    desk.images("1.png", "2.png", caption="cat")
    desk.proposal("1.png", {"sofa": 0.9})
    with Talk(desk) as person:
        assert "Result: cat, red sofa" in person("edit change 1 red sofa")
        person("j")
        assert "Result: cat, red sofa" in person("k")
        assert "Result: cat, sofa" in person("as proposed")
        assert "Result: cat, red sofa" in person("as proposed")
        said = person.end_of_input()
        assert "1 draft is kept and not written, with what you wrote into changes and did not accept" in said
    with Talk(desk) as person:
        assert "Your draft: cat, red sofa" in person("edit")
        person(".")
        person.leaves()
    desk.caption_file("1.png").reads("cat, red sofa")


def test_the_input_ends_in_the_middle(desk: Desk) -> None:
    """End of input leaves: what was decided is on disk, a threshold that was moved is in force, typed text is a draft."""
    desk.images("1.png", "2.png", caption="cat")
    desk.proposal("1.png", {"sofa": 0.9, "lamp": 0.36})
    desk.proposal("2.png", {"sofa": 0.9, "lamp": 0.36})
    with Talk(desk) as person:
        assert "add lamp" in person.first
        person("] 5")
        person("a")
        person("edit")
        person("unfinished")
        assert "Kept as a draft" in person.end_of_input()
        assert person.code == 0
    desk.caption_file("1.png").reads("cat, sofa")
    desk.caption_file("2.png").reads("cat")
    assert desk.kinds() == ["view", "accept"]
    with desk.workspace() as workspace:
        assert [draft.text for draft in workspace.drafts_kept().values()] == ["unfinished"]


def test_a_filter_an_order_and_an_empty_queue(desk: Desk) -> None:
    """The queue begins with `--filter` and `--sort`, is filtered anew by typing, and a filter that fits none is refused."""
    for name in "abc":
        desk.image(f"{name}.png", caption=f"cat, {name}")
    desk.proposal("a.png", {"sofa": 0.9})
    with Talk(desk, "--filter", "NOT tag:b", "--sort=-name") as person:
        assert "1 of 2: c.png" in person.first
        assert "1 of 1: b.png" in person("/tag:b")
        assert "no image fits tag:x" in person("filter tag:x")
        assert "there is source:tagger" in person("filter source:agg")
        assert "character" in person("filter tag:(") or "column" in person("filter tag:(")
        assert "2 of 3: b.png" in person("filter")
        assert "1 of 3: a.png" in person("order name")
        assert "2 of 3: b.png" in person("w")
        assert "2 images in the queue" in person("limit 2")
        assert "3 images in the queue" in person("limit")
        person.leaves("exit")


def test_help_and_a_missing_folder(desk: Desk) -> None:
    """Help is made from the actions and names no key that cannot be typed; a folder that is not there is one line."""
    desk.image("1.png")
    with Talk(desk) as person:
        said = person("help")
        assert "accept a: Write what is chosen" in said
        assert "ctrl" not in said
        assert "Take back the last step" in person("help undo")
        assert "] 5 by 0.05" in person("help all")
        assert not OBEYED.search(person.said)
        person.leaves()
    ran = desk.cutline("review", "nowhere", "--plain")
    assert ran.code == 2
    assert len(ran.err.splitlines()) == 1


def test_results_of_a_job_come_in(desk: Desk) -> None:
    """What the engine finds while somebody reviews is heard with the next command, and can be decided on."""
    desk.image("1.png", caption="cat")
    assert desk.cutline("tag", ".", "--model", "pixel_stats", "--detach").code == 0
    with Talk(desk) as person:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "pixel_stats" not in person("read"):
            assert time.monotonic() < deadline, person.said
            time.sleep(0.05)
        assert "accepted and written" in person("a")
        person.leaves()
    assert desk.kinds()[-1] == "accept"


def test_typed_text_outlives_a_change_from_outside_and_a_kill(desk: Desk) -> None:
    """A text that cannot be written is a draft, which is written over the new caption only when asked again."""
    desk.image("1.png", caption="cat")
    with Talk(desk) as person:
        person("edit")
        person("my text")
        desk.caption_file("1.png").write("theirs")
        said = person(".")
        assert "kept as a draft" in said
        assert "Caption: theirs" in said
        desk.caption_file("1.png").reads("theirs")
        assert "a draft of yours waits here" in person("edit another")
        again = person("edit")
        assert "changed since you began this draft" in again
        assert "Your draft: my text" in again
        person("goes on")  # and here the process is killed
    with Talk(desk) as person:
        assert "A draft of yours waits here" in person.first
        person("edit")
        assert "edited and written" in person(".")
        assert "there is no draft here" in person("forget")
        person.leaves()
    desk.caption_file("1.png").reads("my text\ngoes on")
