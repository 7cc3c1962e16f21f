"""Tags that complete what is typed into a prompt: the list over it, and the keys it has while it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.widgets.completion import CompletionList

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.captions.known.suggestion import Suggestion
    from tui.typing.completing import Completing
    from tui.widgets.prompt import Prompt


class TagSuggestions:
    """Follows a prompt: what begins like the word there at once, what nearly fits a moment later."""

    def __init__(
        self, prompt: Prompt, completing: Completing, word: Callable[[], str | None], put: Callable[[str], None]
    ) -> None:
        """Start closed.

        Args:
            prompt: Where it is typed.
            completing: Knows tags.
            word: Returns what is typed of the tag at the cursor; None where there can be none.
            put: Puts a tag in its place.
        """
        self._prompt, self._completing, self._word, self._put = prompt, completing, word, put
        self.list = CompletionList(self._picked, id="completion")
        self._found: list[Suggestion] = []

    def typed(self) -> None:
        """Show what fits the word that is typed now."""
        word = self._word()
        if word is None or not word.strip():
            self.close()
            return
        self._found = self._completing.complete(word)
        self._show(word)
        self._completing.near(word, lambda near: self._show_near(word, near))

    def _show_near(self, word: str, near: list[Suggestion]) -> None:
        if self._prompt.is_open and self._word() == word:
            known = {one.tag for one in self._found}
            self._found += [one for one in near if one.tag not in known]
            self._show(word)

    def _show(self, word: str) -> None:
        is_whole = [one.tag for one in self._found] == [word]  # nothing is left to complete
        self.list.show_found([] if is_whole else self._found, self._prompt.cursor_on_screen)

    def press(self, name: str) -> bool:
        """Do what a key asks of the list while it is open; say whether it was for the list.

        Args:
            name: Of the action that the key has on the screen below.
        """
        if not self.list.is_open:
            return False
        if name == "next_scope":
            self._picked()
        elif name == "next" or (name == "previous" and self.list.entered):
            self.list.move(1 if name == "next" else -1)
        else:
            return False
        return True

    def take(self) -> bool:
        """Take what is under the list's cursor, if the person went into it; say whether that was so."""
        entered = self.list.entered
        if entered:
            self._picked()
        return entered

    def close(self) -> bool:
        """Close the list; say whether it was open."""
        was_open = self.list.is_open
        self._found = []
        self.list.close()
        self._completing.forget()
        return was_open

    def _picked(self) -> None:
        chosen = self.list.chosen
        self.close()
        if chosen is not None:
            self._put(chosen.tag)
