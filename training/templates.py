"""Families of comment templates, read from the text files beside it; it knows neither labels nor slots."""

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


def read(path: Path) -> dict[str, Family]:
    """The families of a file of lines ``== name`` and ``field: template``, in order."""
    families: dict[str, Family] = {}
    family = Family("")
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            family = families.setdefault(line[3:], Family(line[3:]))
        elif line and not line.startswith("#"):
            kind, _, template = line.partition(":")
            getattr(family, kind).append(template.removeprefix(" "))
    return families


def read_slots(path: Path) -> dict[str, list[str]]:
    """The fillings of slots: ``name: filling`` adds one, ``name = a|b|c`` adds many."""
    slots: dict[str, list[str]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        name, sign, rest = _slot_line(line)
        slots.setdefault(name, []).extend(rest.split("|") if sign == "=" else [rest])
    return slots


def _slot_line(line: str) -> tuple[str, str, str]:
    name = line.replace("=", ":").partition(":")[0]
    return name.strip(), line[len(name)], line[len(name) + 1 :].removeprefix(" ")
