"""The base model, verified when it is taken down from the shelf; it does not know what a verdict is, nor any site."""

from pathlib import Path

from models import artifact
from models.classifier import Classifier
from models.explanation import Explanation, Part
from models.features import Sample
from models.site import SiteClassifier
from moderation.errors import SettingFault
from moderation.judging.comment import JUDGED_CODE_POINTS, Comment
from moderation.judging.signal import ModelRef, Reason, Signal, Span
from moderation.storage.tables import CommentRow

_AGAINST = {
    "text": "The wording is like that of comments that were unwelcome elsewhere.",
    "link": "The links resemble those of comments that were unwelcome elsewhere.",
    "obfuscation": "Letters are disguised the way unwelcome comments disguise them.",
    "author": "The author's name or address resembles those of unwelcome comments.",
    "page": "The comment has little to do with the page.",
    "site": "People at this website called such comments unwelcome.",
}
_IN_FAVOUR = {
    "text": "The wording is like that of comments that were welcome elsewhere.",
    "link": "The links, or their absence, resemble comments that were welcome elsewhere.",
    "obfuscation": "The lettering is that of comments that were welcome elsewhere.",
    "author": "The author's name and address resemble those of welcome comments.",
    "page": "The comment is about the page's subject.",
    "site": "People at this website called such comments welcome.",
}
_REASONS = 3
_AGAINST_FROM = 0.5  # which way the evidence points; what follows from a score is the policy's affair


class ModelShelf:
    """The shelf with the base model, loaded once and shared by every site; what sites taught is on `SiteShelf`."""

    def __init__(self, folder: Path | None = None) -> None:
        """Loads and verifies a model folder, the shipped one by default; raises SettingFault with one clear line."""
        try:
            self.folder = folder or artifact.shipped_folder()
            self.classifier = artifact.load(self.folder)
        except artifact.ArtifactError as error:
            raise SettingFault(f"CANDOR_MODEL: {error}") from None
        self.scorer = ClassifierScorer(self.classifier)
        self.outliner = ClassifierScorer(self.classifier, seeks_places=False)


class ClassifierScorer:
    """Lets judging ask a classifier, which knows nothing of comments, about a comment."""

    def __init__(self, classifier: Classifier | SiteClassifier, *, seeks_places: bool = True) -> None:
        """Takes a classifier, and whether reasons shall say where in the comment they stand: that costs two scores."""
        self._classifier = classifier
        self._seeks_places = seeks_places
        base, revision = (
            (classifier.base, classifier.revision) if isinstance(classifier, SiteClassifier) else (classifier, 0)
        )
        self._model = ModelRef(base.name, base.version, revision)

    def weigh(self, comment: Comment) -> Signal:
        """Returns the score with one to three reasons, the weightiest in the verdict's direction first.

        Places in the text are looked for only where the score speaks against the comment: there someone will ask.
        """
        sample = sample_of(comment)
        explanation = self._classifier.outline(sample)
        if self._seeks_places and explanation.score >= _AGAINST_FROM:
            explanation = self._classifier.explain(sample)
        return Signal(explanation.score, _reasons(explanation), self._model)


def sample_of(comment: Comment) -> Sample:
    """Returns all that a model may look at of a comment: no e-mail address, no network address, no history."""
    page = comment.page
    return Sample(
        text=comment.content[:JUDGED_CODE_POINTS],
        author=comment.author.name,
        author_url=comment.author.url,
        page=tuple(part for part in (page.title, *page.tags, page.excerpt, *page.others) if part),
    )


def sample_of_row(row: CommentRow) -> Sample:
    """Returns the same of a stored comment; the page's own words are not stored, so they are missing."""
    return Sample(text=row.content[:JUDGED_CODE_POINTS], author=row.author_name, author_url=row.author_url)


def _reasons(explanation: Explanation) -> tuple[Reason, ...]:
    """The strongest parts that push the way the score went; where none does, the wording stands for the whole."""
    against = explanation.score >= _AGAINST_FROM
    pushing = [part for part in explanation.parts if (part.weight > 0) == against]
    strongest = sorted(pushing, key=lambda part: -abs(part.weight))[:_REASONS]
    return tuple(_reason(part, against=against) for part in strongest or [Part("text", 0.0, ())])


def _reason(part: Part, *, against: bool) -> Reason:
    spans = tuple(Span(span.field, span.start, span.end) for span in part.spans)
    return Reason(f"model.{part.group}", (_AGAINST if against else _IN_FAVOUR)[part.group], part.weight, spans)
