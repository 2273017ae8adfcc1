"""Real comments to measure with, read from CANDOR_DATA and never written anywhere."""

import gzip
import itertools
import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SETS = ("youtube_spam_uci", "beer_se_comments", "civil_comments_toxic", "wiki_talk_context", "comment_spintax")
PER_SET = 2_000
SEED = 20261122


@dataclass(frozen=True, slots=True)
class Row:
    """What of a comment the doors and the classifier are given."""

    text: str
    author: str
    author_url: str


def folder() -> Path:
    """Returns the folder of data sets; raises SystemExit where there is none."""
    path = Path(os.environ.get("CANDOR_DATA", "../shared/data"))
    if not path.is_dir():
        raise SystemExit(f"there are no comments at {path}: set CANDOR_DATA to a folder of data sets")
    return path


def comments() -> list[Row]:
    """Returns up to 2,000 comments of each set, shuffled the same way in every run."""
    rows = list(itertools.chain.from_iterable(itertools.islice(_read(name), PER_SET) for name in SETS))
    random.Random(SEED).shuffle(rows)
    return rows


def _read(name: str) -> Iterator[Row]:
    path = folder() / name / f"{name}.jsonl.gz"
    if not path.exists():
        return
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            yield Row(row["text"], row.get("author") or "Ann", row.get("author_url") or "")
