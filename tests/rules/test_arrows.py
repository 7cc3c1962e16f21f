"""The arrows between modules, as they are written."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter

import pytest

from tests.rules.arrows import ADAPTERS, EXCEPTIONS, HEAVY, PHOTOS_ONLY, ROOMS, SCREEN
from tests.rules.imports import PACKAGES, Import, imports, modules, read_imports


def inside(module: str, package: str) -> bool:
    """Tell whether a module is a package or lies below it."""
    return module == package or module.startswith(f"{package}.")


def place(module: str) -> int:
    """Give an engine module's place in the order; the package itself lies below all."""
    if module == "engine":
        return -1
    fitting = [room for room in ROOMS if inside(module, f"engine.{room}")]
    assert fitting, f"{module} has no place in tests/rules/arrows.py"
    return ROOMS.index(max(fitting, key=len))


def goes_up(found: Import) -> bool:
    """Tell whether an import inside `engine` goes upward."""
    if not (inside(found.importer, "engine") and inside(found.imported, "engine")):
        return False
    return place(found.imported) > place(found.importer)


def test_every_room_has_its_place() -> None:
    """Each engine module has a place in the order of the rooms, and the order names only what exists."""
    for module in modules():
        if inside(module, "engine"):
            place(module)
    assert [room for room in ROOMS if f"engine.{room}" not in modules()] == []


def test_rooms_import_only_what_lies_below() -> None:
    """No engine module imports from a room above its own, not even for types, but for the exceptions."""
    upward = {(found.importer, found.imported) for found in imports() if goes_up(found)}
    assert upward - set(EXCEPTIONS) == set()
    assert set(EXCEPTIONS) - upward == set(), "an exception that nobody needs any more"


@pytest.mark.parametrize("package", PACKAGES)
def test_no_import_goes_in_a_circle(package: str) -> None:
    """Inside a package imports have an order; a late import inside a function does not break a circle."""
    below: dict[str, set[str]] = {module: set() for module in modules() if inside(module, package)}
    for found in imports():
        if found.importer in below and found.imported in below and not found.types_only:
            below[found.importer].add(found.imported)
    try:
        TopologicalSorter(below).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(reversed(error.args[1])))


def test_the_engine_knows_no_screen() -> None:
    """No engine module imports the screen or its libraries."""
    assert [
        found for found in imports() if inside(found.importer, "engine") and found.imported.split(".")[0] in SCREEN
    ] == []


def test_heavy_libraries_are_the_adapters_business() -> None:
    """Only adapters import a heavy library."""
    assert [
        found for found in imports() if found.imported.split(".")[0] in HEAVY and not inside(found.importer, ADAPTERS)
    ] == []


def test_the_screen_imports_no_adapter() -> None:
    """The screen and the command line reach a model through the engine, never an adapter."""
    assert [found for found in imports() if inside(found.importer, "tui") and inside(found.imported, ADAPTERS)] == []


def test_the_packages_with_the_photos_are_not_imported() -> None:
    """What the extra `demo` installs is used for its files alone."""
    assert [found for found in imports() if found.imported.split(".")[0] in PHOTOS_ONLY] == []


def test_every_import_is_found() -> None:
    """Imports are seen in functions, in both branches of TYPE_CHECKING, and by the module they mean."""
    code = """
import torch.nn as nn
from engine.captions import caption
from engine.captions import Nothing
if TYPE_CHECKING:
    from typing import Any
else:
    import numpy
def late():
    try:
        import rich, textual
    except ImportError:
        pass
"""
    assert list(read_imports(ast.parse(code), known=frozenset({"engine.captions.caption"}))) == [
        ("torch.nn", False),
        ("engine.captions.caption", False),
        ("engine.captions", False),
        ("typing", True),
        ("numpy", False),
        ("rich", False),
        ("textual", False),
    ]
