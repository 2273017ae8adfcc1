"""How often people and program agree, with how sure one can be of it; formulas only, no names."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

from moderation.judging.small_numbers import SMALLEST_COUNT
from moderation.vocabulary import Label, Verdict

_Z: Final = 1.959963984540054  # the 97.5 % point of the normal distribution: intervals of 95 %
Word = TypeVar("Word", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Rate:
    """A share with the interval in which it lies with 95 % confidence; None where nothing was counted."""

    hits: int
    count: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.count:
            raise ValueError("what is counted contains what hits")

    @property
    def share(self) -> float | None:
        """The share, 0..1."""
        return self.hits / self.count if self.count else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's score interval (Wilson 1927), 0..1."""
        if not self.count:
            return None
        n, p = self.count, self.hits / self.count
        middle = p + _Z**2 / (2 * n)
        half = _Z * math.sqrt(p * (1 - p) / n + _Z**2 / (4 * n**2))
        scale = 1 + _Z**2 / n
        return max(0.0, (middle - half) / scale), min(1.0, (middle + half) / scale)

    @property
    def interval_shown(self) -> tuple[float, float] | None:
        """The interval that everyone may see: one of few hits would tell how many, so it is that of all few hits."""
        if self.interval is None or self.hits >= SMALLEST_COUNT:
            return self.interval
        most = Rate(min(SMALLEST_COUNT - 1, self.count), self.count).interval
        return (0.0, most[1]) if most else None


def wrong_holds(said: Mapping[tuple[Verdict, Label], int]) -> Rate:
    """Returns how many of the comments that people find welcome the program had stopped."""
    good = {verdict: count for (verdict, label), count in said.items() if label is Label.HAM}
    return Rate(sum(good.values()) - good.get(Verdict.PUBLISH, 0), sum(good.values()))


def missed(said: Mapping[tuple[Verdict, Label], int]) -> Rate:
    """Returns how many of the comments that people find unwelcome the program had published."""
    bad = {verdict: count for (verdict, label), count in said.items() if label is Label.SPAM}
    return Rate(bad.get(Verdict.PUBLISH, 0), sum(bad.values()))


def kappa(pairs: Mapping[tuple[Word, Word], int]) -> float | None:
    """Returns Cohen's kappa of pairs of words with their counts: 1 is full agreement, 0 what chance gives.

    None where nothing was counted, or where everybody always said the same word, which tells nothing (Cohen 1960).
    """
    total = sum(pairs.values())
    if not total:
        return None
    words = {word for pair in pairs for word in pair}
    agreed = sum(pairs.get((word, word), 0) for word in words) / total
    first = {word: sum(count for (one, _), count in pairs.items() if one == word) for word in words}
    second = {word: sum(count for (_, other), count in pairs.items() if other == word) for word in words}
    by_chance = sum(first[word] * second[word] for word in words) / total**2
    return None if math.isclose(by_chance, 1.0) else (agreed - by_chance) / (1 - by_chance)
