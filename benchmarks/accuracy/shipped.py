"""The shipped model by itself: what it is not for, pages about spam's own subjects, and the comments we wrote."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

import numpy as np

from benchmarks.accuracy import sets
from benchmarks.accuracy.cells import Figures
from models import artifact
from models.classifier import Classifier
from models.features import Sample
from training.evaluation import HOLD_AT
from training.measures import Scores, Truth, roca

FEWEST: Final = 20
"""A functionality with fewer cases has no line of its own."""


@lru_cache(maxsize=1)
def model() -> Classifier:
    """The shipped model."""
    return artifact.load(artifact.shipped_folder())


def digest() -> str:
    """SHA-256 of the shipped model's manifest."""
    return hashlib.sha256((artifact.shipped_folder() / artifact.MANIFEST_FILE).read_bytes()).hexdigest()


def hate(*, name: str, rows: int | None) -> Figures:
    """How the model ranks hateful and other cases of a test-only set, by language, and which functions it holds."""
    cases = sets.raw(name)[:: 1 if rows is None else max(1, len(sets.raw(name)) // rows)]
    scores = model().scores([Sample(case["text"]) for case in cases])
    hateful = np.array([bool(case["label"]) for case in cases])
    languages = np.array([case["language"] for case in cases])
    by_language = {str(code): _line(scores, hateful, languages == code) for code in np.unique(languages)}
    return {"cases": len(cases), "languages": by_language, "most held": _functions(cases, scores >= HOLD_AT)}


def _line(scores: Scores, hateful: Truth, here: Truth) -> Figures:
    held = scores[here] >= HOLD_AT
    return {
        "cases": int(here.sum()),
        "auc": 1 - roca(scores[here], hateful[here]) / 100,
        "hateful held": float(held[hateful[here]].mean()),
        "other held": float(held[~hateful[here]].mean()),
    }


def _functions(cases: Sequence[dict[str, Any]], held: Truth) -> list[list[Any]]:
    """The functionalities with the largest share held: name, cases, share."""
    counts = Counter(case["group"] for case in cases)
    ours = Counter(case["group"] for case, is_held in zip(cases, held, strict=True) if is_held)
    lines = [[name, count, ours[name] / count] for name, count in counts.items() if count >= FEWEST]
    return sorted(lines, key=lambda line: -line[2])[:6]


def pages() -> Figures:
    """Shares held under pages about medicine, gambling, loans and love, with nothing, the page, or its thread known."""
    found: Figures = {}
    for known in ("nothing", "page", "thread"):
        held = {kind: model().scores(_comments(kind, known)) >= HOLD_AT for kind in ("honest", "spam")}
        found[known] = {kind: float(shares.mean()) for kind, shares in held.items()}
    return {"honest": len(held["honest"]), "spam": len(held["spam"]), "known": found}


def _comments(kind: str, known: str) -> list[Sample]:
    """The comments of a kind under all pages, with what is known of each page."""
    found = []
    for page in sets.own_comments("on_topic_pages"):
        about = {"nothing": (), "page": (*page["page"],), "thread": (*page["page"], *page["published"])}[known]
        found += [Sample(text, page=about) for text in page[kind]]
    return found


def blog() -> Figures:
    """How the blog comments that the project wrote are ranked and held."""
    rows = sets.own_comments("blog_comments")
    samples = [Sample(row["text"], row["author"], row["author_url"], tuple(row["page"])) for row in rows]
    scores = model().scores(samples)
    is_spam = np.array([row["label"] == "spam" for row in rows])
    held = scores >= HOLD_AT
    return {
        "spam": int(is_spam.sum()),
        "honest": int((~is_spam).sum()),
        "auc": 1 - roca(scores, is_spam) / 100,
        "spam held": float(held[is_spam].mean()),
        "honest held": float(held[~is_spam].mean()),
    }
