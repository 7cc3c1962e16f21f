"""The imports of cutline's own modules, read from the source with `ast`."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGES = ("engine", "themes", "tui")


class Import(NamedTuple):
    """One import as it is written."""

    importer: str
    """The module that holds it."""
    imported: str
    """The module it names, ours or a library's."""
    types_only: bool
    """Whether it stands under `if TYPE_CHECKING`, so that nothing is loaded."""


@cache
def modules() -> dict[str, Path]:
    """Name every module of ours with its file."""
    files = (file for package in PACKAGES for file in sorted((ROOT / package).rglob("*.py")))
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


@cache
def imports() -> tuple[Import, ...]:
    """List every import of every module, also those inside functions."""
    return tuple(
        Import(module, imported, types_only)
        for module, file in modules().items()
        for imported, types_only in read_imports(ast.parse(file.read_bytes()), known=frozenset(modules()))
    )


def read_imports(node: ast.AST, known: frozenset[str], *, types_only: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield what a piece of code imports, and whether only for types.

    Args:
        node: The code.
        known: Names of modules; `from a import b` means `a.b` when that is one, else `a`.
        types_only: Whether the code itself stands under `if TYPE_CHECKING`.
    """
    match node:
        case ast.Import(names=names):
            yield from ((alias.name, types_only) for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            assert module is not None
            assert level == 0, f"line {node.lineno}: imports name modules from the top"
            for alias in names:
                inner = f"{module}.{alias.name}"
                yield (inner if inner in known else module), types_only
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), body=body, orelse=orelse):
            for statement in body:
                yield from read_imports(statement, known, types_only=True)
            for statement in orelse:
                yield from read_imports(statement, known, types_only=types_only)
        case _:
            for child in ast.iter_child_nodes(node):
                yield from read_imports(child, known, types_only=types_only)
