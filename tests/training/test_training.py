"""From rows to a signed model, on a few rows of our own making."""

import json
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from models import artifact
from models.calibration import Calibration
from models.features import Sample
from models.linear import LIFT_TO, WINDOWED_FROM
from training import __main__ as command
from training import corpus as corpora
from training import evaluation, fitting, publishing
from training.datasets import SOURCES
from training.evaluation import Unseen
from training.recipe import Recipe

RECIPE = Recipe(synthetic_per_family=4, iterations=60, tolerance=1e-3, fewest_rows=1, calibrating_rows=5)


@pytest.fixture(scope="module")
def corpus(data_folder):
    return corpora.gather(RECIPE, data_folder)


@pytest.fixture(scope="module")
def report(corpus):
    return publishing.evaluate(corpus, RECIPE)


def test_two_runs_of_a_recipe_give_identical_weights(corpus, data_folder):
    first = corpora.fit(corpus, RECIPE)
    second = corpora.fit(corpora.gather(RECIPE, data_folder), RECIPE)
    assert first.weights.tobytes() == second.weights.tobytes()
    assert first.bias == second.bias


def test_margins_in_bulk_are_the_margins_that_serving_computes(corpus, data_folder, report):
    model = publishing.classifier(corpus, RECIPE, report, data_folder)
    first = corpora.select(corpus, np.arange(len(corpus.examples)) < 200)
    bulk = evaluation.scored(corpora.fit(corpus, RECIPE), first).margins(model.calibration.margin(LIFT_TO))
    assert [model.margin(example.sample) for example in first.examples] == pytest.approx(bulk.tolist(), abs=1e-9)


def test_the_fitted_matrix_is_what_serving_sums_for_texts_too_short_for_windows(corpus, data_folder, report):
    model = publishing.classifier(corpus, RECIPE, report, data_folder)
    samples = [e.sample for e in corpus.examples if len(e.sample.text) < WINDOWED_FROM][:50]
    whole = fitting.matrix(samples) @ model.weights.astype(np.float64) + model.bias
    assert [model.margin(sample) for sample in samples] == pytest.approx(whole.tolist(), abs=1e-5)


def test_every_set_has_its_mass_whatever_its_rows(corpus):
    weights = fitting.sample_weights(corpus.examples, RECIPE)
    for source in SOURCES:
        for is_spam, mass in ((True, source.spam_mass), (False, source.ham_mass)):
            chosen = (corpus.source == source.name) & (corpus.is_spam == is_spam)
            if chosen.any():
                assert weights[chosen].sum() == pytest.approx(mass)


def test_the_switch_leaves_share_alike_sets_out(data_folder):
    free = corpora.gather(replace(RECIPE, with_share_alike=False), data_folder)
    assert {source.name for source in SOURCES if source.is_share_alike}.isdisjoint(free.source.tolist())


def test_a_set_is_never_scored_by_a_model_that_saw_it(corpus, monkeypatch):
    seen = []
    fit = corpora.fit
    monkeypatch.setattr(
        corpora, "fit", lambda part, recipe: seen.append(set(part.source.tolist())) or fit(part, recipe)
    )
    evaluation.leave_one_source_out(corpus, RECIPE)
    everything = set(corpus.source.tolist())
    assert [everything - names for names in seen] == [{name} for name in sorted(everything - {"synthetic"})]


def test_a_published_model_is_signed_described_and_scores(corpus, data_folder, report, tmp_path):
    model = publishing.classifier(corpus, RECIPE, report, data_folder)
    folder = publishing.publish(model, RECIPE, tmp_path / "signing.key", tmp_path / "shipped", tmp_path / "trusted")
    loaded = artifact.load(folder, tmp_path / "trusted")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert loaded.score(Sample("thank you")) == model.score(Sample("thank you"))
    assert {source.name for source in loaded.card.data} == set(manifest["recipe"]["data"])
    assert manifest["recipe"]["seed"] == RECIPE.seed
    assert "Not a hate-speech detector" in (folder / "CARD.md").read_text(encoding="utf-8")


def test_no_row_of_a_set_is_in_an_artifact(corpus, data_folder, report, tmp_path):
    model = publishing.classifier(corpus, RECIPE, report, data_folder)
    folder = publishing.publish(model, RECIPE, tmp_path / "signing.key", tmp_path / "shipped", tmp_path / "trusted")
    words = b"".join(path.read_bytes() for path in folder.iterdir())
    assert not any(
        example.sample.text.encode() in words for example in corpus.examples if len(example.sample.text) > 20
    )


def test_figures_never_come_from_synthetic_comments(report):
    names = {row["slice"] for row in [*report.unseen, *report.by_source]}
    assert "synthetic" not in names
    assert [row["variant"] for row in report.variants] == ["all sets", "without share-alike sets"]


def unseen(margins, is_spam, source=None):
    names = np.array(source or ["a"] * len(margins))
    whole = np.array(margins, float)
    return Unseen(whole, np.full(len(whole), -np.inf), np.array(is_spam, bool), names, names)


def test_recall_is_read_at_the_threshold_that_blocks_the_share():
    margins, is_spam = [9, 8, 7, 6, 1, 2, 3, 6.5], [1, 1, 1, 1, 0, 0, 0, 0]
    found = unseen(margins, is_spam)
    weights = evaluation.balanced_weights(found)
    assert evaluation.recall_at(found.margins, found.is_spam, weights, 0.0) == pytest.approx(0.75)
    assert evaluation.recall_at(found.margins, found.is_spam, weights, 0.25) == pytest.approx(1.0)


def test_every_set_has_the_same_say_in_a_pool():
    found = unseen([1, 1, 1, 2, 0, 0], [1, 1, 1, 1, 0, 0], ["big", "big", "big", "small", "a", "b"])
    assert evaluation.balanced_weights(found).tolist() == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2, 1 / 2, 1 / 2])


def test_rows_in_the_only_set_of_a_language_do_not_calibrate():
    found = Unseen(
        np.zeros(4), np.zeros(4), np.zeros(4, bool), np.array(["a", "b", "c", "c"]), np.array(["en", "en", "de", "en"])
    )
    assert evaluation.of_shared_languages(found, fewest=1).tolist() == [True, True, False, True]


def test_calibration_recovers_probabilities_at_the_stated_prior():
    chance = np.random.default_rng(5)
    is_spam = chance.random(20_000) < 0.5
    margins = chance.normal(np.where(is_spam, 1.0, -1.0), 1.0)
    calibration = evaluation.calibrate(unseen(margins, is_spam), prior=0.5)
    assert calibration.slope == pytest.approx(2.0, abs=0.1)
    assert calibration.offset == pytest.approx(0.0, abs=0.1)


def test_a_slice_of_one_class_has_no_auc():
    found = unseen([1, 2], [0, 0])
    row = evaluation.slice_figures("a", found, np.array([True, True]), Calibration(1, 0, 0.5))
    assert row["AUC"] is None
    assert row["spam held"] is None
    assert row["ham held"] == 1.0


def test_the_command_fits_and_says_what_identifies_the_model(data_folder, monkeypatch):
    monkeypatch.setenv("CANDOR_DATA", str(data_folder))
    monkeypatch.setattr(command, "_recipe", lambda without_share_alike: RECIPE)
    result = CliRunner().invoke(command.app, ["fit", "--json"])
    assert result.exit_code == 0, result.output
    assert len(json.loads(result.stdout)["weights_sha256"]) == 64


def test_missing_data_is_one_line_and_exit_code_1(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CANDOR_DATA", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["training", "fit"])
    with pytest.raises(SystemExit) as stopped:
        command.main()
    assert stopped.value.code == 1
    assert capsys.readouterr().err.startswith("error: ")
