"""Sites beside each other: who may teach whom, and what nobody else can change."""

import pytest

from models.community import Community, Place, Trust, layer_margin
from models.features import Sample, read
from models.online import Layer

SPAM = ("cheap pills now", "buy cheap pills", "casino bonus pills", "win casino bonus", "cheap casino now")
HAM = ("thank you all", "we sat outside", "the bread was good", "I liked the photos", "see you in spring")


def small():
    return Community(Layer.fresh(12))


def teach(community, site, rounds=4, turned=False, offset=0.0):
    """Spam and ham in turn; the other way round if turned."""
    for _ in range(rounds):
        for pair in zip(SPAM, HAM, strict=True):
            for text, is_unwelcome in zip(pair, (not turned, turned), strict=True):
                community.learn(read(Sample(text)), offset, site, is_unwelcome=is_unwelcome)


def margin(community, text, site, offset=0.0):
    return community.margin(read(Sample(text)), offset, site)


@pytest.mark.parametrize("site", [None, "a"])
def test_where_nothing_was_learnt_the_base_speaks(site):
    assert margin(small(), "anything", site, 1.5) == 1.5


def test_without_sites_there_is_one_layer():
    community = small()
    teach(community, None)
    assert community.shared.lessons == 40
    assert community.places == {}
    assert margin(community, "cheap pills", None) > 1


def test_a_new_site_starts_from_what_the_others_taught():
    community = small()
    teach(community, "a")
    assert margin(community, "cheap pills now", "new") == margin(community, "cheap pills now", None) > 1


@pytest.mark.parametrize("turned", [False, True])
def test_what_a_sites_experts_learn_hangs_on_its_own_lessons_alone(turned):
    alone, beside = small(), small()
    teach(alone, "a", rounds=2)
    teach(beside, "b", rounds=2, turned=turned)
    teach(beside, "a", rounds=1)
    teach(beside, "b", rounds=2, turned=turned)
    teach(beside, "a", rounds=1)
    mine, same = alone.places["a"].layer, beside.places["a"].layer
    assert mine.table.tobytes() == same.table.tobytes()
    assert mine.biases.tolist() == same.biases.tolist()
    assert mine.totals.tolist() == same.totals.tolist()


def test_scoring_changes_nothing():
    once, often = small(), small()
    for community in (once, often):
        teach(community, "a")
    for _ in range(3):
        margin(often, "cheap pills", "a")
        margin(often, "cheap pills", "b")
    teach(once, "a", rounds=1)
    teach(often, "a", rounds=1)
    assert once.places["a"].layer.table.tobytes() == often.places["a"].layer.table.tobytes()
    assert margin(once, "cheap pills", "a") == margin(often, "cheap pills", "a")


def teach_beside(community, odd, rounds):
    """Three sites teach the same and one the opposite, round by round."""
    for _ in range(rounds):
        for site in ("a", "b", "c"):
            teach(community, site, rounds=1)
        teach(community, odd, rounds=1, turned=True)


def test_a_site_with_another_policy_gets_its_own_way():
    community = small()
    teach_beside(community, "other", rounds=6)
    assert margin(community, "cheap pills now", "other") < 0 < margin(community, "cheap pills now", "a")
    assert margin(community, "thank you all", "a") < 0 < margin(community, "thank you all", "other")


def test_a_liar_among_honest_sites_is_shut_out_and_teaches_only_itself():
    community = small()
    for site in ("a", "b", "c"):
        teach(community, site, rounds=4)
    teach_beside(community, "liar", rounds=6)
    assert not community.places["liar"].trust.is_kept
    assert all(community.places[site].trust.is_kept for site in "abc")
    shared, own = community.shared.table.tobytes(), community.places["liar"].layer.lessons
    teach(community, "liar", rounds=2, turned=True)
    assert community.shared.table.tobytes() == shared
    assert community.places["liar"].layer.lessons == own + 20


def test_a_site_needs_few_labels_to_get_over_a_poisoned_neighbour():
    community = small()
    teach(community, "honest", rounds=4)
    teach(community, "liar", rounds=8, turned=True)
    teach(community, "honest", rounds=1)
    assert all(margin(community, text, "honest") > 0 for text in SPAM)
    assert all(margin(community, text, "honest") < 0 for text in HAM)


@pytest.mark.parametrize(("contradictions", "is_kept"), [(0, True), (18, True), (20, False), (300, False)])
def test_the_gate_closes_after_twenty_contradictions(contradictions, is_kept):
    trust = Trust()
    for number in range(contradictions):
        trust.note(3.0 if number % 2 else -3.0, is_unwelcome=number % 2 == 0)
    assert trust.is_kept is is_kept


def test_a_site_that_mostly_agrees_keeps_its_trust():
    trust = Trust()
    for number in range(200):
        trust.note(3.0, is_unwelcome=number % 5 != 0)
    assert trust.is_kept


def test_the_gate_opens_again_once_most_labels_agree():
    trust = Trust()
    for is_unwelcome in [False] * 25 + [True] * 70:
        trust.note(3.0, is_unwelcome=is_unwelcome)
    assert trust.is_kept


def test_labels_on_unsure_predictions_count_neither_way():
    trust = Trust()
    for unsure in (0.0, 0.5, -0.5, 0.49) * 50:
        trust.note(unsure, is_unwelcome=unsure <= 0)
    assert (trust.agreed, trust.total) == (1.0, 2.0)


def test_a_layer_without_a_site_and_one_of_a_site_score_alike():
    layer = Place().layer
    assert layer_margin(layer, read(Sample("a text")), 2.5) == 2.5
