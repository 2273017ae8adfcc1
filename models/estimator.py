"""The learner as a scikit-learn classifier of texts, for those who compare; the service never imports it."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import assert_all_finite, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from models import artifact
from models.calibration import probability
from models.classifier import Classifier
from models.community import layer_margin
from models.features import Reading, Sample, features_of, read
from models.online import Layer, Lesson

Texts = Sequence[str | Sample] | Sequence[Sequence[str | Sample]] | NDArray[Any]
"""Texts or samples: a list, a one-dimensional array, or a table of one column."""
SHIPPED: Final = "shipped"
_CLASSES: Final = 2


class SpamClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn ships no types
    """Learns in the order of the rows, one pass; of its two classes, the one that sorts last is the unwelcome one.

    ``table_bits``: the table has 2**table_bits rows of 40 bytes. ``base``: what a prediction starts from: None, a
    Classifier, or "shipped" for the model that comes with this package. Scores are those the service would give.

    Fitted: ``classes_`` (ham before spam, False before True), ``n_features_in_`` (1: one column of texts), ``base_``,
    ``layer_`` (what was learnt; ``models.delta`` keeps it without pickle).
    """

    def __init__(self, table_bits: int = 20, base: str | Classifier | None = None) -> None:
        self.table_bits = table_bits
        self.base = base

    def fit(self, X: Texts, y: ArrayLike, sample_weight: ArrayLike | None = None) -> Self:  # noqa: N803 - sklearn's X
        """Forget everything, then learn the rows in order; see ``partial_fit``."""
        samples, labels, weights = self._checked(X, y, sample_weight, is_first=True)
        self._start(np.unique(labels))
        return self._learn(samples, labels, weights)

    def partial_fit(
        self,
        X: Texts,  # noqa: N803 - scikit-learn's name
        y: ArrayLike,
        classes: ArrayLike | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """Learn further rows in order; ``classes`` names both at the first call.

        A weight of 0 leaves a row out, one above 1 teaches it more than once. Raises ValueError, before anything is
        learnt, for rows that are no texts and labels that are none of the two classes.
        """
        is_first = not hasattr(self, "layer_")
        samples, labels, weights = self._checked(X, y, sample_weight, is_first=is_first)
        named = self.classes_ if classes is None and not is_first else classes
        if named is None:
            raise ValueError("classes must be passed on the first call to partial_fit")
        if not is_first and not np.array_equal(np.unique(named), self.classes_):
            raise ValueError("classes are not those of the first call to partial_fit")
        if not np.isin(labels, named).all():
            raise ValueError("y has labels that are not among the classes")
        if is_first:
            self._start(np.unique(named))
        return self._learn(samples, labels, weights)

    def decision_function(self, X: Texts) -> NDArray[np.float64]:  # noqa: N803 - scikit-learn's name
        """The log-odds that each row is unwelcome, shape (rows,)."""
        check_is_fitted(self)
        samples = self._samples(X, is_first=False)
        return np.fromiter(map(self._margin, samples), np.float64, len(samples))

    def predict_proba(self, X: Texts) -> NDArray[np.float64]:  # noqa: N803 - scikit-learn's name
        """The probability of each class for each row, shape (rows, 2), in the order of ``classes_``."""
        unwelcome = np.array([probability(margin) for margin in self.decision_function(X).tolist()])
        return np.column_stack((1.0 - unwelcome, unwelcome))

    def predict(self, X: Texts) -> NDArray[Any]:  # noqa: N803 - scikit-learn's name
        """The likelier class of each row, shape (rows,)."""
        is_unwelcome = self.decision_function(X) > 0
        found: NDArray[Any] = self.classes_[is_unwelcome.astype(np.intp)]
        return found

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn ships no types
        """Texts in, two classes out."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        return tags

    def _checked(
        self,
        X: Texts,  # noqa: N803 - scikit-learn's name
        y: ArrayLike | None,
        sample_weight: ArrayLike | None,
        *,
        is_first: bool,
    ) -> tuple[list[Sample], NDArray[Any], NDArray[np.float64]]:
        """Samples, labels and weights of one length."""
        if y is None:
            raise ValueError("SpamClassifier requires y to be passed, but the target y is None")
        samples = self._samples(X, is_first=is_first)
        labels = column_or_1d(y, warn=True)
        assert_all_finite(labels, input_name="y")
        check_classification_targets(labels)
        check_consistent_length(samples, labels)
        return samples, labels, _check_sample_weight(sample_weight, samples, ensure_non_negative=True)

    def _samples(self, X: Texts, *, is_first: bool) -> list[Sample]:  # noqa: N803 - scikit-learn's name
        """The rows as samples; ``is_first`` where the number of columns is to be noted."""
        found = samples_of(X)
        if is_first:
            self.n_features_in_ = 1
        return found

    def _start(self, classes: NDArray[Any]) -> None:
        if len(classes) != _CLASSES:
            found = "1 class" if len(classes) == 1 else f"{len(classes)} classes"
            raise ValueError(f"Only binary classification is supported: two classes are needed, not {found}")
        self.base_ = _base(self.base)
        self.classes_ = classes
        self.layer_ = Layer.fresh(self.table_bits)

    def _learn(self, samples: Sequence[Sample], labels: NDArray[Any], weights: NDArray[np.float64]) -> Self:
        unwelcome = (labels == self.classes_[1]).tolist()
        for sample, is_unwelcome, weight in zip(samples, unwelcome, weights.tolist(), strict=True):
            reading = read(sample)
            offset = self._offset(reading)
            for part in _parts(weight):
                self.layer_.learn(Lesson(features_of(reading), is_unwelcome, part, offset))
        return self

    def _margin(self, sample: Sample) -> float:
        reading = read(sample)
        return layer_margin(self.layer_, reading, self._offset(reading))

    def _offset(self, reading: Reading) -> float:
        return self.base_.log_odds_of(reading) if self.base_ else 0.0


def samples_of(rows: Texts) -> list[Sample]:
    """The samples of a column of texts or samples; raises ValueError for anything else, without quoting it."""
    column = np.asarray(rows, dtype=object)
    if column.ndim == 2 and column.shape[1] == 1:  # noqa: PLR2004 - a table
        column = column[:, 0]
    if column.ndim != 1:
        raise ValueError(f"Expected a sequence of texts or a table of one column, got {column.ndim} dimensions")
    if not len(column):
        raise ValueError("Found array with 0 sample(s) while a minimum of 1 is required.")
    return [_sample(row, number) for number, row in enumerate(column)]


def _sample(row: object, number: int) -> Sample:
    if isinstance(row, Sample):
        return row
    if not isinstance(row, str):
        raise ValueError(f"row {number} is a {type(row).__name__}: neither a text nor a Sample")  # noqa: TRY004 - as sklearn
    return Sample(str(row))


def _base(base: str | Classifier | None) -> Classifier | None:
    """The classifier that a parameter names."""
    if base is None or isinstance(base, Classifier):
        return base
    if base == SHIPPED:
        return artifact.load(artifact.shipped_folder())
    raise ValueError(f"base is None, a Classifier or {SHIPPED!r}")


def _parts(weight: float) -> Iterable[float]:
    """A weight as lessons of at most 1 each: 2.5 teaches with 1, 1 and 0.5."""
    whole, rest = divmod(weight, 1.0)
    return (*(1.0,) * int(whole), *((rest,) if rest else ()))
