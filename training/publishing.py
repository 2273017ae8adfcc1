"""From a recipe to a signed model folder: fit, evaluate, calibrate, describe, save; it parses no command line."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from models import artifact, signing
from models.calibration import Calibration
from models.card import Figures, Table
from models.classifier import Classifier
from training import corpus as corpora
from training import describing, evaluation
from training.corpus import Corpus, Progress
from training.datasets import SOURCES
from training.evaluation import Unseen
from training.recipe import Recipe
from training.synthetic import NAME as SYNTHETIC

PUBLIC_KEY: Final = "candor.pub"
_SILENT: Final[Progress] = lambda _: None  # noqa: E731 - the default of every step below


@dataclass(frozen=True, slots=True)
class Report:
    """What one evaluation found: the calibration and the tables of the card."""

    calibration: Calibration
    unseen: list[Figures]
    pooled: list[Figures]
    by_source: list[Figures]
    by_language: list[Figures]
    variants: list[Figures]

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "unseen": self.unseen,
            "unseen_pooled": self.pooled,
            "held_out_by_source": self.by_source,
            "held_out_by_language": self.by_language,
            "variants": self.variants,
        }

    def tables(self) -> tuple[Table, ...]:
        """The figures as tables of a card."""
        known = describing.known_tables(self.by_source, self.by_language)
        unseen = (describing.unseen_table(self.unseen), describing.pooled_table(self.pooled))
        return (*unseen, describing.variants_table(self.variants), *known)


def evaluate(corpus: Corpus, recipe: Recipe, progress: Progress = _SILENT) -> Report:
    """All figures of a recipe; the calibration comes from sets that were left out of training."""
    unseen = evaluation.leave_one_source_out(corpus, recipe, progress)
    progress("held-out fifth")
    known = evaluation.held_out_margins(corpus, recipe)
    variants = [variant(unseen, recipe)]
    if recipe.with_share_alike:
        other = replace(recipe, with_share_alike=False)
        part = corpora.select(corpus, np.isin(corpus.source, [*_free_sets(), SYNTHETIC]))
        variants.append(variant(evaluation.leave_one_source_out(part, other, progress), other))
    return report(unseen, known, variants, recipe)


def _free_sets() -> list[str]:
    return [source.name for source in SOURCES if not source.is_share_alike]


def variant(unseen: Unseen, recipe: Recipe) -> Figures:
    """Pooled figures on the sets that are not share-alike, so that both variants are tested on the same rows."""
    comparable = np.isin(unseen.source, _free_sets()) & evaluation.of_shared_languages(unseen, recipe.calibrating_rows)
    tested = evaluation.restrict(unseen, comparable)
    name = "all sets" if recipe.with_share_alike else "without share-alike sets"
    calibration = evaluation.calibrate(tested, recipe.prior)
    return {"variant": name, **evaluation.pooled(evaluation.lifted(tested, calibration), calibration)}


def report(unseen: Unseen, known: Unseen, variants: list[Figures], recipe: Recipe) -> Report:
    """Margins as figures, under the calibration found on unseen sets."""
    shared = evaluation.restrict(unseen, evaluation.of_shared_languages(unseen, recipe.calibrating_rows))
    calibration = evaluation.calibrate(shared, recipe.prior)
    unseen, known, shared = (evaluation.lifted(each, calibration) for each in (unseen, known, shared))
    everything: Figures = {"slice": "all, each set alike", **evaluation.pooled(shared, calibration)}
    return Report(
        calibration=calibration,
        unseen=evaluation.by_slice(unseen, unseen.source, calibration),
        pooled=[everything],
        by_source=evaluation.by_slice(known, known.source, calibration, fewest=50),
        by_language=evaluation.by_slice(known, known.language, calibration, fewest=50),
        variants=variants,
    )


def classifier(corpus: Corpus, recipe: Recipe, report: Report, folder: Path) -> Classifier:
    """The model fitted on everything, with its card."""
    linear = corpora.fit(corpus, recipe)
    card = describing.card(recipe, describing.data_sources(recipe, folder, corpus), report.tables())
    return Classifier(recipe.name, recipe.version, "", card, linear.weights, linear.bias, report.calibration)


def publish(
    model: Classifier,
    recipe: Recipe,
    signing_key: Path,
    shipped: Path = artifact.SHIPPED,
    trusted: Path = signing.TRUSTED_KEYS,
) -> Path:
    """Save and sign a model, make its key a trusted one, and check the folder by loading it."""
    key = signing.read_or_create_key(signing_key)
    trusted.mkdir(exist_ok=True)
    (trusted / PUBLIC_KEY).write_text(signing.public_line(key), encoding="ascii")
    folder = shipped / f"{model.name}-{model.version}"
    data = {source.name: {"sha256": source.sha256, "licence": source.licence} for source in model.card.data}
    training = artifact.Training({**recipe.as_dict(), "data": data}, describing.environment())
    artifact.save(folder, model, training, key)
    artifact.verify(folder, trusted)
    return folder
