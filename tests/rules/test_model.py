"""What the model of the model-based test may know."""

from __future__ import annotations

import ast

from tests.rules.imports import ROOT, read_imports

MODEL = ("tests.model.bytes_model", "tests.model.nouns", "tests.model.plain")


def test_the_model_knows_nothing_of_the_code_it_is_compared_with() -> None:
    """The model is computed from bytes alone: a model that asked the engine would agree with its mistakes."""
    for module in MODEL:
        tree = ast.parse((ROOT.joinpath(*module.split("."))).with_suffix(".py").read_bytes())
        found = {imported for imported, _ in read_imports(tree, known=frozenset(MODEL))}
        assert {name for name in found if name.split(".")[0] in ("engine", "tests", "themes", "tui")} <= {*MODEL}
