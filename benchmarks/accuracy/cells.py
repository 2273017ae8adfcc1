"""One measurement, what identifies it, and the file in which finished ones are kept; it knows no section."""

import ast
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

PROJECT: Final = Path(__file__).resolve().parent.parent.parent
_OURS: Final = ("models", "training", "benchmarks")

Figures = dict[str, Any]
"""What a cell found: plain values that JSON keeps."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One measurement: ``measure(**params)`` gives its figures.

    ``data`` are digests of everything it reads; ``is_ours`` is false where no model of ours takes part, so that
    changing one leaves the cell valid.
    """

    section: str
    params: Mapping[str, Any]
    measure: Callable[..., Figures]
    data: tuple[str, ...] = ()
    is_ours: bool = True

    @property
    def title(self) -> str:
        """The cell in words, for progress."""
        return f"{self.section}: " + ", ".join(f"{name} {value}" for name, value in self.params.items())

    def key(self) -> str:
        """SHA-256 of section, parameters, data and the code that measures."""
        code = code_digest(self.measure.__module__, is_ours=self.is_ours)
        told = json.dumps([self.section, dict(self.params), list(self.data), code], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()


@lru_cache(maxsize=64)
def code_digest(module: str, *, is_ours: bool = True) -> str:
    """SHA-256 over the files of a module and of all modules of the project that it imports, directly or not."""
    digest = hashlib.sha256()
    for path in sorted(_closure(module)):
        if is_ours or path.parts[-2] != "models":
            digest.update(path.name.encode() + path.read_bytes())
    if is_ours:
        for path in sorted((PROJECT / "models" / "data").iterdir()):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _closure(module: str) -> set[Path]:
    found: dict[str, Path] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        path = _file_of(name)
        if path is not None and name not in found:
            found[name] = path
            waiting += _imported(path)
    return set(found.values())


def _file_of(module: str) -> Path | None:
    path = PROJECT.joinpath(*module.split(".")).with_suffix(".py")
    return path if module.partition(".")[0] in _OURS and path.is_file() else None


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@dataclass(slots=True)
class Store:
    """Finished cells, one JSON line each in ``path``; a line that was cut off by a crash is measured again."""

    path: Path
    known: dict[str, Figures] = field(default_factory=dict)

    def __post_init__(self) -> None:
        text = self.path.read_text(encoding="utf-8") if self.path.exists() else ""
        for line in text.splitlines():
            self._recall(line)
        if text and not text.endswith("\n"):
            self._write("\n")

    def _recall(self, line: str) -> None:
        try:
            kept = json.loads(line)
            self.known[kept["key"]] = kept["figures"]
        except (ValueError, KeyError, TypeError):
            return

    def find(self, cell: Cell) -> Figures | None:
        """The figures of a cell, if it was finished."""
        return self.known.get(cell.key())

    def keep(self, cell: Cell, figures: Figures) -> None:
        """Write a finished cell at once, so that stopping the run loses nothing."""
        line = {"key": cell.key(), "section": cell.section, "params": dict(cell.params), "figures": figures}
        self._write(json.dumps(line) + "\n")
        self.known[cell.key()] = figures

    def _write(self, text: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as lines:
            lines.write(text)

    def tidy(self, cells: list[Cell]) -> None:
        """Leave only the cells of this run, in its order: what was measured with other code is dropped."""
        found = [(cell, self.find(cell)) for cell in cells]
        self.path.unlink(missing_ok=True)
        self.known = {}
        for cell, figures in found:
            if figures is not None:
                self.keep(cell, figures)
