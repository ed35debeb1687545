"""Looking at the text of published files: where something stands, and what it is."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path


def tree_of(path: Path) -> ast.Module:
    """A Python file as a syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def lines_where(path: Path, wanted: Callable[[ast.AST], bool]) -> list[int]:
    """Lines, ascending, on which a node begins that is wanted."""
    return sorted({getattr(node, "lineno", 0) for node in ast.walk(tree_of(path)) if wanted(node)})


def calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    """Calls of a function by the last part of its name: `DataLoader` finds `data.DataLoader(…)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and called(node) == name:
            yield node


def called(node: ast.Call) -> str:
    """The last part of the name of what is called."""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def function(tree: ast.AST, name: str) -> ast.FunctionDef:
    """A function or a method, by name.

    Raises:
        LookupError: if the file has none.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    raise LookupError(f"no function {name}")
