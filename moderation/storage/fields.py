"""The field registry: what each stored column is, why it is there, in which form, for whom; it holds no values."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from moderation.judging.comment import LIMITS
from moderation.storage import answers


class Purpose(StrEnum):
    """Why a column exists."""

    SHOW = "to show the comment where it was written"
    JUDGE = "to judge whether the comment is welcome"
    RECOGNISE = "to know a comment again when it is sent twice, edited or corrected"
    ANSWER = "to tell the writer and the website what happened and why"
    PROVE = "to notice it when somebody changes the history afterwards"
    CORRECT = "to record that the program was right or wrong"
    CHECK = "to check by hand, on comments drawn by chance, how often the program is wrong"
    LEARN = "to judge better after a person's correction, and to take back what was learnt"
    COUNT = "to count how often the service was asked"
    RUN = "to run the service: which sites there are and who has which key"


class Reader(StrEnum):
    """Who sees a column's value."""

    PUBLIC = "everyone"
    WRITER = "the writer"
    WEBSITE = "the website"
    OPERATOR = "the operator"


class Origin(StrEnum):
    """Where a column's value comes from."""

    WRITER = "from the comment form"
    WEBSITE = "from the website"
    SERVICE = "made by this service"
    OPERATOR = "set by whoever runs this service"


@dataclass(frozen=True, slots=True)
class Field:
    """One column as readers are told of it; `kept` is None where no end is set, `keys` are those of a JSON column."""

    column: str
    name: str
    origin: Origin
    purpose: Purpose
    form: str
    readers: tuple[Reader, ...]
    personal: bool
    kept: timedelta | None = None
    keys: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The table that the column belongs to."""
        return self.column.partition(".")[0]

    @property
    def is_as_given(self) -> bool:
        """Whether the value is kept just as it came."""
        return self.form.startswith(_AS_GIVEN)


HOW_READERS_SEE: Final = {
    Reader.PUBLIC: "while the comment is published",
    Reader.WRITER: "with the receipt",
    Reader.WEBSITE: "with its key",
    Reader.OPERATOR: "who runs this service and its database",
}

_AS_GIVEN: Final = "as received"
_FOLDED: Final = f"{_AS_GIVEN}, in small letters"
_LANGUAGE: Final = f"{_AS_GIVEN}, or cut to a code"
_LONG_TEXT: Final = f"as received, at most {LIMITS['content']:,} characters"
_TIME: Final = "a time"
_WORD: Final = "one word of a fixed list"
_NUMBER: Final = "a number"
_SWITCH: Final = "yes or no"
_ID: Final = "an id made of the time and random digits"
_HASH: Final = "a hash (SHA-256)"
_CODE: Final = "a code made with this service's key"

_STAFF: Final = (Reader.OPERATOR,)
_SITE: Final = (Reader.WEBSITE, Reader.OPERATOR)
_OURS: Final = (Reader.WRITER, Reader.OPERATOR)
_BOTH: Final = (Reader.WRITER, Reader.WEBSITE, Reader.OPERATOR)
_OPEN: Final = (Reader.PUBLIC, Reader.WRITER, Reader.WEBSITE, Reader.OPERATOR)

_O, _P = Origin, Purpose


def _comment(  # noqa: PLR0917 - a row of a table, in the order of its heads
    column: str, name: str, origin: Origin, purpose: Purpose, form: str, readers: tuple[Reader, ...]
) -> Field:
    """A column of a row about one comment: whatever it holds is about the person who wrote that."""
    keys = _KEYS.get(column, ())
    return Field(column, name, origin, purpose, form, readers, personal=True, keys=keys)


def _staff(column: str, name: str, purpose: Purpose, form: str, *, personal: bool = False) -> Field:
    origin = Origin.OPERATOR if form in {_AS_GIVEN, _FOLDED, _WORD, _SWITCH, _NUMBER} else Origin.SERVICE
    return Field(column, name, origin, purpose, form, _STAFF, personal=personal, keys=_KEYS.get(column, ()))


_KEYS: Final[dict[str, tuple[str, ...]]] = {
    "comments.author_roles": (),
    "keys.scopes": (),
    "decisions.reasons": ("code", "text", "weight", "spans", "field", "start", "end"),
    "events.facts": ("decision_id", "verdict", "actor", "label"),
}

_COMMENTS: Final = (
    _comment("comments.content", "the text", _O.WRITER, _P.SHOW, _LONG_TEXT, _OPEN),
    _comment("comments.author_name", "the name given", _O.WRITER, _P.SHOW, _AS_GIVEN, _OPEN),
    _comment("comments.author_url", "the web address given", _O.WRITER, _P.SHOW, _AS_GIVEN, _OPEN),
    _comment(
        "comments.author_email_code",
        "the e-mail address",
        _O.WRITER,
        _P.RECOGNISE,
        f"{_CODE}; the address is not kept",
        _OURS,
    ),
    _comment(
        "comments.author_ip_prefix",
        "the network address",
        _O.WEBSITE,
        _P.RECOGNISE,
        "its first part (/24 or /48); the rest is not kept",
        _BOTH,
    ),
    _comment("comments.permalink", "the page's address", _O.WEBSITE, _P.SHOW, _AS_GIVEN, _BOTH),
    _comment("comments.author_roles", "the writer's role at the website", _O.WEBSITE, _P.JUDGE, _FOLDED, _BOTH),
    _comment("comments.language", "the language, if said", _O.WEBSITE, _P.ANSWER, _LANGUAGE, _BOTH),
    _comment("comments.submitted_at", "when it was written, if said", _O.WEBSITE, _P.SHOW, _TIME, _BOTH),
    _comment("comments.received_at", "when it arrived here", _O.SERVICE, _P.SHOW, _TIME, _OPEN),
    _comment("comments.state", "where it is now", _O.SERVICE, _P.SHOW, _WORD, _BOTH),
    _comment("comments.decided_by", "who decided last", _O.SERVICE, _P.ANSWER, _WORD, _BOTH),
    _comment("comments.id", "the comment's id", _O.SERVICE, _P.ANSWER, _ID, _OPEN),
    _comment("comments.site_id", "the website", _O.SERVICE, _P.RUN, _ID, _OURS),
    _comment("comments.channel", "the way it came", _O.SERVICE, _P.RECOGNISE, _WORD, _OURS),
    _comment("comments.external_id", "the website's id for it", _O.WEBSITE, _P.RECOGNISE, _AS_GIVEN, _BOTH),
    _comment("comments.page_external_id", "the website's id for the page", _O.WEBSITE, _P.SHOW, _AS_GIVEN, _OURS),
    _comment("comments.parent_external_id", "the website's id for the parent", _O.WEBSITE, _P.SHOW, _AS_GIVEN, _OURS),
    _comment("comments.parent_id", "the comment it answers", _O.WEBSITE, _P.SHOW, _ID, _OPEN),
    _comment("comments.page_digest", "the page, for finding", _O.SERVICE, _P.SHOW, "the first half of a hash", _OURS),
    _comment("comments.type", "the kind of text", _O.WEBSITE, _P.ANSWER, _AS_GIVEN, _BOTH),
    _comment("comments.changed_at", "when it last changed", _O.SERVICE, _P.ANSWER, _TIME, _BOTH),
    _comment("comments.is_test", "whether it is a test", _O.WEBSITE, _P.COUNT, _SWITCH, _OURS),
    _comment(
        "comments.fingerprint",
        "the whole comment, for finding",
        _O.SERVICE,
        _P.RECOGNISE,
        f"{_CODE} from name, e-mail address, network address, text and page",
        _OURS,
    ),
    _comment(
        "comments.likeness", "the text, for finding", _O.SERVICE, _P.RECOGNISE, f"{_CODE} from text and page", _OURS
    ),
    _comment("comments.notice_version", "the notice in force then", _O.SERVICE, _P.ANSWER, _HASH, _BOTH),
    _comment("comments.receipt_locator", "the receipt's first part", _O.SERVICE, _P.ANSWER, "random characters", _OURS),
    _comment("comments.receipt_digest", "the receipt's secret", _O.SERVICE, _P.ANSWER, _HASH, _OURS),
    _comment("comments.version", "how often it changed", _O.SERVICE, _P.ANSWER, _NUMBER, _OPEN),
    _comment("comments.decision_id", "the decision that stands", _O.SERVICE, _P.ANSWER, _ID, _OURS),
    _comment("comments.decision_digest", "the decision's mark", _O.SERVICE, _P.PROVE, _CODE, _OURS),
)

_DECISIONS: Final = (
    _comment("decisions.id", "the decision's id", _O.SERVICE, _P.ANSWER, _ID, _OURS),
    _comment("decisions.site_id", "the website", _O.SERVICE, _P.RUN, _ID, _OURS),
    _comment("decisions.comment_id", "the comment", _O.SERVICE, _P.ANSWER, _ID, _OURS),
    _comment("decisions.comment_version", "the comment's version", _O.SERVICE, _P.ANSWER, _NUMBER, _OURS),
    _comment("decisions.decided_at", "when it was decided", _O.SERVICE, _P.ANSWER, _TIME, _OURS),
    _comment("decisions.verdict", "what was decided", _O.SERVICE, _P.ANSWER, _WORD, _BOTH),
    _comment("decisions.actor", "who decided", _O.SERVICE, _P.ANSWER, _WORD, _BOTH),
    _comment("decisions.reasons", "the reasons", _O.SERVICE, _P.ANSWER, "sentences, weights and places", _BOTH),
    _comment("decisions.score", "the score", _O.SERVICE, _P.JUDGE, "a number from 0 to 1", _SITE),
    _comment("decisions.band", "the score in words", _O.SERVICE, _P.ANSWER, _WORD, _BOTH),
    _comment("decisions.model_name", "the model", _O.SERVICE, _P.ANSWER, "its name", _BOTH),
    _comment("decisions.model_version", "the model's version", _O.SERVICE, _P.ANSWER, "its version", _BOTH),
    _comment("decisions.site_revision", "what the model had learnt", _O.SERVICE, _P.ANSWER, _NUMBER, _BOTH),
    _comment("decisions.policy_version", "the thresholds in force", _O.SERVICE, _P.ANSWER, _NUMBER, _OURS),
    _comment("decisions.digest", "the decision's mark", _O.SERVICE, _P.PROVE, _CODE, _OURS),
)

_LABELS: Final = (
    _comment("labels.id", "the label's id", _O.SERVICE, _P.CORRECT, _ID, _OURS),
    _comment("labels.site_id", "the website", _O.SERVICE, _P.RUN, _ID, _OURS),
    _comment("labels.comment_id", "the comment", _O.SERVICE, _P.CORRECT, _ID, _OURS),
    _comment("labels.label", "what a person said it is", _O.WEBSITE, _P.CORRECT, _WORD, _OURS),
    _comment("labels.actor", "who said so", _O.SERVICE, _P.CORRECT, _WORD, _OURS),
    _comment("labels.reporter_code", "who said so at the website", _O.WEBSITE, _P.CORRECT, _CODE, _OURS),
    _comment("labels.labelled_at", "when it was said", _O.SERVICE, _P.CORRECT, _TIME, _OURS),
    _comment("labels.learnt_in", "the state of the model that knows it", _O.SERVICE, _P.LEARN, _NUMBER, _OURS),
)

_LESSONS: Final = (
    _comment("lessons.site_id", "the website", _O.SERVICE, _P.RUN, _ID, _STAFF),
    _comment("lessons.revision", "the line's number", _O.SERVICE, _P.LEARN, "counted", _STAFF),
    _comment("lessons.kind", "what was done", _O.SERVICE, _P.LEARN, _WORD, _STAFF),
    _comment("lessons.happened_at", "when it was done", _O.SERVICE, _P.LEARN, _TIME, _STAFF),
    _comment("lessons.of_revision", "the line that it is about", _O.SERVICE, _P.LEARN, "counted", _STAFF),
    _comment("lessons.comment_id", "the comment", _O.SERVICE, _P.LEARN, _ID, _STAFF),
    _comment("lessons.label_id", "the label", _O.SERVICE, _P.LEARN, _ID, _STAFF),
    _comment("lessons.is_active", "whether the model rests on it", _O.SERVICE, _P.LEARN, _SWITCH, _STAFF),
    _comment("lessons.is_unwelcome", "whether it was unwelcome", _O.SERVICE, _P.LEARN, _SWITCH, _STAFF),
    _comment("lessons.weight", "how far its source is trusted", _O.SERVICE, _P.LEARN, "a number from 0 to 1", _STAFF),
    _comment(
        "lessons.base_log_odds", "what the shipped model had thought of it", _O.SERVICE, _P.LEARN, _NUMBER, _STAFF
    ),
    _comment(
        "lessons.site_log_odds", "what the website's model had thought of it", _O.SERVICE, _P.LEARN, _NUMBER, _STAFF
    ),
    _comment("lessons.simhash", "the text, for finding its like", _O.SERVICE, _P.LEARN, "a hash of 64 bits", _STAFF),
    _comment(
        "lessons.features",
        "what the model learnt from",
        _O.SERVICE,
        _P.LEARN,
        "hashes of 20 bits of the text's parts, of the web address and of what speaks for advertising",
        _STAFF,
    ),
)

_AUDITS: Final = (
    _comment("audits.comment_id", "the comment", _O.SERVICE, _P.CHECK, _ID, _SITE),
    _comment("audits.site_id", "the website", _O.SERVICE, _P.RUN, _ID, _STAFF),
    _comment(
        "audits.propensity", "how likely it was to be drawn", _O.SERVICE, _P.CHECK, "a number from 0 to 1", _STAFF
    ),
    _comment("audits.drawn_at", "when it was drawn", _O.SERVICE, _P.CHECK, _TIME, _STAFF),
)

_EVENTS: Final = (
    _comment("events.id", "the event's id", _O.SERVICE, _P.ANSWER, _ID, _OURS),
    _comment("events.site_id", "the website", _O.SERVICE, _P.RUN, _ID, _OURS),
    _comment("events.comment_id", "the comment", _O.SERVICE, _P.ANSWER, _ID, _OURS),
    _comment("events.kind", "what happened", _O.SERVICE, _P.ANSWER, _WORD, _OURS),
    _comment("events.happened_at", "when it happened", _O.SERVICE, _P.ANSWER, _TIME, _OURS),
    _comment("events.facts", "what the event says", _O.SERVICE, _P.ANSWER, "ids and words", _OURS),
)

_DAY: Final = answers.KEPT
_ANSWERS: Final = (
    Field("answers.site_id", "the website", _O.SERVICE, _P.RUN, _ID, _STAFF, personal=False, kept=_DAY),
    Field("answers.key_code", "the request's key", _O.WEBSITE, _P.RECOGNISE, _CODE, _STAFF, personal=False, kept=_DAY),
    Field("answers.request_digest", "the request", _O.WEBSITE, _P.RECOGNISE, _HASH, _STAFF, personal=True, kept=_DAY),
    Field("answers.status", "the answer's kind", _O.SERVICE, _P.RECOGNISE, _NUMBER, _STAFF, personal=False, kept=_DAY),
    Field(
        "answers.sealed_body",
        "the answer given",
        _O.SERVICE,
        _P.RECOGNISE,
        "locked with the request's key, which is not kept",
        (Reader.WEBSITE,),
        personal=True,
        kept=_DAY,
    ),
    Field("answers.answered_at", "when it was given", _O.SERVICE, _P.RUN, _TIME, _STAFF, personal=False, kept=_DAY),
)

_RUNNING: Final = (
    _staff("alembic_version.version_num", "the tables' version", _P.RUN, "a text of the program"),
    _staff("directory.id", "the one row there is", _P.RUN, "the number of the row"),
    _staff("directory.revision", "how often sites, keys or rules changed", _P.RUN, "counted"),
    _staff("sites.id", "the website's id", _P.RUN, _ID),
    _staff("sites.home_url", "the website's address", _P.RUN, _AS_GIVEN),
    _staff("sites.name", "the website's name", _P.RUN, _AS_GIVEN),
    _staff("sites.created_at", "when it was added", _P.RUN, _TIME),
    _staff("sites.removed_at", "when it was closed", _P.RUN, _TIME),
    _staff("sites.suspended_at", "when it was paused", _P.RUN, _TIME),
    _staff("sites.hold_at", "the score at which to hold", _P.JUDGE, _NUMBER),
    _staff("sites.remove_at", "the score at which to remove", _P.JUDGE, _NUMBER),
    _staff("sites.discard_at", "the score at which to discard", _P.JUDGE, _NUMBER),
    _staff("sites.removal_by_program", "whether a program is allowed to remove", _P.JUDGE, _SWITCH),
    _staff("sites.discards", "whether the website is told to discard", _P.JUDGE, _SWITCH),
    _staff("sites.trusts_administrators", "whether administrators go unjudged", _P.JUDGE, _SWITCH),
    _staff("sites.is_listed", "whether the list of notices names it", _P.RUN, _SWITCH),
    _staff("sites.policy_version", "how often its settings changed", _P.RUN, "counted"),
    _staff("sites.removes_from", "the lowest score that the guarantee covers", _P.JUDGE, "a number from 0 to 1"),
    _staff("sites.calibrated_at", "when the guarantee was worked out", _P.CHECK, _TIME),
    _staff("sites.calibrated_model", "the model that the guarantee is about", _P.CHECK, "its name and version"),
    _staff("sites.alarmed_at", "when the guarantee was last found broken", _P.CHECK, _TIME),
    _staff("keys.id", "the key's id", _P.RUN, _ID),
    _staff("keys.site_id", "the website", _P.RUN, _ID),
    _staff("keys.kind", "which dialect it opens", _P.RUN, _WORD),
    _staff("keys.digest", "the key", _P.RUN, "a hash or a code; the key is not kept"),
    _staff("keys.scopes", "what it permits", _P.RUN, "words of a fixed list"),
    _staff("keys.created_at", "when it was made", _P.RUN, _TIME),
    _staff("keys.expires_at", "when it ends", _P.RUN, _TIME),
    _staff("keys.revoked_at", "when it was withdrawn", _P.RUN, _TIME),
    _staff("rules.id", "the rule's id", _P.JUDGE, _ID),
    _staff("rules.site_id", "the website", _P.RUN, _ID),
    _staff("rules.kind", "what the rule looks at", _P.JUDGE, _WORD),
    _staff("rules.pattern", "what the rule looks for", _P.JUDGE, _AS_GIVEN, personal=True),  # it can be a name
    _staff("rules.verdict", "what follows from it", _P.JUDGE, _WORD),
    _staff("rules.created_at", "when it was made", _P.JUDGE, _TIME),
    _staff("rules.retired_at", "when it ended", _P.JUDGE, _TIME),
    _staff("moderators.id", "the moderator's id", _P.RUN, _ID, personal=True),
    _staff("moderators.email", "the moderator's e-mail address", _P.RUN, _FOLDED, personal=True),
    _staff("moderators.password_hash", "the moderator's password", _P.RUN, "a slow hash (argon2id)", personal=True),
    _staff("moderators.created_at", "when the moderator was added", _P.RUN, _TIME, personal=True),
    _staff("memberships.moderator_id", "the moderator", _P.RUN, _ID, personal=True),
    _staff("memberships.site_id", "the website", _P.RUN, _ID),
    _staff("memberships.role", "what the moderator is allowed to do", _P.RUN, _WORD, personal=True),
    _staff("sign_in_links.digest", "a link that signs in once", _P.RUN, _HASH),
    _staff("sign_in_links.moderator_id", "the moderator", _P.RUN, _ID, personal=True),
    _staff("sign_in_links.expires_at", "when it ends", _P.RUN, _TIME),
    _staff("sign_in_links.used_at", "when it was used", _P.RUN, _TIME, personal=True),
    _staff("site_models.site_id", "the website", _P.LEARN, _ID),
    _staff("site_models.revision", "how often its model changed", _P.LEARN, "counted"),
    _staff("site_models.rebuilt_in", "when its model was last worked out anew", _P.LEARN, "counted"),
    _staff("site_models.feature_spec", "the way in which comments are hashed", _P.LEARN, "counted"),
    _staff("site_models.lessons", "how many lessons its model rests on", _P.LEARN, "counted"),
    _staff("site_models.learnt_at", "when it last learnt", _P.LEARN, _TIME),
    _staff("site_models.paused_at", "since when its model is not used", _P.LEARN, _TIME),
    _staff("site_models.drifted_at", "when its comments were last found changed", _P.LEARN, _TIME),
    _staff("site_models.watched_from", "since when they are watched for changes", _P.LEARN, "counted"),
    _staff("snapshots.site_id", "the website", _P.LEARN, _ID),
    _staff("snapshots.revision", "which state of its model", _P.LEARN, "counted"),
    _staff("snapshots.taken_at", "when it was kept", _P.LEARN, _TIME),
    _staff("snapshots.layer", "what its model had learnt", _P.LEARN, "numbers for hashes of 18 bits, packed"),
    _staff("usage.site_id", "the website", _P.COUNT, _ID),
    _staff("usage.day", "the day", _P.COUNT, "a date"),
    _staff("usage.blog", "the blog that asked", _P.COUNT, "its host name"),
    _staff("usage.calls", "how often it asked", _P.COUNT, "counted"),
    _staff("usage.spam", "how often the answer was spam", _P.COUNT, "counted"),
    _staff("usage.ham", "how often the answer was not spam", _P.COUNT, "counted"),
    _staff("usage.missed_spam", "how often spam was reported", _P.COUNT, "counted"),
    _staff("usage.false_positives", "how often a mistake was reported", _P.COUNT, "counted"),
)

ABOUT_COMMENTS: Final = ("comments", "decisions", "labels", "lessons", "audits", "events", "answers")
FIELDS: Final = {
    field.column: field
    for field in (*_COMMENTS, *_DECISIONS, *_LABELS, *_LESSONS, *_AUDITS, *_EVENTS, *_ANSWERS, *_RUNNING)
}


def of_table(table: str) -> tuple[Field, ...]:
    """Returns the fields of one table, in the order in which readers are told of them."""
    return tuple(field for field in FIELDS.values() if field.table == table)
