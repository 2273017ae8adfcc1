"""What is stored so that writers get what they are owed, and so that things are forgotten; it holds no values."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from moderation.storage.field_kinds import (
    AS_GIVEN,
    CODE,
    HASH,
    ID,
    OPEN,
    OURS,
    STAFF,
    TEAM,
    TIME,
    TOLD,
    WORD,
    Field,
    Origin,
    Purpose,
    of_comment,
    of_staff,
)

_O, _P = Origin, Purpose
PASS_LIFE: Final = timedelta(hours=1)
LINK_LIFE: Final = timedelta(hours=24)
MAIL_LIFE: Final = timedelta(hours=24)
REQUESTS_KEPT: Final = timedelta(days=730)
CONTACTS_KEPT: Final = timedelta(days=31)
RUNS_KEPT: Final = timedelta(days=90)


def _ending(kept: timedelta, *fields: Field) -> tuple[Field, ...]:
    return tuple(replace(field, kept=kept) for field in fields)


_APPEALS: Final = (
    of_comment("appeals.id", "the appeal's id", _O.SERVICE, _P.RIGHTS, ID, OURS),
    of_comment("appeals.site_id", "the website", _O.SERVICE, _P.RUN, ID, TOLD),
    of_comment("appeals.comment_id", "the comment", _O.SERVICE, _P.RIGHTS, ID, TOLD),
    of_comment("appeals.decision_id", "the decision that it is about", _O.SERVICE, _P.RIGHTS, ID, TOLD),
    of_comment("appeals.first_by", "the moderator who had decided", _O.SERVICE, _P.RIGHTS, ID, STAFF),
    of_comment("appeals.opened_at", "when the writer asked", _O.SERVICE, _P.RIGHTS, TIME, TOLD),
    of_comment("appeals.text", "what the writer said", _O.WRITER, _P.RIGHTS, AS_GIVEN, TOLD),
    of_comment("appeals.heard_at", "when it was answered", _O.SERVICE, _P.RIGHTS, TIME, TOLD),
    of_comment("appeals.heard_by", "the moderator who answered", _O.SERVICE, _P.RIGHTS, ID, TEAM),
    of_comment("appeals.outcome", "how it ended", _O.OPERATOR, _P.RIGHTS, WORD, TOLD),
    of_comment("appeals.reply", "what the writer was answered", _O.OPERATOR, _P.RIGHTS, AS_GIVEN, TOLD),
)

_REQUESTS: Final = _ending(
    REQUESTS_KEPT,
    of_comment("subject_requests.id", "the request's id", _O.SERVICE, _P.RIGHTS, ID, OURS),
    of_comment("subject_requests.site_id", "the website", _O.SERVICE, _P.RUN, ID, OURS),
    of_comment("subject_requests.comment_id", "the comment", _O.SERVICE, _P.RIGHTS, f"{ID}, until it is erased", OURS),
    of_comment("subject_requests.kind", "what was asked for", _O.WRITER, _P.RIGHTS, WORD, OURS),
    of_comment("subject_requests.made_at", "when it was asked for", _O.SERVICE, _P.RIGHTS, TIME, OURS),
    of_comment("subject_requests.done_at", "when it was done", _O.SERVICE, _P.RIGHTS, TIME, OURS),
)

_PASSES: Final = _ending(
    PASS_LIFE,
    of_comment("passes.digest", "what opens the receipt for a while", _O.SERVICE, _P.RIGHTS, HASH, STAFF),
    of_comment("passes.site_id", "the website", _O.SERVICE, _P.RUN, ID, STAFF),
    of_comment("passes.comment_id", "the comment", _O.SERVICE, _P.RIGHTS, ID, STAFF),
    of_comment("passes.ends_at", "until when", _O.SERVICE, _P.RIGHTS, TIME, STAFF),
)

_MAILS: Final = _ending(
    MAIL_LIFE,
    of_staff("mails.id", "the mail's id", _P.RIGHTS, ID),
    of_staff("mails.sealed_to", "the address to write to", _P.RIGHTS, "locked with this service's key", personal=True),
    of_staff("mails.language", "the language to write in", _P.RIGHTS, "a code of the language", personal=True),
    of_staff("mails.asked_at", "when it was asked for", _P.RIGHTS, TIME, personal=True),
    of_staff("mails.due_at", "when it is tried next", _P.RIGHTS, TIME),
    of_staff("mails.tries", "how often it was tried", _P.RIGHTS, "counted"),
)

_LINKS: Final = _ending(
    LINK_LIFE,
    of_staff("mailed_links.digest", "a link that opens a person's receipts once", _P.RIGHTS, HASH, personal=True),
    of_staff("mailed_links.site_id", "the website", _P.RUN, ID),
    of_staff("mailed_links.email_code", "whose comments it opens", _P.RIGHTS, CODE, personal=True),
    of_staff("mailed_links.ends_at", "until when", _P.RIGHTS, TIME),
)

_RUNNING: Final = (
    of_staff("notices.site_id", "the website", _P.RUN, ID, OPEN),
    of_staff("notices.number", "which version of its notice", _P.PROVE, "counted", OPEN),
    of_staff("notices.version", "the version's mark", _P.PROVE, HASH, OPEN),
    of_staff("notices.facts", "what the notice said", _P.PROVE, "the facts of the page, without figures", OPEN),
    of_staff("notices.in_force_since", "since when", _P.PROVE, TIME, OPEN),
    of_staff("notices.digest", "the mark of all versions so far", _P.PROVE, HASH, OPEN),
    *_ending(
        CONTACTS_KEPT,
        of_staff("contacts.day", "the day", _P.COUNT, "a date"),
        of_staff("contacts.purpose", "what the service spoke to another machine for", _P.COUNT, WORD, OPEN),
        of_staff("contacts.count", "how often", _P.COUNT, "counted", OPEN),
    ),
    *_ending(
        RUNS_KEPT,
        of_staff("retention_runs.id", "the run's id", _P.FORGET, ID),
        of_staff("retention_runs.ran_at", "when things were deleted", _P.FORGET, TIME, OPEN),
        of_staff("retention_runs.deleted", "how many comments were deleted", _P.FORGET, "counted", OPEN),
        of_staff("retention_runs.reduced", "of how many the network address went", _P.FORGET, "counted"),
    ),
    of_staff("network_keys.began_at", "since when a key is used", _P.FORGET, TIME),
    of_staff("network_keys.key", "the key for codes of network addresses", _P.FORGET, "locked with this service's key"),
    of_staff("tallies.site_id", "the website", _P.COUNT, ID, OPEN),
    of_staff("tallies.month", "the month", _P.COUNT, "a date", OPEN),
    of_staff("tallies.name", "what is counted", _P.COUNT, WORD, OPEN),
    of_staff("tallies.count", "how many", _P.COUNT, "counted", OPEN),
    of_staff("backups.id", "the copy's id", _P.FORGET, ID),
    of_staff("backups.taken_at", "when a copy of everything was taken", _P.FORGET, TIME, OPEN),
    of_staff("backups.gone_by", "by when the copy must be gone", _P.FORGET, TIME, OPEN),
)

ENTRIES: Final = (*_APPEALS, *_REQUESTS, *_PASSES, *_MAILS, *_LINKS, *_RUNNING)
