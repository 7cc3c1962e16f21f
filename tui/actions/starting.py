"""Actions of the two screens that start a job: choosing a model, and filling in what it is asked."""

from __future__ import annotations

from typing import Protocol

from tui.actions.listing import EVERYWHERE, ListCommand, ListSituation, no_item


class ModelSituation(ListSituation, Protocol):
    """What choosing a model can depend on."""

    @property
    def lacks(self) -> str:
        """Why the model under the cursor cannot be asked, and what to do; empty where it can."""


class FormSituation(ListSituation, Protocol):
    """What filling in a form can depend on."""

    @property
    def not_ready(self) -> str:
        """Why the job cannot be started; empty where it can."""

    @property
    def has_choices(self) -> bool:
        """Whether the line under the cursor is one of several words."""


class ChooseModel(ListCommand):
    """Choose a model."""

    name, group, keys, hint = "choose_model", "Starting a job", ("enter",), "choose"
    help = "Ask this model"

    @staticmethod
    def why_not(now: ModelSituation) -> str:
        """Its files are here."""
        return no_item(now) or now.lacks


class SearchModels(ListCommand):
    """Search the models."""

    name, group, keys, hint = "search_models", "Starting a job", ("slash",), "search"
    help = "List only models with this text in their name, kind or summary; an empty search lists all"


class ChangeLine(ListCommand):
    """Change a line."""

    name, group, keys, hint = "change_line", "Starting a job", ("enter", "space"), "change"
    help = "Take the next choice of this line, or type what it says"


class ChangeBack(ListCommand):
    """Change a line, the other way."""

    name, group, keys = "change_back", "Starting a job", ("left",)
    help = "Take the choice before"

    @staticmethod
    def why_not(now: FormSituation) -> str:
        """There are several."""
        return "" if now.has_choices else "this line is typed"


class ChangeOn(ListCommand):
    """Change a line, the same way."""

    name, group, keys = "change_on", "Starting a job", ("right",)
    help = "Take the next choice"
    why_not = staticmethod(ChangeBack.why_not)


class Start(ListCommand):
    """Start the job."""

    name, group, keys, hint = "start_job", "Starting a job", ("s", "ctrl+s"), "start"
    help = "Start the job, and the engine where it does not run"

    @staticmethod
    def why_not(now: FormSituation) -> str:
        """Everything makes sense, and there is something to ask."""
        return now.not_ready


MODELS: tuple[type[ListCommand], ...] = (ChooseModel, SearchModels)
FORM: tuple[type[ListCommand], ...] = (Start, ChangeLine, ChangeBack, ChangeOn)
ALL_OF_MODELS: tuple[type[ListCommand], ...] = (*MODELS, *EVERYWHERE)
ALL_OF_FORM: tuple[type[ListCommand], ...] = (*FORM, *EVERYWHERE)
