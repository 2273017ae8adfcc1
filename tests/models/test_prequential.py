"""The gate refuses a layer that loses to its base, and the alarm rings when losses rise beyond chance, not before."""

import math
import random

import pytest

from models.prequential import FEWEST, WINDOW, WORSE_BY, Trial, has_drifted, is_worse, log_loss, losses


def trials(count: int, *, base: float, layer: float, is_unwelcome: bool = True) -> list[Trial]:
    """Lessons on which both gave the same log-odds in favour of what was then said."""
    sign = 1.0 if is_unwelcome else -1.0
    return [Trial(is_unwelcome, sign * base, sign * layer)] * count


def noisy(count: int, wrong: float, seed: int) -> list[Trial]:
    """Lessons that the layer gets wrong at a rate, confidently."""
    chance = random.Random(seed)
    return [Trial(True, 1.0, -2.0 if chance.random() < wrong else 2.0) for _ in range(count)]


@pytest.mark.parametrize("log_odds", [-800.0, -3.0, 0.0, 0.5, 800.0])
@pytest.mark.parametrize("is_unwelcome", [True, False])
def test_a_loss_is_between_zero_and_four_nats(log_odds: float, is_unwelcome: bool):
    probability = 1 / (1 + math.exp(-max(-700.0, min(700.0, log_odds if is_unwelcome else -log_odds))))
    expected = min(4.0, -math.log(max(probability, 1e-300)))
    assert log_loss(log_odds, is_unwelcome=is_unwelcome) == pytest.approx(expected)


def test_a_layer_that_does_clearly_worse_is_refused():
    assert is_worse(trials(FEWEST, base=2.0, layer=0.5))
    assert not is_worse(trials(FEWEST, base=0.5, layer=2.0))


def test_a_few_lessons_say_nothing():
    assert not is_worse(trials(FEWEST - 1, base=3.0, layer=-3.0))


def test_a_layer_that_harms_welcome_comments_is_refused_even_if_it_gains_on_the_others():
    gains = trials(WINDOW - FEWEST, base=-1.0, layer=3.0)
    harm = trials(FEWEST, base=2.0, layer=-0.5, is_unwelcome=False)
    base, layer = losses(gains + harm)
    assert layer < base
    assert is_worse(gains + harm)


def test_what_was_refused_must_do_as_well_as_the_base_to_be_used_again():
    nearly = trials(WINDOW, base=1.0, layer=0.9)
    base, layer = losses(nearly)
    assert 0 < layer - base < WORSE_BY
    assert (is_worse(nearly), is_worse(nearly, was_worse=True)) == (False, True)
    assert not is_worse(trials(WINDOW, base=1.0, layer=1.1), was_worse=True)


def test_only_the_newest_lessons_count():
    assert not is_worse(trials(200, base=2.0, layer=-2.0) + trials(WINDOW, base=1.0, layer=2.0))


def test_losses_that_stay_as_they_are_ring_no_alarm():
    alarms = sum(has_drifted(noisy(512, 0.2, seed)) for seed in range(200))
    assert alarms <= 2


def test_losses_that_rise_ring_it():
    assert all(has_drifted(noisy(200, 0.05, seed) + noisy(100, 0.6, seed + 1000)) for seed in range(20))


def test_losses_that_fall_do_not():
    assert not any(has_drifted(noisy(200, 0.6, seed) + noisy(200, 0.05, seed)) for seed in range(20))


def test_no_lessons_are_no_alarm():
    assert (has_drifted([]), is_worse([]), losses([])) == (False, False, (0.0, 0.0))
