"""One dataset in random hands: sessions that come and go, models that propose, programs that write into the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.model import texts
from tests.model.nouns import Seen, caption_of
from tests.model.world import NAMES, World

if TYPE_CHECKING:
    from pathlib import Path

    from engine.review.frames import Frame
    from tests.model.bytes_model import BytesModel

FRESH = ("n1.png", "n2.png", "sub/n3.png", "n4.png", "n5.png", "sub/n6.png")
"""Names that images are given."""
FEWEST = 3
"""Photos that are left in the folder."""

who = st.integers(0, 1)
which = st.integers(0, 99)
many = st.sets(st.integers(0, 12), max_size=8)


class SessionsMachine(RuleBasedStateMachine):
    """One dataset that two sessions have open; nobody decides anything."""

    folder: ClassVar[Path]
    """Where each makes a folder of its own."""

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()
        self.world: World
        self.model: BytesModel
        self.kept: list[tuple[Frame, Seen]] = []
        self.unused = list(FRESH)
        self.limbo: dict[str, bytes] = {}
        """Images that a person moved out of the dataset."""

    @initialize(held=st.lists(st.one_of(st.none(), texts.captions), min_size=len(NAMES), max_size=len(NAMES)))
    def begin(self, held: list[bytes | None]) -> None:
        """Put images and captions into the folder and open it."""
        pairs = zip(NAMES, held, strict=True)
        self.world = World(self.folder, {caption_of(name): raw for name, raw in pairs if raw is not None})
        self.model = self.world.model

    # --- models ----------------------------------------------------------------------------------------------

    @rule(who=who, which=which, says=texts.proposals)
    def propose(self, who: int, which: int, says: tuple[str, Any, tuple[str, ...] | str]) -> None:
        """Store what a model said."""
        self.world.propose(self.world.desk(who), self.world.photo(which), *says)

    @rule(who=who, which=which, pick=which)
    def propose_again(self, who: int, which: int, pick: int) -> None:
        """Let a model say what it said before: who answered that has answered this."""
        photo = self.world.photo(which)
        if photo.proposals:
            old = photo.proposals[pick % len(photo.proposals)]
            says: tuple[str, Any, tuple[str, ...] | str] = (old.source, old.merge, old.tags or old.text)
            self.world.propose(self.world.desk(who), photo, *says)

    # --- outside ----------------------------------------------------------------------------------------------

    @rule(which=which, raw=st.one_of(st.none(), texts.captions))
    def rewrite_outside(self, which: int, raw: bytes | None) -> None:
        """Let another program write, make or delete a caption."""
        self.world.outside(self.world.photo(which).caption, raw)

    @rule(who=who, which=which, along=st.booleans(), new=which)
    def rename_outside(self, who: int, which: int, new: int, *, along: bool) -> None:
        """Let a person give an image another name, with its caption or without."""
        photo = self.world.photo(which)
        earlier = [
            p.name for p in self.model.photos if p.gone and p.content == photo.content and p.name not in self.limbo
        ]
        names = [name for name in (*self.unused[:1], *earlier, *photo.earlier) if self._is_free(name)]
        if names:
            name = names[new % len(names)]
            if name in self.unused:
                self.unused.remove(name)
            self.world.rename(photo.name, name, along=along)
            self.world.scan(self.world.desk(who))

    def _is_free(self, name: str) -> bool:
        taken = self.model.pictures.keys() | {key for _, key in self.model.aside} | self.limbo.keys()
        return name not in taken and caption_of(name) not in {*map(caption_of, taken), *self.model.captions}

    @rule(who=who, which=which)
    def delete_outside(self, who: int, which: int) -> None:
        """Let a person move an image out of the folder."""
        if len(self.model.present()) > FEWEST:
            name = self.world.photo(which).name
            self.limbo[name] = self.world.take_away(name)
            self.world.scan(self.world.desk(who))

    @precondition(lambda self: self.limbo)
    @rule(who=who, which=which)
    def put_back_outside(self, who: int, which: int) -> None:
        """Let a person put an image back."""
        name = sorted(self.limbo)[which % len(self.limbo)]
        self.world.put_back(name, self.limbo.pop(name))
        self.world.scan(self.world.desk(who))

    # --- sessions ---------------------------------------------------------------------------------------------

    @rule(who=who)
    def restart(self, who: int) -> None:
        """End a session and begin another one."""
        self.world.dataset.close(self.world.desk(who))
        self.world.dataset.open()

    @rule()
    def look_around(self) -> None:
        """Every session shows the states that follow from what was done."""
        self.world.check_states()

    @invariant()
    def every_file_is_as_it_should_be(self) -> None:
        """The folder holds what the model holds, and nothing else."""
        if hasattr(self, "world"):
            self.world.check_files()

    def teardown(self) -> None:
        """In the end everything can be taken back."""
        if hasattr(self, "world"):
            try:
                self.world.end()
            finally:
                self.world.clear()
