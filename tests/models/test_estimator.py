"""The scikit-learn estimator keeps the contract of classifiers, over texts, and learns what the service learns."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks
from sklearn.utils.validation import validate_data

from models.calibration import probability
from models.community import Community
from models.delta import pack_layer
from models.estimator import SpamClassifier, samples_of
from models.features import Sample, read
from models.site import SiteClassifier

SPAM = [f"cheap pills {word} at http://pills.example" for word in ("now", "today", "best", "online", "here")]
HAM = [f"thank you for the {word}, we liked it" for word in ("bread", "recipe", "photo", "letter", "answer")]
TEXTS = [text for pair in zip(SPAM, HAM, strict=True) for text in pair] * 3
LABELS = ["spam", "ham"] * 15


def small(**parameters):
    return SpamClassifier(**{"table_bits": 12} | parameters)


class OverNumbers(SpamClassifier):
    """The same estimator fed with numbers written as words, since scikit-learn's checks know no texts."""

    def __init__(self, table_bits=12, base=None):
        super().__init__(table_bits, base)

    def _samples(self, X, *, is_first):  # noqa: N803 - scikit-learn's name
        table = validate_data(self, X, reset=is_first, dtype=np.float64)
        return [Sample(" ".join(map(word_of, enumerate(row)))) for row in table]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.one_d_array = tags.input_tags.string = False
        return tags


def word_of(numbered):
    """The column as a letter, the number as a thermometer of letters, so that near numbers share n-grams."""
    at, number = numbered
    return chr(ord("a") + at % 26) * 2 + ("lo" if number < 0 else "hi") + "x" * min(9, int(2 * abs(number)))


def those_that_cannot_pass(estimator):
    """The checks that ask for what no learner in order can give, each with the reason."""
    order = "compares a weighted order of rows with a shuffled one; what is learnt depends on the order of the rows"
    return {"check_sample_weight_equivalence_on_dense_data": order}


@parametrize_with_checks([OverNumbers()], expected_failed_checks=those_that_cannot_pass)
def test_it_passes_the_checks_of_scikit_learn(estimator, check):
    check(estimator)


def test_its_tags_say_that_it_reads_texts_and_knows_two_classes():
    tags = get_tags(SpamClassifier())
    assert (tags.input_tags.string, tags.input_tags.one_d_array, tags.input_tags.two_d_array) == (True, True, False)
    assert not tags.input_tags.sparse
    assert tags.classifier_tags.multi_class is False


def test_it_learns_to_tell_spam_from_ham():
    model = small().fit(TEXTS, LABELS)
    assert model.classes_.tolist() == ["ham", "spam"]
    assert model.n_features_in_ == 1
    assert model.score(TEXTS, LABELS) == 1.0
    assert model.predict(["cheap pills now", "thank you for the bread"]).tolist() == ["spam", "ham"]


@pytest.mark.parametrize("labels", [(False, True), (0, 1), (-1, 1), ("a", "b")])
def test_the_label_that_sorts_last_is_the_unwelcome_one(labels):
    y = [labels[label == "spam"] for label in LABELS]
    assert small().fit(TEXTS, y).decision_function(["cheap pills now"])[0] > 0


def test_probabilities_are_the_logistic_of_the_decision_and_sum_to_one():
    model = small().fit(TEXTS, LABELS)
    proba, margins = model.predict_proba(TEXTS), model.decision_function(TEXTS)
    assert proba[:, 1].tolist() == [probability(margin) for margin in margins]
    assert proba.sum(axis=1) == pytest.approx(np.ones(len(TEXTS)))


@pytest.mark.parametrize(
    "rows",
    [
        TEXTS,
        tuple(TEXTS),
        np.array(TEXTS),
        np.array(TEXTS, object),
        np.array(TEXTS, object)[:, None],
        [[text] for text in TEXTS],
        [Sample(text) for text in TEXTS],
    ],
    ids=["list", "tuple", "strings", "objects", "column", "nested", "samples"],
)
def test_rows_may_come_in_every_usual_container(rows):
    expected = small().fit(TEXTS, LABELS)
    assert pack_layer(small().fit(rows, LABELS).layer_) == pack_layer(expected.layer_)


def test_a_sample_counts_with_author_address_and_page():
    rows = [Sample("nice", "cheap pills" if label == "spam" else "Ann") for label in LABELS]
    found = small().fit(rows, LABELS).decision_function([Sample("nice", "cheap pills"), Sample("nice", "Ann")])
    assert found[0] > found[1]


@pytest.mark.parametrize(
    "rows",
    ["one text", b"bytes", [b"bytes"], [1.5], [None], [["two", "columns"]], [[["deep"]]], [], 7],
    ids=str,
)
def test_what_is_no_text_is_refused_without_quoting_it(rows):
    with pytest.raises(ValueError, match=r"row 0 is a|Expected a sequence|0 sample") as caught:
        samples_of(rows)
    assert "columns" not in str(caught.value).replace("one column", "")


def test_learning_in_parts_is_learning_at_once():
    model = small().partial_fit(TEXTS[:7], LABELS[:7], classes=["ham", "spam"])
    model.partial_fit(TEXTS[7:], LABELS[7:])
    assert pack_layer(model.layer_) == pack_layer(small().fit(TEXTS, LABELS).layer_)


def test_fitting_again_forgets_what_was_learnt():
    model = small().fit(TEXTS, LABELS[1:] + LABELS[:1])
    assert pack_layer(model.fit(TEXTS, LABELS).layer_) == pack_layer(small().fit(TEXTS, LABELS).layer_)


def test_the_first_part_may_hold_one_class_if_both_are_named():
    model = small().partial_fit(SPAM, ["spam"] * 5, classes=["spam", "ham"])
    assert model.predict(SPAM).tolist() == ["spam"] * 5


@pytest.mark.parametrize(
    ("labels", "options", "message"),
    [
        (["spam"] * 5, {}, "classes must be passed"),
        (["spam"] * 5, {"classes": ["spam"]}, "not 1 class"),
        (["spam"] * 5, {"classes": ["a", "b"]}, "not among the classes"),
        (["spam"] * 4, {"classes": ["ham", "spam"]}, "inconsistent numbers"),
        (["spam"] * 5, {"classes": ["ham", "spam"], "sample_weight": [1, 1, -1, 1, 1]}, "Negative values"),
        (["spam"] * 5, {"classes": ["ham", "spam"], "sample_weight": [1, 1, np.nan, 1, 1]}, "NaN"),
    ],
)
def test_a_first_part_that_cannot_be_learnt_leaves_nothing_behind(labels, options, message):
    model = small()
    with pytest.raises(ValueError, match=message):
        model.partial_fit(SPAM, labels, **options)
    assert not hasattr(model, "layer_")


def test_a_further_part_with_other_classes_changes_nothing():
    model = small().fit(TEXTS, LABELS)
    before = pack_layer(model.layer_)
    with pytest.raises(ValueError, match="not those of the first call"):
        model.partial_fit(SPAM, ["spam"] * 5, classes=["eggs", "spam"])
    with pytest.raises(ValueError, match="not among the classes"):
        model.partial_fit(SPAM, ["spam"] * 4 + ["eggs"])
    with pytest.raises(ValueError, match="row 4"):
        model.partial_fit([*SPAM[:4], None], ["spam"] * 5)
    assert pack_layer(model.layer_) == before


def test_weights_of_nought_leave_out_and_weights_above_one_repeat():
    weighted = small().fit(TEXTS, LABELS, sample_weight=[0, 0] + [2.5] * 28)
    repeated = small()
    for text, label in zip(TEXTS[2:], LABELS[2:], strict=True):
        repeated.partial_fit([text] * 3, [label] * 3, classes=["ham", "spam"], sample_weight=[1, 1, 0.5])
    assert pack_layer(weighted.layer_) == pack_layer(repeated.layer_)


def test_its_scores_are_those_of_the_community_without_a_base():
    model, community = SpamClassifier().fit(TEXTS, LABELS), Community()
    for text, label in zip(TEXTS, LABELS, strict=True):
        community.learn(read(Sample(text)), 0.0, None, is_unwelcome=label == "spam")
    long = "we liked the garden and the river " * 4 + "cheap pills now " + "and the bread was good " * 4
    texts = [*TEXTS, long]
    expected = [community.margin(read(Sample(text)), 0.0, None) for text in texts]
    assert model.decision_function(texts).tolist() == expected


def test_its_scores_are_those_of_a_site_with_a_base(toy):
    model = small(base=toy).fit(TEXTS, LABELS)
    site = SiteClassifier.of(toy, model.layer_, 30)
    assert model.decision_function(TEXTS) == pytest.approx([site.margin(Sample(text)) for text in TEXTS], abs=1e-4)


def test_the_shipped_model_is_a_base_by_its_name():
    model = small(base="shipped").partial_fit(SPAM[:1], ["spam"], classes=["ham", "spam"])
    assert model.base_.name == "base-spam"
    assert model.decision_function(["Buy cheap viagra http://pills.example.ru"])[0] > 0


def test_an_unknown_base_is_refused_at_fit_not_before():
    model = small(base="unheard of")
    with pytest.raises(ValueError, match="base is None"):
        model.fit(TEXTS, LABELS)


def test_it_works_in_pipelines_searches_and_cross_validation():
    assert cross_val_score(small(), TEXTS, LABELS, cv=3).mean() == 1.0
    search = GridSearchCV(small(), {"table_bits": [8, 12]}, cv=2).fit(TEXTS, LABELS)
    assert search.best_score_ > 0.9
    assert make_pipeline(FunctionTransformer(), clone(small())).fit(TEXTS, LABELS).score(TEXTS, LABELS) == 1.0
