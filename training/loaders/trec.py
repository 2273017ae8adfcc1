"""The TREC spam track's layout: an index of labels and paths, and one raw mail a file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from training.loaders.mail import Mail, parsed
from training.loaders.reading import beginning, lines, opened
from training.loaders.rows import LoaderError, Row, row

INDEX: Final = Path("full", "index")
LABELS: Final = ("ham", "spam")


def trec(path: Path) -> Iterator[Row]:
    """The mails of a TREC 2005, 2006 or 2007 corpus in the order of its index, which is that of their arrival.

    ``path`` is the corpus, or an index one folder below it; the text is the subject and all text parts.
    """
    index = path / INDEX if path.is_dir() else path
    root = index.parent.parent.resolve()
    with opened(index) as file:
        for number, line in enumerate(lines(file, str(index)), start=1):
            if line.strip():
                label, place = _entry(line, f"{index}, line {number}")
                yield _row(label, _inside(root, index.parent / place, f"{index}, line {number}"), root)


def _entry(line: str, where: str) -> tuple[str, str]:
    label, _, place = line.strip().partition(" ")
    if label.lower() not in LABELS or not place or "\0" in place:
        raise LoaderError(f"{where}: expected ham or spam, a space and a path")
    return label.lower(), place.strip()


def _inside(root: Path, file: Path, where: str) -> Path:
    """The file an entry names, with its links followed; outside of the corpus there is nothing to read."""
    found = file.resolve()
    if not found.is_relative_to(root):
        raise LoaderError(f"{where}: its path leads outside of the corpus")
    return found


def _row(label: str, file: Path, root: Path) -> Row:
    mail: Mail = parsed(beginning(file))
    text = f"{mail.subject}\n{mail.text}".strip()
    return row(file.relative_to(root).as_posix(), text, label, author=mail.sender, created_at=mail.sent_at)
