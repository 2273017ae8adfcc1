"""How good a model is: figures on rows it did not see; it trains only in order to test."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from models.batch import Parts, parts
from models.calibration import Calibration
from models.card import Figures
from models.classifier import HANDICAP
from models.linear import LIFT_TO, Caution
from training import corpus as corpora
from training.corpus import Corpus, Progress
from training.fitting import Linear
from training.recipe import Recipe
from training.splits import held_out
from training.synthetic import NAME as SYNTHETIC

Margins = NDArray[np.float64]
HOLD_AT: Final = 0.7
"""The default threshold at which a comment is held."""
_TEST_SHARE: Final = 0.2
_FEWEST_FOR_AUC: Final = 10


@dataclass(frozen=True, slots=True)
class Unseen:
    """Margins of real rows by models that never saw their set, in corpus order: of whole texts, and of windows."""

    margins: Margins
    windows: Margins
    is_spam: NDArray[np.bool_]
    source: NDArray[np.str_]
    language: NDArray[np.str_]


def leave_one_source_out(corpus: Corpus, recipe: Recipe, progress: Progress = lambda _: None) -> Unseen:
    """Train without each real set in turn and score that set: the nearest thing to an unseen blog."""
    real = corpus.source != SYNTHETIC
    margins, windows = np.zeros(len(corpus.examples)), np.zeros(len(corpus.examples))
    for name in sorted(set(corpus.source[real].tolist())):
        progress(f"unseen: {name}")
        here = corpus.source == name
        model = corpora.fit(corpora.select(corpus, ~here), recipe)
        margins[here], windows[here] = scored(model, corpora.select(corpus, here))
    language = np.array([example.language for example in corpus.examples], str)
    return Unseen(margins[real], windows[real], corpus.is_spam[real], corpus.source[real], language[real])


def held_out_margins(corpus: Corpus, recipe: Recipe) -> Unseen:
    """Train on four fifths of the blocks of near-duplicates and score the real rows of the last fifth."""
    apart = np.array(held_out(corpus.examples, _TEST_SHARE, recipe.seed))
    model = corpora.fit(corpora.select(corpus, ~apart), recipe)
    tested = apart & (corpus.source != SYNTHETIC)
    language = np.array([example.language for example in corpus.examples], str)
    margins, windows = scored(model, corpora.select(corpus, tested))
    return Unseen(margins, windows, corpus.is_spam[tested], corpus.source[tested], language[tested])


def scored(model: Linear, corpus: Corpus) -> Parts:
    """What serving would compute for the rows of a corpus as they are, before any calibration."""
    samples = [example.sample for example in corpus.examples]
    return parts(samples, model.weights.take, Caution(model.bias, 0.0, HANDICAP))


def balanced_weights(unseen: Unseen) -> Margins:
    """Weights that give every set the same say within spam and within ham."""
    keys = np.array([f"{source}/{spam}" for source, spam in zip(unseen.source, unseen.is_spam, strict=True)])
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    weights: Margins = 1.0 / counts[inverse]
    for spam in (True, False):
        weights[unseen.is_spam == spam] /= weights[unseen.is_spam == spam].sum()
    return weights


def restrict(unseen: Unseen, wanted: NDArray[np.bool_]) -> Unseen:
    """The margins for which ``wanted`` is true."""
    margins, windows = unseen.margins[wanted], unseen.windows[wanted]
    return Unseen(margins, windows, unseen.is_spam[wanted], unseen.source[wanted], unseen.language[wanted])


def of_shared_languages(unseen: Unseen, fewest: int) -> NDArray[np.bool_]:
    """Which rows are in a language of which at least two sets have ``fewest`` rows.

    Leaving out the only set of a language tests a language the model has never seen, which says nothing about a model
    that ships with that set; such rows stand in the tables but do not calibrate. Neither does the spam or ham of a set
    of which fewer rows are left: a handful would have the say of a whole set.
    """
    rows_of = Counter(zip(unseen.language.tolist(), unseen.source.tolist(), strict=True))
    sets_of = Counter(language for (language, _), rows in rows_of.items() if rows >= fewest)
    shared = [sets_of[language] > 1 for language in unseen.language.tolist()]
    cells = list(zip(unseen.source.tolist(), unseen.is_spam.tolist(), shared, strict=True))
    left = Counter(cells)
    return np.array([cell[2] and left[cell] >= fewest for cell in cells], bool)


def calibrate(unseen: Unseen, prior: float) -> Calibration:
    """Platt scaling on margins of unseen sets, both classes weighed alike, then moved to the stated prior."""
    weights = balanced_weights(unseen) * len(unseen.margins)
    platt = LogisticRegression(C=1e6)
    platt.fit(unseen.margins[:, None], unseen.is_spam, sample_weight=weights)
    even = Calibration(float(platt.coef_[0, 0]), float(platt.intercept_[0]), 0.5)
    moved = even.at(prior)
    return Calibration(float(np.float32(moved.slope)), float(np.float32(moved.offset)), prior)


def lifted(unseen: Unseen, calibration: Calibration) -> Unseen:
    """The same with the margins that serving uses: windows may lift a text up to a ceiling in log odds.

    The calibration itself is found on whole texts, since the ceiling depends on it.
    """
    return replace(unseen, margins=Parts(unseen.margins, unseen.windows).margins(calibration.margin(LIFT_TO)))


def scores(margins: Margins, calibration: Calibration) -> Margins:
    """Calibrated scores of margins."""
    return np.array([calibration.score(float(margin)) for margin in margins])


def auc(margins: Margins, is_spam: NDArray[np.bool_], weights: Margins | None = None) -> float | None:
    """Area under the ROC curve; None where one class has too few rows to say anything."""
    if min(is_spam.sum(), (~is_spam).sum()) < _FEWEST_FOR_AUC:
        return None
    return float(roc_auc_score(is_spam, margins, sample_weight=weights))


def recall_at(margins: Margins, is_spam: NDArray[np.bool_], weights: Margins, false_share: float) -> float:
    """Share of spam above the threshold that holds at most ``false_share`` of the ham, both weighted."""
    ham = np.argsort(-margins[~is_spam])
    blocked = np.cumsum(weights[~is_spam][ham]) / weights[~is_spam].sum()
    first_over = int(np.searchsorted(blocked, false_share, side="right"))
    threshold = margins[~is_spam][ham[min(first_over, len(ham) - 1)]]
    caught = weights[is_spam][margins[is_spam] > threshold].sum()
    return float(caught / weights[is_spam].sum())


def slice_figures(name: str, unseen: Unseen, chosen: NDArray[np.bool_], calibration: Calibration) -> Figures:
    """The row of one slice: counts, AUC, share held at the default threshold, mean score of ham."""
    margins, is_spam = unseen.margins[chosen], unseen.is_spam[chosen]
    found = scores(margins, calibration)
    return {
        "slice": name,
        "spam": int(is_spam.sum()),
        "ham": int((~is_spam).sum()),
        "AUC": auc(margins, is_spam),
        "spam held": _share(found[is_spam] >= HOLD_AT),
        "ham held": _share(found[~is_spam] >= HOLD_AT),
        "ham mean score": float(found[~is_spam].mean()) if (~is_spam).any() else None,
    }


def _share(held: NDArray[np.bool_]) -> float | None:
    return float(held.mean()) if len(held) else None


def by_slice(unseen: Unseen, labels: NDArray[np.str_], calibration: Calibration, fewest: int = 100) -> list[Figures]:
    """A row for each value of the labels with at least ``fewest`` comments."""
    names: Sequence[str] = sorted(set(labels.tolist()))
    chosen = [(name, labels == name) for name in names]
    return [slice_figures(name, unseen, here, calibration) for name, here in chosen if here.sum() >= fewest]


def pooled(unseen: Unseen, calibration: Calibration) -> Figures:
    """All sets in one pool, every set with the same say: does one threshold serve them all?"""
    weights = balanced_weights(unseen)
    found = scores(unseen.margins, calibration)
    at_prior = weights * np.where(unseen.is_spam, calibration.prior, 1 - calibration.prior)
    return {
        "AUC": auc(unseen.margins, unseen.is_spam, weights),
        "recall at 1% ham held": recall_at(unseen.margins, unseen.is_spam, weights, 0.01),
        "spam held": float((weights * (found >= HOLD_AT))[unseen.is_spam].sum()),
        "ham held": float((weights * (found >= HOLD_AT))[~unseen.is_spam].sum()),
        "Brier score": float(brier_score_loss(unseen.is_spam, found, sample_weight=at_prior)),
        "mean score minus prior": float((at_prior * found).sum() - calibration.prior),
    }
