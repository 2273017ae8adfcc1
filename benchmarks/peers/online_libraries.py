"""river and Vowpal Wabbit, libraries made for learning one row at a time; neither is a dependency of ours."""

import importlib
import importlib.metadata
import zlib
from collections import Counter
from typing import Any, Final

from sklearn.feature_extraction.text import CountVectorizer

SLOT_BITS: Final = 22
LEARNING_RATE: Final = 0.1
"""AdaGrad's first step, ten times the default of river: n-grams are many and each is rare."""

_grams = CountVectorizer(analyzer="char_wb", ngram_range=(2, 5)).build_analyzer()


class River:
    """Logistic regression with AdaGrad on character n-grams of 2 to 5, scaled to unit length."""

    name = "river AdaGrad, characters"

    def __init__(self) -> None:
        self.version = importlib.metadata.version("river")
        optim: Any = importlib.import_module("river.optim")
        linear: Any = importlib.import_module("river.linear_model")
        self._model = linear.LogisticRegression(optimizer=optim.AdaGrad(lr=LEARNING_RATE))

    def score(self, text: str) -> float:
        """Probability of spam."""
        return float(self._model.predict_proba_one(_counts(text)).get(True, 0.5))

    def learn(self, text: str, is_spam: bool) -> None:  # noqa: FBT001 - the label is what is learnt
        """One step."""
        self._model.learn_one(_counts(text), is_spam)

    def close(self) -> None:
        """There is nothing to end."""


def _counts(text: str) -> dict[str, float]:
    counts = Counter(_grams(text))
    length = sum(count * count for count in counts.values()) ** 0.5
    return {gram: count / length for gram, count in counts.items()}


class VowpalWabbit:
    """Vowpal Wabbit's adaptive, normalised logistic regression on character n-grams of 2 to 5."""

    name = "Vowpal Wabbit, characters"

    def __init__(self) -> None:
        library: Any = importlib.import_module("vowpalwabbit")
        self.version = importlib.metadata.version("vowpalwabbit")
        self._model = library.Workspace(f"--quiet --loss_function logistic -b {SLOT_BITS}")

    def score(self, text: str) -> float:
        """Log odds of spam."""
        return float(self._model.predict(_line("", text)))

    def learn(self, text: str, is_spam: bool) -> None:  # noqa: FBT001 - the label is what is learnt
        """One step."""
        self._model.learn(_line("1" if is_spam else "-1", text))

    def close(self) -> None:
        """Ends the library's workspace."""
        self._model.finish()


def _line(label: str, text: str) -> str:
    """Its input format; n-grams go in as numbers, because blanks, colons and bars mean something in it."""
    slots = (zlib.crc32(gram.encode("utf-8", "replace")) % 2**SLOT_BITS for gram in _grams(text))
    return f"{label} |t {' '.join(map(str, slots))}"
