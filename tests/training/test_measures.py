"""Figures against scikit-learn and against counting by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, roc_auc_score

from training.measures import calibration_error, lam, measure, missed_at, roca, threshold_at

SHARE = st.floats(0, 1) | st.sampled_from((0.0, 0.25, 0.5, 0.5, 1.0))
ROWS = st.lists(st.tuples(SHARE, st.booleans()), min_size=2, max_size=60).filter(
    lambda rows: len({is_spam for _, is_spam in rows}) == 2
)
TWENTY = np.linspace(0.02, 0.97, 20)


def split(rows):
    scores, truth = zip(*rows, strict=True)
    return np.array(scores), np.array(truth)


@given(ROWS)
def test_roca_is_what_scikit_learn_finds(rows):
    scores, is_spam = split(rows)
    assert roca(scores, is_spam) == pytest.approx(100 * (1 - roc_auc_score(is_spam, scores)), abs=1e-9)


@given(ROWS)
def test_roca_is_the_share_of_pairs_in_the_wrong_order(rows):
    spam = [score for score, is_spam in rows if is_spam]
    ham = [score for score, is_spam in rows if not is_spam]
    wrong = sum((h > s) + 0.5 * (h == s) for s in spam for h in ham)
    assert roca(*split(rows)) == pytest.approx(100 * wrong / (len(spam) * len(ham)), abs=1e-9)


@given(ROWS)
def test_brier_is_what_scikit_learn_finds(rows):
    scores, is_spam = split(rows)
    assert measure(scores, is_spam).brier == pytest.approx(brier_score_loss(is_spam, scores))


@given(ROWS, st.sampled_from((0.0, 0.001, 0.1, 0.5)))
def test_no_threshold_that_blocks_as_little_ham_catches_more_spam(rows, blocked):
    spam = [score for score, is_spam in rows if is_spam]
    ham = [score for score, is_spam in rows if not is_spam]
    thresholds = [t for t, _ in rows if sum(h > t for h in ham) <= blocked * len(ham)]
    fewest = min(sum(s <= t for s in spam) for t in thresholds)
    assert missed_at(*split(rows), blocked) == pytest.approx(100 * fewest / len(spam))


@pytest.mark.parametrize(("number", "may_pass"), [(10, 0), (999, 0), (1_000, 1), (5_000, 5)])
def test_a_thousandth_of_the_ham_may_lie_above_the_threshold(number, may_pass):
    ham = np.random.default_rng(1).permutation(number) / number
    assert (ham > threshold_at(ham, 0.001)).sum() == may_pass


def gaps_by_hand(rows):
    bins = {}
    for score, is_spam in rows:
        bins.setdefault(min(14, int(score * 15)), []).append((score, is_spam))
    for inside in bins.values():
        mean = sum(score for score, _ in inside) / len(inside)
        share = sum(is_spam for _, is_spam in inside) / len(inside)
        yield abs(mean - share) * len(inside) / len(rows)


@given(ROWS)
def test_the_calibration_error_is_the_mean_gap_of_fifteen_bins(rows):
    assert calibration_error(*split(rows)) == pytest.approx(sum(gaps_by_hand(rows)), abs=1e-12)


def test_scores_that_are_true_shares_are_calibrated():
    scores = np.repeat(0.25, 400)
    assert calibration_error(scores, np.arange(400) % 4 == 0) == 0.0
    assert calibration_error(scores, np.arange(400) % 2 == 0) == 0.25


def test_lam_is_the_logistic_average_of_both_errors():
    is_spam = np.arange(20) >= 10
    scores = np.where(is_spam, 0.9, 0.1)
    scores[0], scores[10], scores[11] = 0.5, 0.4, 0.2  # one ham at the threshold is blocked, two spam are missed
    blocked, missed = 1.5 / 11, 2.5 / 11
    mean = (np.log(blocked / (1 - blocked)) + np.log(missed / (1 - missed))) / 2
    assert lam(scores, is_spam) == pytest.approx(100 / (1 + np.exp(-mean)))


def test_perfect_and_inverted_scores_are_at_the_ends():
    is_spam = np.arange(20) >= 10
    assert (measure(TWENTY, is_spam).roca, measure(TWENTY, is_spam).missed) == (0.0, 0.0)
    assert (measure(1 - TWENTY, is_spam).roca, measure(1 - TWENTY, is_spam).missed) == (100.0, 100.0)


def test_equal_scores_are_worth_a_coin_and_catch_nothing():
    found = measure(np.full(20, 0.5), np.arange(20) >= 10)
    assert (found.roca, found.missed, found.brier) == (50.0, 100.0, 0.25)


@pytest.mark.parametrize("is_spam", [np.ones(20, bool), np.zeros(20, bool)])
def test_figures_of_one_class_are_refused(is_spam):
    with pytest.raises(ValueError, match="spam and ham"):
        measure(TWENTY, is_spam)


def test_figures_are_plain_values_by_name():
    found = measure(TWENTY, np.arange(20) >= 8).as_dict()
    assert list(found) == ["rows", "spam", "roca", "missed", "lam", "ece", "brier"]
    assert (found["rows"], found["spam"]) == (20, 12)
