"""What is stored to run the service and for whoever decides, column by column; it holds no values."""

from dataclasses import replace
from typing import Final

from moderation.storage import sessions
from moderation.storage.field_kinds import (
    AS_GIVEN,
    CALLER,
    FOLDED,
    HASH,
    ID,
    NUMBER,
    OPEN,
    OURS,
    SITE,
    SWITCH,
    TEAM,
    TIME,
    WORD,
    Purpose,
    of_staff,
)

_P = Purpose

_SESSIONS: Final = tuple(
    replace(field, kept=sessions.LONGEST)
    for field in (
        of_staff("sessions.digest", "a moderator's login", _P.RUN, HASH),
        of_staff("sessions.moderator_id", "the moderator", _P.RUN, ID, personal=True),
        of_staff("sessions.created_at", "when it began", _P.RUN, TIME, TEAM, personal=True),
        of_staff("sessions.seen_at", "when it was last used", _P.RUN, TIME, TEAM, personal=True),
        of_staff("sessions.network", "from which network", _P.RUN, "its first part (/24 or /48)", TEAM, personal=True),
    )
)

ENTRIES: Final = (
    of_staff("alembic_version.version_num", "the tables' version", _P.RUN, "a text of the program"),
    of_staff("directory.id", "the one row there is", _P.RUN, "the number of the row"),
    of_staff("directory.revision", "how often sites, keys or rules changed", _P.RUN, "counted"),
    of_staff("sites.id", "the website's id", _P.RUN, ID, OPEN),
    of_staff("sites.home_url", "the website's address", _P.RUN, AS_GIVEN, OPEN),
    of_staff("sites.name", "the website's name", _P.RUN, AS_GIVEN, OPEN),
    of_staff("sites.created_at", "when it was added", _P.RUN, TIME),
    of_staff("sites.removed_at", "when it was closed", _P.RUN, TIME, OPEN),
    of_staff("sites.suspended_at", "when it was paused", _P.RUN, TIME, CALLER),
    of_staff("sites.hold_at", "the score at which to hold", _P.JUDGE, NUMBER, OPEN),
    of_staff("sites.remove_at", "the score at which to remove", _P.JUDGE, NUMBER, OPEN),
    of_staff("sites.discard_at", "the score at which to discard", _P.JUDGE, NUMBER, OPEN),
    of_staff("sites.removal_by_program", "whether a program is allowed to remove", _P.JUDGE, SWITCH, OPEN),
    of_staff("sites.discards", "whether the website is told to discard", _P.JUDGE, SWITCH, OPEN),
    of_staff("sites.trusts_administrators", "whether administrators go unjudged", _P.JUDGE, SWITCH, OPEN),
    of_staff("sites.is_listed", "whether the list of notices names it", _P.RUN, SWITCH, OPEN),
    of_staff("sites.policy_version", "how often its settings changed", _P.RUN, "counted", OURS),
    of_staff(
        "sites.removes_from", "the lowest score that the guarantee covers", _P.JUDGE, "a number from 0 to 1", OPEN
    ),
    of_staff("sites.calibrated_at", "when the guarantee was worked out", _P.CHECK, TIME, CALLER),
    of_staff("sites.calibrated_model", "the model that the guarantee is about", _P.CHECK, "its name and version"),
    of_staff("sites.answer_within_hours", "within how many hours a person should look", _P.ORDER, NUMBER, TEAM),
    of_staff("sites.alarmed_at", "when the guarantee was last found broken", _P.CHECK, TIME, CALLER),
    of_staff("keys.id", "the key's id", _P.RUN, ID),
    of_staff("keys.site_id", "the website", _P.RUN, ID),
    of_staff("keys.kind", "which dialect it opens", _P.RUN, WORD),
    of_staff("keys.digest", "the key", _P.RUN, "a hash or a code; the key is not kept"),
    of_staff("keys.scopes", "what it permits", _P.RUN, "words of a fixed list"),
    of_staff("keys.created_at", "when it was made", _P.RUN, TIME),
    of_staff("keys.expires_at", "when it ends", _P.RUN, TIME),
    of_staff("keys.revoked_at", "when it was withdrawn", _P.RUN, TIME),
    of_staff("rules.id", "the rule's id", _P.JUDGE, ID, OPEN),
    of_staff("rules.site_id", "the website", _P.RUN, ID, OPEN),
    of_staff("rules.kind", "what the rule looks at", _P.JUDGE, WORD, OPEN),
    of_staff("rules.pattern", "what the rule looks for", _P.JUDGE, AS_GIVEN, TEAM, personal=True),  # it can be a name
    of_staff("rules.verdict", "what follows from it", _P.JUDGE, WORD, OPEN),
    of_staff("rules.created_at", "when it was made", _P.JUDGE, TIME),
    of_staff("rules.retired_at", "when it ended", _P.JUDGE, TIME),
    of_staff("moderators.id", "the moderator's id", _P.RUN, ID, personal=True),
    of_staff("moderators.email", "the moderator's e-mail address", _P.RUN, FOLDED, TEAM, personal=True),
    of_staff("moderators.password_hash", "the moderator's password", _P.RUN, "a slow hash (argon2id)", personal=True),
    of_staff("moderators.created_at", "when the moderator was added", _P.RUN, TIME, personal=True),
    of_staff("moderators.name", "the name that other moderators see", _P.TEAM, AS_GIVEN, TEAM, personal=True),
    of_staff(
        "moderators.totp_secret", "the second factor's secret", _P.RUN, "locked with this service's key", personal=True
    ),
    of_staff("moderators.totp_used", "when its last code was used", _P.RUN, NUMBER, personal=True),
    of_staff(
        "moderators.preferences",
        "how the moderator likes the console",
        _P.TEAM,
        "words and numbers",
        TEAM,
        personal=True,
    ),
    of_staff("memberships.moderator_id", "the moderator", _P.RUN, ID, personal=True),
    of_staff("memberships.site_id", "the website", _P.RUN, ID),
    of_staff("memberships.role", "what the moderator is allowed to do", _P.RUN, WORD, personal=True),
    of_staff("sign_in_links.digest", "a link that signs in once", _P.RUN, HASH),
    of_staff("sign_in_links.moderator_id", "the moderator", _P.RUN, ID, personal=True),
    of_staff("sign_in_links.expires_at", "when it ends", _P.RUN, TIME),
    of_staff("sign_in_links.used_at", "when it was used", _P.RUN, TIME, personal=True),
    of_staff("site_models.site_id", "the website", _P.LEARN, ID, SITE),
    of_staff("site_models.revision", "how often its model changed", _P.LEARN, "counted", SITE),
    of_staff("site_models.rebuilt_in", "when its model was last worked out anew", _P.LEARN, "counted"),
    of_staff("site_models.feature_spec", "the way in which comments are hashed", _P.LEARN, "counted"),
    of_staff("site_models.lessons", "how many lessons its model rests on", _P.LEARN, "counted", SITE),
    of_staff("site_models.learnt_at", "when it last learnt", _P.LEARN, TIME, SITE),
    of_staff("site_models.paused_at", "since when its model is not used", _P.LEARN, TIME, SITE),
    of_staff("site_models.drifted_at", "when its comments were last found changed", _P.LEARN, TIME, SITE),
    of_staff("site_models.watched_from", "since when they are watched for changes", _P.LEARN, "counted"),
    of_staff("snapshots.site_id", "the website", _P.LEARN, ID),
    of_staff("snapshots.revision", "which state of its model", _P.LEARN, "counted"),
    of_staff("snapshots.taken_at", "when it was kept", _P.LEARN, TIME),
    of_staff("snapshots.layer", "what its model had learnt", _P.LEARN, "numbers for hashes of 18 bits, packed"),
    of_staff("usage.site_id", "the website", _P.COUNT, ID, CALLER),
    of_staff("usage.day", "the day", _P.COUNT, "a date", CALLER),
    of_staff("usage.blog", "the blog that asked", _P.COUNT, "its host name", CALLER),
    of_staff("usage.calls", "how often it asked", _P.COUNT, "counted", CALLER),
    of_staff("usage.spam", "how often the answer was spam", _P.COUNT, "counted", CALLER),
    of_staff("usage.ham", "how often the answer was not spam", _P.COUNT, "counted", CALLER),
    of_staff("usage.missed_spam", "how often spam was reported", _P.COUNT, "counted", CALLER),
    of_staff("usage.false_positives", "how often a mistake was reported", _P.COUNT, "counted", CALLER),
    *_SESSIONS,
)
