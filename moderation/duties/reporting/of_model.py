"""What the notice says of the model in memory: what it is, what it reads, what it was trained on; it scores nothing."""

from dataclasses import asdict
from dataclasses import fields as dataclass_fields
from typing import Final

from models.card import Table
from models.features import INPUTS, Sample
from moderation.duties.reporting import truth_of_model as truth
from moderation.duties.reporting.statements import Ground, Statement
from moderation.judging.comment import Author, Comment
from moderation.judging.facts import FactValue, Provenance
from moderation.storage.model_shelf import ClassifierScorer

GIVEN: Final = ", ".join(field.name for field in dataclass_fields(Sample))
UNREAD: Final = (
    "the e-mail address",
    "the network address",
    "the browser",
    "the time",
    "earlier comments of the same writer",
)
LABELS: Final = ("welcome", "unwelcome")
NOT_GUESSED: Final = (
    "who wrote a comment",
    "age",
    "sex",
    "origin",
    "health",
    "religion",
    "political opinion",
    "whether what is said is true",
)
EXAMPLE: Final = "Buy cheap pills and a casino bonus at http://pills.example now"
EXAMPLE_CHANGED: Final = "Thank you for the recipe, my children loved the soup."
LEARNS_FROM: Final = (
    "Only what people at the website say a comment is teaches its model. Comments whose writer objected, or that were "
    "erased, are taken out of it."
)
_CARD: Final = "the card that came with the model in memory, under the same signature; its file is read again"
_DIGITS: Final = 3


def example(ground: Ground) -> FactValue:
    """One invented comment through the real model, and the same without what spoke against it."""
    scorer = ClassifierScorer(ground.classifier, seeks_places=False)
    author = Author(name="Ann")
    score, changed = (
        round(scorer.weigh(Comment("https://blog.example/", text, author=author)).score, _DIGITS)
        for text in (EXAMPLE, EXAMPLE_CHANGED)
    )
    return {"text": EXAMPLE, "score": score, "changed_text": EXAMPLE_CHANGED, "changed_score": changed}


def _figures(table: Table) -> dict[str, FactValue]:
    """A table of the card, words before numbers in each row."""
    rows = tuple(dict(sorted(row.items(), key=lambda cell: not isinstance(cell[1], str))) for row in table.rows)
    return {"title": table.title, "note": table.note, "rows": rows}


def _of_card(name: str) -> Statement:
    def read(ground: Ground) -> FactValue:
        value: FactValue = getattr(ground.classifier.card, name) or None
        return value

    return Statement(f"model.{name}", Provenance.ARTIFACT, _CARD, read, truth.of_card(name))


STATEMENTS: Final = (
    Statement(
        "automation.inputs",
        Provenance.ARTIFACT,
        f"the program's feature extractor, which is given {GIVEN}; each of them is changed and must be able to move "
        "the score",
        lambda _: INPUTS,
        truth.inputs,
    ),
    Statement(
        "automation.not_inputs",
        Provenance.ARTIFACT,
        f"the feature extractor is given {GIVEN} and nothing else; each of these is changed and must not move the "
        "score by one bit",
        lambda _: UNREAD,
        truth.not_inputs,
    ),
    Statement(
        "automation.example",
        Provenance.ARTIFACT,
        "an invented comment, scored by the model in memory; it is judged again from the door on",
        example,
        truth.example,
    ),
    Statement(
        "model",
        Provenance.ARTIFACT,
        "the model in memory, its signature checked when it was loaded; its files are hashed again",
        lambda ground: {
            "name": ground.classifier.name,
            "version": ground.classifier.version,
            "digest": ground.classifier.digest,
        },
        truth.model,
    ),
    *(_of_card(name) for name in ("purpose", "avoid", "limits", "method")),
    Statement(
        "model.figures",
        Provenance.ARTIFACT,
        _CARD,
        lambda ground: tuple(_figures(table) for table in ground.classifier.card.tables) or None,
        truth.figures,
    ),
    Statement(
        "model.data",
        Provenance.ARTIFACT,
        _CARD,
        lambda ground: tuple(asdict(part) for part in ground.classifier.card.data) or None,
        truth.data,
    ),
    Statement(
        "limits",
        Provenance.ARTIFACT,
        "what the model can answer: one score, and parts of the comment that speak for or against it",
        lambda _: {"labels": LABELS, "not_guessed": NOT_GUESSED},
        truth.limits,
    ),
    Statement(
        "model.learns_from",
        Provenance.SCHEMA,
        "the journal of lessons is searched for one that a program taught, or whose writer objected",
        lambda _: LEARNS_FROM,
        truth.learns_from,
    ),
)
