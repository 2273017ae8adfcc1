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
from training.recipe import Recipe

PUBLIC_KEY: Final = "candor.pub"
_SILENT: Final[Progress] = lambda _: None  # noqa: E731 - the default of every step below


@dataclass(frozen=True, slots=True)
class Report:
    """What one evaluation found: the calibration and the tables of the card."""

    calibration: Calibration
    unseen: list[Figures]
    by_source: list[Figures]
    by_language: list[Figures]
    variants: list[Figures]

    def as_dict(self) -> dict[str, Any]:
        """The figures as plain values."""
        return {
            "unseen": self.unseen,
            "held_out_by_source": self.by_source,
            "held_out_by_language": self.by_language,
            "variants": self.variants,
        }

    def tables(self) -> tuple[Table, ...]:
        """The figures as tables of a card."""
        known = describing.known_tables(self.by_source, self.by_language)
        return (describing.unseen_table(self.unseen), describing.variants_table(self.variants), *known)


def evaluate(corpus: Corpus, recipe: Recipe, progress: Progress = _SILENT) -> Report:
    """All figures of a recipe; the calibration comes from sets that were left out of training."""
    unseen = evaluation.leave_one_source_out(corpus, recipe, progress)
    calibration = evaluation.calibrate(unseen, recipe.prior)
    progress("held-out fifth")
    known = evaluation.held_out_margins(corpus, recipe)
    return Report(
        calibration=calibration,
        unseen=evaluation.by_slice(unseen, unseen.source, calibration),
        by_source=evaluation.by_slice(known, known.source, calibration, fewest=50),
        by_language=evaluation.by_slice(known, known.language, calibration, fewest=50),
        variants=[{"variant": _variant_name(recipe), **evaluation.pooled(unseen, calibration)}],
    )


def with_variant(report: Report, corpus: Corpus, recipe: Recipe, progress: Progress = _SILENT) -> Report:
    """The report with the pooled figures of the recipe without share-alike sets added.

    Both variants are tested on the sets that are not share-alike, so that the rows are comparable.
    """
    free = {source.name for source in corpora.admitted(replace(recipe, with_share_alike=False))} | {"synthetic"}
    other = replace(recipe, with_share_alike=False)
    part = corpora.select(corpus, np.isin(corpus.source, sorted(free)))
    unseen = evaluation.leave_one_source_out(part, other, progress)
    figures = evaluation.pooled(unseen, evaluation.calibrate(unseen, recipe.prior))
    return replace(report, variants=[*report.variants, {"variant": _variant_name(other), **figures}])


def _variant_name(recipe: Recipe) -> str:
    return "all sets" if recipe.with_share_alike else "without share-alike sets"


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
    data = {source.name: source.sha256 for source in model.card.data}
    training = artifact.Training({**recipe.as_dict(), "data": data}, describing.environment())
    artifact.save(folder, model, training, key)
    artifact.verify(folder, trusted)
    return folder
