"""The row that every loader yields, and the error they share; it knows no corpus."""

from typing import Any, Final

from training.datasets import DatasetError

Row = dict[str, Any]
"""One comment as ``score``, ``import jsonl`` and ``stream`` take it; absent fields are null."""

LONGEST_TEXT: Final = 100_000
"""Code points of a text that are kept: far above any comment, so that one mail cannot fill the memory."""

LONGEST_FIELD: Final = 1_000
"""Code points kept of an id, a name or a group."""


class LoaderError(DatasetError):
    """A corpus that is not in the layout it should be in; the text is one line and holds none of its content."""


def row(
    identity: str,
    text: str,
    label: str | None,
    *,
    author: str | None = None,
    permalink: str | None = None,
    created_at: str | None = None,
    language: str | None = None,
    group: str | None = None,
) -> Row:
    """A row with every field of the project's input; ``label`` is "ham", "spam", or null where nobody judged spam."""
    return {
        "id": clean(identity, LONGEST_FIELD),
        "text": clean(text, LONGEST_TEXT),
        "author": clean(author, LONGEST_FIELD) if author else None,
        "author_url": None,  # none of these corpora states one
        "permalink": permalink,
        "created_at": created_at,
        "language": language,
        "group": clean(group, LONGEST_FIELD) if group else None,
        "label": label,
        "site": None,
    }


def clean(text: str, most: int) -> str:
    """At most ``most`` code points of a text, without the lone surrogates that no UTF-8 file can hold."""
    return text[:most].encode("utf-8", "replace").decode("utf-8")
