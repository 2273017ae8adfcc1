"""Enron-Spam folders: one decoded mail a file, its subject on the first line."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from training.loaders.reading import beginning, decoded
from training.loaders.rows import LoaderError, Row, row

SUBJECT: Final = "Subject:"
CLASSES: Final = ("ham", "spam")


def enron(path: Path) -> Iterator[Row]:
    """The mails of one folder with ``ham`` and ``spam`` in it, or of every such folder below (enron1 ... enron6).

    Order is by file name over both classes: names begin with the number under which the makers mixed them. The
    date in the name is not read: ham and spam were collected in different years, so it tells the classes apart.
    """
    folders = [path] if _holds_mail(path) else sorted(f for f in path.glob("*") if _holds_mail(f))
    if not folders:
        raise LoaderError(f"{path}: no folder with ham and spam in it, neither here nor one below")
    for folder in folders:
        files = [(file.name, label, file) for label in CLASSES for file in (folder / label).glob("*.txt")]
        for name, label, file in sorted(files):
            subject, _, body = decoded(beginning(file)).replace("\r\n", "\n").partition("\n")
            text = f"{subject.removeprefix(SUBJECT).strip()}\n{body.strip()}".strip()
            yield row(f"{folder.name}/{label}/{name}", text, label, group=folder.name)


def _holds_mail(folder: Path) -> bool:
    return all((folder / label).is_dir() for label in CLASSES)
