"""Margin to probability."""

import math

import pytest

from models.calibration import Calibration, log_odds


def test_the_score_is_the_logistic_function_of_the_scaled_margin():
    assert Calibration(2.0, -1.0, 0.3).score(0.5) == 0.5
    assert Calibration(1.0, 0.0, 0.5).score(log_odds(0.9)) == pytest.approx(0.9)


@pytest.mark.parametrize("margin", [-1e308, -750.0, 750.0, 1e308])
def test_the_score_never_leaves_0_to_1(margin):
    assert 0.0 <= Calibration(3.0, 0.0, 0.5).score(margin) <= 1.0


def test_another_prior_moves_the_odds_by_bayes_rule():
    moved = Calibration(1.0, 0.0, 0.5).at(0.2)
    assert moved.score(0.0) == pytest.approx(0.2)
    assert moved.prior == 0.2


@pytest.mark.parametrize(
    ("slope", "offset", "prior"),
    [(0.0, 0.0, 0.5), (-1.0, 0.0, 0.5), (math.nan, 0.0, 0.5), (1.0, math.inf, 0.5), (1.0, 0.0, 0.0)],
)
def test_a_meaningless_calibration_cannot_be_built(slope, offset, prior):
    with pytest.raises(ValueError, match=r"calibration|prior"):
        Calibration(slope, offset, prior)
