"""The words of the house, each once, as they are stored and shown; it knows no behaviour."""

from enum import StrEnum


class State(StrEnum):
    """Where a comment is now."""

    PUBLISHED = "published"
    HELD = "held"
    REMOVED = "removed"
    ERASED = "erased"


class Verdict(StrEnum):
    """What one judgement concludes."""

    PUBLISH = "publish"
    HOLD = "hold"
    REMOVE = "remove"


class Actor(StrEnum):
    """Who decided."""

    POLICY = "policy"
    MODERATOR = "moderator"
    APPEAL = "appeal"
    BLOG = "blog"
    AUTHOR = "author"


class Label(StrEnum):
    """What a person says a comment truly was."""

    HAM = "ham"
    SPAM = "spam"


class Band(StrEnum):
    """A score in words."""

    LIKELY_FINE = "likely_fine"
    UNSURE = "unsure"
    LIKELY_SPAM = "likely_spam"


class Role(StrEnum):
    """What a moderator may do at a site."""

    MODERATOR = "moderator"
    LEAD = "lead"
    OPERATOR = "operator"


class Waiting(StrEnum):
    """Why a comment waits for a person: its queue."""

    HELD = "held"
    REPORTED = "reported"
    EDITED = "edited"
    ESCALATED = "escalated"
    DEFERRED = "deferred"


class Order(StrEnum):
    """How a queue is ordered."""

    USEFUL = "useful"
    OLDEST = "oldest"
    NEWEST = "newest"
    LIKELY_SPAM = "likely_spam"
    LIKELY_FINE = "likely_fine"


class Category(StrEnum):
    """What kind of harm a moderator sees in a comment that is removed."""

    SPAM = "spam"
    INSULT = "insult"
    HARASSMENT = "harassment"
    HATE = "hate"
    THREAT = "threat"
    SEXUAL = "sexual"
    OFF_TOPIC = "off_topic"
    MISINFORMATION = "misinformation"
    PERSONAL_DATA = "personal_data"
    OTHER = "other"


class Channel(StrEnum):
    """Which door a comment came through."""

    AKISMET = "akismet"
    API = "api"


class ErasedBy(StrEnum):
    """Who had a comment erased."""

    AUTHOR = "author"
    SITE = "site"
    RETENTION = "retention"


class Outcome(StrEnum):
    """How an appeal ended."""

    UPHELD = "upheld"
    OVERTURNED = "overturned"
    PARTLY_OVERTURNED = "partly_overturned"


class RequestKind(StrEnum):
    """What a person asked for about their own data."""

    CORRECTION = "correction"
    EXPORT = "export"
    ERASURE = "erasure"
    OBJECTION = "objection"
    RESTRICTION = "restriction"
    LOST_RECEIPT = "lost_receipt"


class NetworkForm(StrEnum):
    """In which form a network address is kept."""

    TRUNCATED = "truncated"
    KEYED = "keyed"
    NONE = "none"


class KeyKind(StrEnum):
    """Which dialect a key opens."""

    AKISMET = "akismet"
    API = "api"


class Scope(StrEnum):
    """What an API token may do at its site."""

    WRITE = "comments:write"
    READ = "comments:read"
    DECIDE = "decide"
    EXPORT = "export"


class RuleKind(StrEnum):
    """What a rule looks at."""

    WORD = "word"
    LINKS_OVER = "links_over"
    AUTHOR = "author"
    LINK = "link"
    PATTERN = "pattern"


class EventKind(StrEnum):
    """What happened, as the outbox says it."""

    RECEIVED = "comment.received"
    DECIDED = "comment.decided"
    EDITED = "comment.edited"
    LABELLED = "comment.labelled"
    DEFERRED = "comment.deferred"
    ESCALATED = "comment.escalated"
    NOTED = "comment.noted"
    REPORTED = "comment.reported"
    TAKEN_OVER = "comment.taken_over"
    RECHECKED = "comment.rechecked"
    APPEALED = "comment.appealed"
    HEARD = "comment.heard"
    CORRECTED = "comment.corrected"
    OBJECTED = "comment.objected"
    RESTRICTED = "comment.restricted"
    ERASED = "comment.erased"
    DISCONNECTED = "client.disconnected"
    MODEL_PAUSED = "site_model.paused"
    MODEL_RESUMED = "site_model.resumed"
    MODEL_DRIFTED = "site_model.drifted"


class LessonKind(StrEnum):
    """What a line of a site's journal of lessons says."""

    LEARNT = "learnt"
    COUNTED = "counted_with"
    PASSED = "passed_over"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    ROLLED_BACK = "rolled_back"


STATE_AFTER = {Verdict.PUBLISH: State.PUBLISHED, Verdict.HOLD: State.HELD, Verdict.REMOVE: State.REMOVED}
VERDICT_BEHIND = {state: verdict for verdict, state in STATE_AFTER.items()}
STRICTNESS = {Verdict.PUBLISH: 0, Verdict.HOLD: 1, Verdict.REMOVE: 2}
PEOPLE = frozenset({Actor.MODERATOR, Actor.APPEAL, Actor.BLOG, Actor.AUTHOR})
