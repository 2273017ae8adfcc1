"""Whether the model is what the notice says, and sees what it says: the real scorer is asked; it tells nothing."""

from dataclasses import asdict, replace
from dataclasses import fields as dataclass_fields
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from models import artifact
from models.classifier import Classifier
from models.features import INPUTS, Sample
from moderation.duties.reporting.statements import Check, Look
from moderation.duties.reporting.truth_of_procedure import judged_by
from moderation.duties.reporting.wording import differing
from moderation.judging.comment import Author, Comment, Page
from moderation.judging.said import Said
from moderation.judging.signal import Signal
from moderation.storage import recounting
from moderation.storage.model_shelf import ClassifierScorer
from moderation.vocabulary import Label

_SEEN: Final = ("text", "author", "author_url", "page")
_WORDS: Final = {Label.HAM: "welcome", Label.SPAM: "unwelcome"}
_GROUPS: Final = frozenset({"text", "link", "obfuscation", "author", "page", "site"})
_UNWELCOME: Final = "BUY CHEAP PILLS ONLINE!!! Best casino bonus http://pills.example/buy http://casino.example/win now"
_WELCOME: Final = "Thank you for the recipe, my children loved the soup."
_ANN: Final = Author(name="Ann", email="ann@blog.example", url="https://ann.example", ip="192.0.2.7")
_PLAIN: Final = Comment("https://blog.example/soup", _UNWELCOME, author=_ANN)
_SEEN_CHANGES: Final = {
    "text": replace(_PLAIN, content=_WELCOME),
    "author": replace(_PLAIN, author=replace(_ANN, name="BUY CHEAP PILLS 4U")),
    "author_url": replace(_PLAIN, author=replace(_ANN, url="http://cheap-pills.example")),
    "page": replace(_PLAIN, page=Page(title="Cheap pills and casino bonus", tags=("casino", "pills"))),
}
_UNSEEN_CHANGES: Final = {  # what the page says is not seen -> the same comment with nothing else changed
    "the e-mail address": (replace(_PLAIN, author=replace(_ANN, email="pills@casino.example")),),
    "the network address": (replace(_PLAIN, author=replace(_ANN, ip="203.0.113.9")),),
    "the browser": (replace(_PLAIN, author=replace(_ANN, roles=frozenset({"subscriber"})), language="sv"),),
    "the time": (),
    "earlier comments of the same writer": (replace(_PLAIN, external_id="7"),),
}
_NEVER_GIVEN: Final = frozenset({"user_agent", "browser", "referrer", "cookies", "history"})


def _weighed(look: Look, comment: Comment) -> Signal:
    return ClassifierScorer(look.ground.classifier, seeks_places=False).weigh(comment)


def inputs(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The extractor is given four things, and changing any of them can move the score."""
    wrong = differing(told, INPUTS) or differing(_SEEN, tuple(field.name for field in dataclass_fields(Sample)))
    plain = _weighed(look, _PLAIN).score
    blind = [name for name, changed in _SEEN_CHANGES.items() if _weighed(look, changed).score == plain]
    return wrong or (Said("The score does not see: %(what)s.", what=", ".join(blind)) if blind else None)


def not_inputs(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Changing what is not seen moves the score by no bit, and what is never given has no place in a comment."""
    wrong = differing(sorted(told), sorted(_UNSEEN_CHANGES))
    given = {field.name for kind in (Comment, Author, Sample) for field in dataclass_fields(kind)}
    plain = _weighed(look, _PLAIN)
    moved = [name for name in _UNSEEN_CHANGES if any(_weighed(look, one) != plain for one in _changed(look, name))]
    moved += sorted(given & _NEVER_GIVEN)
    return wrong or (Said("The score sees: %(what)s.", what=", ".join(moved)) if moved else None)


def _changed(look: Look, what: str) -> tuple[Comment, ...]:
    return (replace(_PLAIN, submitted_at=look.now),) if what == "the time" else _UNSEEN_CHANGES[what]


def example(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Judged from the door on, as a comment would be, the example gets the score told."""
    for text, score in (("text", "score"), ("changed_text", "changed_score")):
        comment = Comment("https://blog.example/", told[text], author=Author(name="Ann"))
        decision = judged_by(look, comment, ClassifierScorer(look.ground.classifier))
        if decision.score is None or abs(decision.score - told[score]) > _ROUNDING:
            return "The example has another score now."
    return None


_ROUNDING: Final = 0.0005


def model(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The files are hashed again, their signature is checked, and their weights are those in memory."""
    loaded = _loaded(look)
    if isinstance(loaded, str):
        return loaded
    wrong = differing(told, {"name": loaded.name, "version": loaded.version, "digest": loaded.digest})
    is_same = (
        bool((loaded.weights == look.ground.classifier.weights).all()) and loaded.bias == look.ground.classifier.bias
    )
    return wrong or (None if is_same else "The weights in memory are not those of the signed files.")


def _loaded(look: Look) -> Classifier | str:
    """The model's folder read again, or what is wrong with it."""
    return look.once("model", lambda: _read(look.ground.settings.model))


def _read(folder: Path | None) -> Classifier | str:
    try:
        chosen = folder or artifact.shipped_folder()
        marks = tuple(sorted((path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in chosen.iterdir()))
        return _load(chosen, marks)
    except (artifact.ArtifactError, OSError):
        return "The model's files are not the signed ones, or cannot be read."


@lru_cache(maxsize=2)
def _load(folder: Path, marks: tuple[Any, ...]) -> Classifier:  # noqa: ARG001 - whoever touches a file has it read again
    return artifact.load(folder)


def of_card(name: str) -> Check:
    """The card's file says what the card in memory says."""

    def check(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
        loaded = _loaded(look)
        return loaded if isinstance(loaded, str) else differing(told, getattr(loaded.card, name) or None)

    return check


def figures(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """So it does of the laboratory's figures."""
    loaded = _loaded(look)
    if isinstance(loaded, str):
        return loaded
    found = [{"title": table.title, "note": table.note, "rows": table.rows} for table in loaded.card.tables]
    return differing(told, found or None)


def data(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """And of what it was trained on."""
    loaded = _loaded(look)
    return loaded if isinstance(loaded, str) else differing(told, [asdict(part) for part in loaded.card.data] or None)


def limits(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The model answers with one score and with parts of the comment; labels are the two that people can give."""
    wrong = differing(told["labels"], [_WORDS.get(label, label.value) for label in Label])
    fields = {field.name for field in dataclass_fields(Signal)}
    reasons = {reason.code.partition(".")[2] for text in (_UNWELCOME, _WELCOME) for reason in _reasons(look, text)}
    is_more = bool(fields - {"score", "reasons", "model"} or reasons - _GROUPS)
    return wrong or ("The model answers more than is told." if is_more else None)


def _reasons(look: Look, text: str) -> tuple[Any, ...]:
    return _weighed(look, replace(_PLAIN, content=text)).reasons


def learns_here(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The journal of lessons and the site's model agree, and the model is at work unless it is said not to be."""
    head = recounting.model_head(look.db, site_id=look.site.id)
    if head is None:
        return differing(told, found=True)
    revision, line, paused_at = head
    is_behind = line is not None and revision != line
    return "The website's model and its journal do not agree." if is_behind else differing(told, paused_at is None)


def learns_from(look: Look, told: Any) -> str | None:  # noqa: ANN401, ARG001 - a check's signature
    """No lesson rests on a program's word, and none on a comment whose writer objected a while ago."""
    count = recounting.taught_by_programs(look.db, site_id=look.site.id)
    late = look.now - look.patience
    lines = recounting.taught(look.db, site_id=look.site.id)
    count += sum(row.is_active and row.at is not None and row.at < late for row in lines)
    return Said("%(count)s lessons should not be there.", count=count) if count else None
