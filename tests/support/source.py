"""The product's own source as a tree of syntax, for the tests that keep its floors and habits."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = ("models", "training", "moderation", "benchmarks")


@cache
def product_files(*folders: str) -> tuple[Path, ...]:
    """Returns the Python files of some folders, of all of them by default with the front door."""
    found = [path for folder in folders or FOLDERS for path in (PROJECT / folder).rglob("*.py")]
    return tuple(sorted(found)) if folders else (PROJECT / "service.py", *sorted(found))


def module_of(path: Path) -> str:
    """Returns a file's dotted name."""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree_of(path: Path) -> ast.Module:
    """Returns a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(tree: ast.Module) -> Iterator[str]:
    """Yields every imported name, wherever the import stands; relative ones as `.name`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = "." * node.level + (node.module or "")
            yield from (f"{origin}.{alias.name}" for alias in node.names)


def dotted(node: ast.AST) -> str:
    """Returns `a.b.c` for an attribute of names, else ""."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{before}.{node.attr}" if (before := dotted(node.value)) else f"?.{node.attr}"
    return ""
