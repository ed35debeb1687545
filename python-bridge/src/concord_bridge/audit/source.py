"""Looking at the text of published files: where something stands, and what it is."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any


def tree_of(path: Path) -> ast.Module:
    """A Python file as a syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def definition(path: Path, name: str, **names: Any) -> Any:
    """A function or class of a file as it stands there, without running the rest of the file.

    Args:
        path: of the file.
        name: of the function or class.
        names: what it finds in its module: libraries, and what stands in for what it calls.

    Raises:
        LookupError: if the file defines no such thing.
    """
    tree = tree_of(path)
    found = [
        part for part in tree.body if isinstance(part, ast.FunctionDef | ast.ClassDef) and part.name == name
    ]
    if not found:
        raise LookupError(f"{path.name} defines no {name}")
    tree.body = [found[-1]]
    exec(compile(tree, str(path), "exec"), names)
    return names[name]


def function(tree: ast.AST, name: str) -> ast.FunctionDef:
    """A function or a method, by name.

    Raises:
        LookupError: if the file has none.
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return node
    raise LookupError(f"no function {name}")
