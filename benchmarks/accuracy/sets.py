"""The labelled sets that accuracy is measured on, in the order of their streams; it changes no label."""

import gzip
import hashlib
import json
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.features import Sample
from training import datasets
from training.streams import Row, rows_of

STREAMS: Final = ("youtube_spam_uci", "sms_spam_uci", "judol_id")
TITLES: Final = {"youtube_spam_uci": "YouTube, by date", "sms_spam_uci": "SMS", "judol_id": "judol"}
TEST_ONLY: Final = ("hatecheck", "multilingual_hatecheck")
_OWN: Final = Path(__file__).resolve().parent.parent.parent / "tests" / "models"


@dataclass(frozen=True, slots=True)
class Stream:
    """Labelled rows in their order; ``clusters`` numbers the near-duplicates of the set's makers."""

    rows: tuple[Row, ...]
    clusters: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.clusters):
            raise ValueError("each row has its cluster")
        if any(row.label is None for row in self.rows):
            raise ValueError("accuracy is measured on labelled rows")

    @property
    def truth(self) -> NDArray[np.bool_]:
        """Which rows are spam."""
        return np.array([row.label for row in self.rows], bool)

    def of(self, chosen: list[int]) -> "Stream":
        """The rows at these places, in the order given."""
        return Stream(tuple(self.rows[at] for at in chosen), tuple(self.clusters[at] for at in chosen))


def path_of(name: str) -> Path:
    """The file of a set; raises ``DatasetError`` where there is none."""
    path = datasets.data_folder() / name / f"{name}.jsonl.gz"
    if not path.is_file():
        raise datasets.DatasetError(f"{path} is missing: set CANDOR_DATA to the folder of data sets")
    return path


@lru_cache(maxsize=16)
def digest(name: str) -> str:
    """SHA-256 of the compressed file of a set."""
    return hashlib.sha256(path_of(name).read_bytes()).hexdigest()


def raw(name: str) -> list[dict[str, Any]]:
    """The rows of a set as they stand in its file."""
    with gzip.open(path_of(name), "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


@lru_cache(maxsize=8)
def stream(name: str, most: int | None = None, *, text_only: bool = False) -> Stream:
    """The first ``most`` rows of a set in file order, or by date where it has dates; rows without one come last.

    ``text_only`` leaves out who wrote a comment, as filters of mail would see it.
    """
    fields, rows = raw(name), rows_of(path_of(name))
    order = sorted(range(len(rows)), key=lambda at: (fields[at].get("created_at") is None, _date(fields[at]), at))
    chosen = [at for at in order if rows[at].label is not None][:most]
    kept = [replace(rows[at], sample=Sample(rows[at].sample.text)) if text_only else rows[at] for at in chosen]
    return Stream(tuple(kept), tuple(_cluster(fields[at], at) for at in chosen))


def _date(fields: dict[str, Any]) -> str:
    return fields.get("created_at") or ""


def _cluster(fields: dict[str, Any], at: int) -> int:
    found = fields.get("cluster")
    return int(found) if found is not None else -1 - at


def own_comments(name: str) -> list[dict[str, Any]]:
    """A file of comments that the project wrote itself, out of its tests."""
    found: list[dict[str, Any]] = json.loads((_OWN / f"{name}.json").read_text(encoding="utf-8"))
    return found


def own_digest(name: str) -> str:
    """SHA-256 of such a file."""
    return hashlib.sha256((_OWN / f"{name}.json").read_bytes()).hexdigest()
