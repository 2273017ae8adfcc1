"""Jigsaw's toxic comment CSV files: abuse labels, which say nothing of spam and are kept apart from it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from training.loaders.reading import opened, records
from training.loaders.rows import LoaderError, Row, row

LABELS: Final = ("toxic", "severe_toxic", "obscene", "threat", "insult", "identity_hate")
NOT_SCORED: Final = "-1"
"""Rows of the test set that the makers left out of their own scoring."""


def jigsaw(path: Path) -> Iterator[Row]:
    """The labelled comments of a folder (train.csv; test.csv with test_labels.csv) or of one labelled CSV file.

    ``label`` is null and ``labels`` lists the kinds of abuse, so that no row can be taken for spam or for ham.
    """
    if not path.is_dir():
        yield from _labelled(path)
        return
    parts = [path / name for name in ("train.csv", "test.csv") if (path / name).is_file()]
    if not parts:
        raise LoaderError(f"{path}: neither train.csv nor test.csv is there")
    for part in parts:
        yield from _tested(part, path / "test_labels.csv") if part.name == "test.csv" else _labelled(part)


def _labelled(path: Path) -> Iterator[Row]:
    with opened(path) as file:
        for record in records(file, str(path), ("id", "comment_text", *LABELS)):
            yield from _row(record, record, path)


def _tested(comments: Path, labels: Path) -> Iterator[Row]:
    """Texts and labels from two files, read side by side, because they list the same ids in the same order."""
    with opened(comments) as texts, opened(labels) as answers:
        pairs = zip(
            records(texts, str(comments), ("id", "comment_text")),
            records(answers, str(labels), ("id", *LABELS)),
            strict=True,
        )
        try:
            for number, (comment, answer) in enumerate(pairs, start=1):
                if comment["id"] != answer["id"]:
                    raise LoaderError(f"{labels}: row {number} is about another comment than in {comments.name}")
                yield from _row(comment, answer, comments)
        except ValueError as error:
            raise LoaderError(f"{labels}: not as many rows as {comments.name}") from error


def _row(comment: dict[str, str], answer: dict[str, str], path: Path) -> Iterator[Row]:
    values = {answer[name] for name in LABELS}
    if NOT_SCORED in values:
        return
    if not values <= {"0", "1"}:
        raise LoaderError(f"{path}: a label that is neither 0 nor 1 nor -1")
    made = row(comment["id"], comment["comment_text"], None, language="en", group=path.stem)
    yield made | {"labels": [name for name in LABELS if answer[name] == "1"]}
