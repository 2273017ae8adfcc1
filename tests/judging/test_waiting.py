"""Waiting times with those who still wait: examples worked by hand, and a second way to the same curve."""

import random

import pytest

from moderation.judging.waiting import Wait, median, still_waiting, within

REMISSION = [  # Freireich et al. 1963, as in Kaplan-Meier tables of textbooks: weeks of remission, + still in it
    *((weeks, True) for weeks in (6, 6, 6, 7, 10, 13, 16, 22, 23)),
    *((weeks, False) for weeks in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)),
]


def waits(*given: tuple[float, bool]) -> list[Wait]:
    return [Wait(seconds, ended) for seconds, ended in given]


def test_the_curve_is_that_of_the_textbooks():
    curve = {seconds: round(share, 3) for seconds, share in still_waiting(waits(*REMISSION))}
    assert curve == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}


@pytest.mark.parametrize(
    ("given", "half", "most"),
    [
        ([], None, None),
        ([(5, True)], 5, 5),
        ([(5, False)], None, None),
        ([(1, True), (2, True), (3, True), (4, True)], 2, 4),
        ([(1, True), (2, True), (3, True)], 2, 3),
        ([(1, True), (2, False), (3, False), (4, False)], None, None),  # a backlog: half are not looked at yet
        ([(1, False), (2, True), (3, True)], 2, 3),
        ([(2, True), (2, False)], 2, None),  # who was seen waiting for just that long counts among those who waited
        ([(n, True) for n in range(1, 11)], 5, 9),  # nine in ten within nine, in spite of binary fractions
        ([*((1, True) for _ in range(10)), *((100, False) for _ in range(30))], None, None),
        (REMISSION, 23, None),
    ],
)
def test_half_and_most_are_found_or_said_not_to_be_known(
    given: list[tuple[float, bool]], half: float | None, most: float | None
):
    assert (within(waits(*given), 0.5), within(waits(*given), 0.9)) == (half, most)


@pytest.mark.parametrize("seed", range(60))
def test_whoever_is_no_longer_seen_hands_the_weight_on(seed: int):
    """Efron 1967: each weighs alike; a censored one's weight goes to all who waited longer. It is the same curve."""
    chance = random.Random(seed)
    given = [(chance.randint(0, 12), chance.random() < 0.6) for _ in range(chance.randint(1, 40))]
    curve = dict(still_waiting(waits(*given)))
    for seconds, share in by_redistribution(given).items():
        assert curve[seconds] == pytest.approx(share)
    assert curve.keys() == by_redistribution(given).keys()


def by_redistribution(given: list[tuple[int, bool]]) -> dict[int, float]:
    ordered = sorted(given, key=lambda one: (one[0], not one[1]))
    weights = [1 / len(ordered)] * len(ordered)
    rest, curve = 1.0, {}
    for place, (seconds, ended) in enumerate(ordered):
        if ended:
            rest -= weights[place]
            curve[seconds] = max(rest, 0.0)
        elif later := len(ordered) - place - 1:
            for other in range(place + 1, len(ordered)):
                weights[other] += weights[place] / later
    return curve


def test_nobody_waits_less_than_no_time():
    for seconds in (-1.0, float("nan")):
        with pytest.raises(ValueError, match="no time"):
            Wait(seconds, ended=True)


@pytest.mark.parametrize(("values", "middle"), [([], None), ([3], 3), ([4, 1], 1), ([3, 1, 2], 2)])
def test_the_middle_value_is_the_lower_of_two(values: list[float], middle: float | None):
    assert median(values) == middle
