"""Families of comment templates, read from the text files beside it; it knows neither labels nor slots."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Family:
    """Templates of one kind of comment: texts, author names, author addresses, pages it stands under."""

    name: str
    text: list[str] = field(default_factory=list)
    author: list[str] = field(default_factory=list)
    url: list[str] = field(default_factory=list)
    page: list[str] = field(default_factory=list)


def read(*paths: Path) -> dict[str, Family]:
    """The families of files of lines ``== name`` and ``field: template``, in order."""
    families: dict[str, Family] = {}
    family = Family("")
    for line in _lines(paths):
        if line.startswith("== "):
            family = families.setdefault(line[3:], Family(line[3:]))
        else:
            kind, _, template = line.partition(":")
            getattr(family, kind).append(template.removeprefix(" "))
    return families


def files(prefix: str) -> list[Path]:
    """The template files whose names start with a prefix, in the order of their names."""
    return sorted(FOLDER.glob(f"{prefix}*.txt"))


def _lines(paths: Iterable[Path]) -> Iterator[str]:
    """The lines of files in order, without empty ones and notes."""
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from (line for line in lines if line and not line.startswith("#"))


def read_slots(*paths: Path) -> dict[str, list[str]]:
    """The fillings of slots: ``name: filling`` adds one, ``name = a|b|c`` adds many."""
    slots: dict[str, list[str]] = {}
    for line in _lines(paths):
        name, sign, rest = _slot_line(line)
        slots.setdefault(name, []).extend(rest.split("|") if sign == "=" else [rest])
    return slots


def _slot_line(line: str) -> tuple[str, str, str]:
    name = line.replace("=", ":").partition(":")[0]
    return name.strip(), line[len(name)], line[len(name) + 1 :].removeprefix(" ")
