"""The data sets a model may learn from, with licence and credit; it reads them from CANDOR_DATA and writes nothing."""

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from models.features import Sample


class DatasetError(Exception):
    """A data set that is missing or not the one the recipe names; the text is one line."""


@dataclass(frozen=True, slots=True)
class Source:
    """One data set: where it is, what it may be used for, and how it is weighed.

    ``spam_mass`` and ``ham_mass`` are the total weights its spam and its ham have in the fit, however many rows
    there are; ``most_rows`` bounds the rows of one class that are read at all.
    """

    name: str
    what: str
    licence: str
    attribution: str
    spam_mass: float
    ham_mass: float
    use: str
    is_share_alike: bool = False
    most_rows: int = 12_000


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled sample; examples of one ``group`` are near-duplicates and must not be split."""

    id: str
    sample: Sample
    is_spam: bool
    source: str
    language: str
    group: str
    weight: float = 1.0


SOURCES: Final = (
    Source(
        "youtube_spam_uci",
        "comments under five music videos, labelled by hand",
        "CC BY 4.0",
        "T. C. Alberto, J. V. Lochter, T. A. Almeida: TubeSpam (2015), UCI Machine Learning Repository.",
        spam_mass=1500,
        ham_mass=1500,
        use="train; its spam is largely self-promotion",
    ),
    Source(
        "sms_spam_uci",
        "text messages, labelled by hand",
        "CC BY 4.0",
        "T. A. Almeida, J. M. Gómez Hidalgo: SMS Spam Collection (2011), UCI Machine Learning Repository.",
        spam_mass=400,
        ham_mass=800,
        use="train, small weight: far from comments",
    ),
    Source(
        "tgspam_samples",
        "sample messages of the Telegram anti-spam bot tg-spam",
        "MIT",
        "Copyright (c) Umputun and contributors, github.com/umputun/tg-spam; the messages are third parties'.",
        spam_mass=1200,
        ham_mass=600,
        use="train; its ham is one technical chat",
    ),
    Source(
        "judol_id",
        "Indonesian video comments, spam is promotion of online gambling",
        "MIT",
        "Compiled at github.com/gbennnn/judol-comment-classification; the comments are third parties'.",
        spam_mass=1000,
        ham_mass=1500,
        use="train, weighed down: one topic, one language",
        most_rows=8_000,
    ),
    Source(
        "comment_spintax",
        "texts drawn from templates of English blog-comment spam",
        "MIT",
        "Copyright (c) 2011-2026 Grant Hutchinson, github.com/splorp/wordpress-comment-blocklist.",
        spam_mass=1200,
        ham_mass=0,
        use="train; spam only",
    ),
    Source(
        "civil_comments_toxic",
        "reader comments of news sites that raters called toxic",
        "CC0 1.0",
        "Civil Comments; Toxic Spans sets by I. Pavlopoulos and others, github.com/ipavlopoulos/toxic_spans.",
        spam_mass=0,
        ham_mass=1200,
        use="train as honest (assumed), so that anger is not taken for spam",
        most_rows=6_000,
    ),
    Source(
        "wiki_talk_context",
        "English Wikipedia talk-page posts",
        "Apache-2.0 (labels), CC BY-SA (texts)",
        "I. Pavlopoulos and others (2020), github.com/ipavlopoulos/context_toxicity; texts by Wikipedia editors.",
        spam_mass=0,
        ham_mass=1800,
        use="train as honest (assumed)",
        is_share_alike=True,
        most_rows=9_000,
    ),
    Source(
        "beer_se_comments",
        "comments of the Stack Exchange site Beer, Wine and Spirits",
        "CC BY-SA 3.0 and 4.0, per row",
        "By the users of alcohol.stackexchange.com, from the public data dump.",
        spam_mass=0,
        ham_mass=1800,
        use="train as honest (assumed); the only real honest links and author sites",
        is_share_alike=True,
    ),
    Source(
        "fox_news_comments",
        "reader comments under ten news articles",
        "MIT",
        "L. Gao, R. Huang (2017), github.com/sjtuprog/fox-news-comments; the comments are third parties'.",
        spam_mass=0,
        ham_mass=700,
        use="train as honest (assumed)",
    ),
    Source(
        "germeval2018",
        "German tweets",
        "CC BY 4.0",
        "M. Wiegand, M. Siegel, J. Ruppenhofer: GermEval 2018, github.com/uds-lsv/GermEval-2018-Data.",
        spam_mass=0,
        ham_mass=300,
        use="train as honest (assumed), so that German is not taken for spam",
    ),
    Source(
        "told_br",
        "Brazilian Portuguese tweets",
        "CC BY-SA 4.0",
        "J. A. Leite and others: ToLD-Br (2020), github.com/JAugusto97/ToLD-Br.",
        spam_mass=0,
        ham_mass=300,
        use="train as honest (assumed), so that Portuguese is not taken for spam",
        is_share_alike=True,
        most_rows=4_000,
    ),
    Source(
        "korean_hate_speech",
        "comments under Korean entertainment news",
        "CC BY-SA 4.0",
        "J. Moon, W. I. Cho, J. Lee: BEEP! (2020), github.com/kocohub/korean-hate-speech.",
        spam_mass=0,
        ham_mass=300,
        use="train as honest (assumed), so that Korean is not taken for spam",
        is_share_alike=True,
        most_rows=4_000,
    ),
)

TEST_ONLY: Final = frozenset({"hatecheck", "multilingual_hatecheck"})
"""Sets that must never train, tune, calibrate or pick anything; they are not even read here."""


def data_folder() -> Path:
    """The folder of data sets: CANDOR_DATA, or ``../shared/data`` beside the project."""
    default = Path(__file__).resolve().parent.parent.parent / "shared" / "data"
    return Path(os.environ.get("CANDOR_DATA") or default)


def _path(folder: Path, name: str) -> Path:
    path = folder / name / f"{name}.jsonl.gz"
    if name in TEST_ONLY:
        message = f"{name} is test-only data and is never read for training"
        raise DatasetError(message)
    if not path.is_file():
        message = f"{path} is missing: set CANDOR_DATA to the folder of data sets"
        raise DatasetError(message)
    return path


def sha256(folder: Path, name: str) -> str:
    """Digest of the compressed file of a set."""
    return hashlib.sha256(_path(folder, name).read_bytes()).hexdigest()


def read(folder: Path, source: Source) -> list[Example]:
    """The examples of a set, at most ``most_rows`` of each class, spread evenly over the file."""
    with gzip.open(_path(folder, source.name), "rt", encoding="utf-8") as lines:
        examples = [_example(json.loads(line), source.name) for line in lines]
    chosen = [_spread([e for e in examples if e.is_spam is wanted], source.most_rows) for wanted in (True, False)]
    return [example for some in chosen for example in some]


def _spread(examples: list[Example], most: int) -> list[Example]:
    step = max(1.0, len(examples) / most)
    return [examples[int(i * step)] for i in range(min(most, len(examples)))]


def _example(row: dict[str, Any], source: str) -> Example:
    """A row as an example; the labels of abuse sets say nothing of spam, so their rows count as honest."""
    groups = [row.get("group") if source == "comment_spintax" else None, row.get("cluster"), row["id"]]
    group = next(value for value in groups if value is not None)
    return Example(
        id=str(row["id"]),
        sample=Sample(row["text"], row.get("author") or "", _address(row.get("author_url"))),
        is_spam=row["label"] == "spam",
        source=source,
        language=row.get("language") or "unknown",
        group=f"{source}/{group}",
    )


def _address(url: str | None) -> str:
    """The author's address; fill-ins such as ``http://none`` are none."""
    return url if url and "." in url else ""


def lines(folder: Path, name: str) -> Iterator[str]:
    """The entries of a plain list under ``lists``."""
    path = folder / "lists" / name
    if not path.is_file():
        message = f"{path} is missing: set CANDOR_DATA to the folder of data sets"
        raise DatasetError(message)
    yield from (line for line in path.read_text(encoding="utf-8", errors="replace").split("\n") if line)
