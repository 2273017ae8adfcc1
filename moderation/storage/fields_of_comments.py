"""What is stored about comments and whoever wrote them, column by column; it holds no values."""

from dataclasses import replace
from typing import Final

from moderation.storage import answers, claims
from moderation.storage.field_kinds import (
    ABROAD,
    AS_GIVEN,
    BOTH,
    CALLER,
    CODE,
    FOLDED,
    HASH,
    ID,
    LANGUAGE,
    LONG_TEXT,
    NUMBER,
    OPEN,
    OURS,
    SITE,
    STAFF,
    SWITCH,
    TEAM,
    TIME,
    TOLD,
    WORD,
    Field,
    Origin,
    Purpose,
    Reader,
    of_comment,
)

_O, _P = Origin, Purpose

_COMMENTS: Final = (
    of_comment("comments.content", "the text", _O.WRITER, _P.SHOW, LONG_TEXT, OPEN),
    of_comment("comments.author_name", "the name given", _O.WRITER, _P.SHOW, AS_GIVEN, OPEN),
    of_comment("comments.author_url", "the web address given", _O.WRITER, _P.SHOW, AS_GIVEN, OPEN),
    of_comment(
        "comments.author_email_code",
        "the e-mail address",
        _O.WRITER,
        _P.RECOGNISE,
        f"{CODE}; the address is not kept",
        OURS,
    ),
    of_comment(
        "comments.author_ip_prefix",
        "the network address",
        _O.WEBSITE,
        _P.RECOGNISE,
        f"as the settings say: its first part (/24 or /48), or {CODE} of that, or nothing; the rest is not kept",
        BOTH,
    ),
    of_comment("comments.permalink", "the page's address", _O.WEBSITE, _P.SHOW, AS_GIVEN, BOTH),
    of_comment("comments.author_roles", "the writer's role at the website", _O.WEBSITE, _P.JUDGE, FOLDED, ABROAD),
    of_comment("comments.language", "the language, if said", _O.WEBSITE, _P.ANSWER, LANGUAGE, BOTH),
    of_comment("comments.submitted_at", "when it was written, if said", _O.WEBSITE, _P.SHOW, TIME, ABROAD),
    of_comment("comments.received_at", "when it arrived here", _O.SERVICE, _P.SHOW, TIME, OPEN),
    of_comment("comments.state", "where it is now", _O.SERVICE, _P.SHOW, WORD, BOTH),
    of_comment("comments.decided_by", "who decided last", _O.SERVICE, _P.ANSWER, WORD, BOTH),
    of_comment("comments.id", "the comment's id", _O.SERVICE, _P.ANSWER, ID, OPEN),
    of_comment("comments.site_id", "the website", _O.SERVICE, _P.RUN, ID, BOTH),
    of_comment("comments.channel", "the way it came", _O.SERVICE, _P.RECOGNISE, WORD, OURS),
    of_comment("comments.external_id", "the website's id for it", _O.WEBSITE, _P.RECOGNISE, AS_GIVEN, ABROAD),
    of_comment("comments.page_external_id", "the website's id for the page", _O.WEBSITE, _P.SHOW, AS_GIVEN, OURS),
    of_comment("comments.parent_external_id", "the website's id for the parent", _O.WEBSITE, _P.SHOW, AS_GIVEN, OURS),
    of_comment("comments.parent_id", "the comment it answers", _O.WEBSITE, _P.SHOW, ID, OPEN),
    of_comment("comments.page_digest", "the page, for finding", _O.SERVICE, _P.SHOW, "the first half of a hash", OURS),
    of_comment("comments.type", "the kind of text", _O.WEBSITE, _P.ANSWER, AS_GIVEN, ABROAD),
    of_comment("comments.changed_at", "when it last changed", _O.SERVICE, _P.ANSWER, TIME, ABROAD),
    of_comment("comments.is_test", "whether it is a test", _O.WEBSITE, _P.COUNT, SWITCH, OURS),
    of_comment(
        "comments.fingerprint",
        "the whole comment, for finding",
        _O.SERVICE,
        _P.RECOGNISE,
        f"{CODE} from name, e-mail address, text and page, and from the network address where its first part is kept",
        OURS,
    ),
    of_comment(
        "comments.likeness", "the text, for finding", _O.SERVICE, _P.RECOGNISE, f"{CODE} from text and page", OURS
    ),
    of_comment("comments.notice_version", "the notice in force then", _O.SERVICE, _P.ANSWER, HASH, ABROAD),
    of_comment(
        "comments.receipt_locator", "the receipt's first part", _O.SERVICE, _P.ANSWER, "random characters", OURS
    ),
    of_comment("comments.receipt_digest", "the receipt's secret", _O.SERVICE, _P.ANSWER, HASH, OURS),
    of_comment("comments.version", "how often it changed", _O.SERVICE, _P.ANSWER, NUMBER, OPEN),
    of_comment("comments.decision_id", "the decision that stands", _O.SERVICE, _P.ANSWER, ID, TOLD),
    of_comment("comments.decision_digest", "the decision's mark", _O.SERVICE, _P.PROVE, CODE, OURS),
    of_comment("comments.score", "the program's last score", _O.SERVICE, _P.ORDER, "a number from 0 to 1", TEAM),
    of_comment("comments.reason", "the first reason's code", _O.SERVICE, _P.FIND, WORD, TOLD),
    of_comment("comments.waits_as", "why it waits for a person", _O.SERVICE, _P.ORDER, WORD, TOLD),
    of_comment("comments.waits_since", "since when it waits", _O.SERVICE, _P.ORDER, TIME, TOLD),
    of_comment("comments.deferrals", "how often a moderator put it off", _O.SERVICE, _P.ORDER, "counted", TOLD),
    of_comment("comments.reports", "how many readers complained", _O.SERVICE, _P.ORDER, "counted", TEAM),
    of_comment("comments.alike_to", "the comment that it is nearly the same as", _O.SERVICE, _P.ORDER, ID, TEAM),
    of_comment(
        "comments.delete_published_after", "when it is deleted while published", _O.SERVICE, _P.FORGET, TIME, OURS
    ),
    of_comment("comments.delete_held_after", "when it is deleted while held", _O.SERVICE, _P.FORGET, TIME, OURS),
    of_comment("comments.delete_removed_after", "when it is deleted once refused", _O.SERVICE, _P.FORGET, TIME, OURS),
    of_comment(
        "comments.reduce_after",
        "when the network address goes; once it is erased, when its receipt goes, and later the rest",
        _O.SERVICE,
        _P.FORGET,
        TIME,
        OURS,
    ),
    of_comment("comments.objected_at", "when the writer objected to learning", _O.WRITER, _P.RIGHTS, TIME, OURS),
    of_comment("comments.frozen_at", "when the writer had it kept as it is", _O.WRITER, _P.RIGHTS, TIME, OURS),
    of_comment("comments.erased_by", "who had it erased", _O.SERVICE, _P.FORGET, WORD, OPEN),
)

_SEARCH: Final = (
    of_comment("search.comment_id", "the comment", _O.SERVICE, _P.FIND, ID, STAFF),
    of_comment("search.site_id", "the website", _O.SERVICE, _P.RUN, ID, STAFF),
    of_comment("search.content", "the text's words", _O.WRITER, _P.FIND, "words in small letters", STAFF),
    of_comment("search.author", "the name's words", _O.WRITER, _P.FIND, "words in small letters", STAFF),
    of_comment("search.host", "the links' words", _O.WRITER, _P.FIND, "words in small letters", STAFF),
)

_ALIKE: Final = (
    of_comment("alike_marks.site_id", "the website", _O.SERVICE, _P.RUN, ID, STAFF),
    of_comment(
        "alike_marks.mark", "the text, for finding nearly the same", _O.SERVICE, _P.ORDER, "hashes of 64 bits", STAFF
    ),
    of_comment("alike_marks.comment_id", "the comment", _O.SERVICE, _P.ORDER, ID, STAFF),
)

_REPORTS: Final = (
    of_comment("reports.id", "the report's id", _O.SERVICE, _P.ORDER, ID, STAFF),
    of_comment("reports.site_id", "the website", _O.SERVICE, _P.RUN, ID, TEAM),
    of_comment("reports.comment_id", "the comment", _O.WEBSITE, _P.ORDER, ID, TEAM),
    of_comment("reports.reporter_code", "who complained", _O.WEBSITE, _P.RECOGNISE, CODE, STAFF),
    of_comment("reports.category", "what the complaint says", _O.WEBSITE, _P.ORDER, WORD, TEAM),
    of_comment("reports.reported_at", "when", _O.SERVICE, _P.ORDER, TIME, TEAM),
)

_NOTES: Final = (
    of_comment("notes.id", "the note's id", _O.SERVICE, _P.TEAM, ID, STAFF),
    of_comment("notes.site_id", "the website", _O.SERVICE, _P.RUN, ID, TEAM),
    of_comment("notes.comment_id", "the comment", _O.SERVICE, _P.TEAM, ID, TEAM),
    of_comment("notes.author_email_code", "the writer, where it is about them", _O.SERVICE, _P.TEAM, CODE, STAFF),
    of_comment("notes.moderator_id", "the moderator", _O.SERVICE, _P.TEAM, ID, TEAM),
    of_comment("notes.written_at", "when it was written", _O.SERVICE, _P.TEAM, TIME, TEAM),
    of_comment("notes.text", "what a moderator wrote for the team", _O.OPERATOR, _P.TEAM, AS_GIVEN, TEAM),
)

_CLAIMS: Final = tuple(
    replace(field, kept=claims.KEPT)
    for field in (
        of_comment("claims.comment_id", "the comment", _O.SERVICE, _P.TEAM, ID, TEAM),
        of_comment("claims.site_id", "the website", _O.SERVICE, _P.RUN, ID, TEAM),
        of_comment("claims.moderator_id", "the moderator who looks at it", _O.SERVICE, _P.TEAM, ID, TEAM),
        of_comment("claims.until", "until when", _O.SERVICE, _P.TEAM, TIME, STAFF),
    )
)

_SECOND_LOOKS: Final = (
    of_comment("second_looks.decision_id", "the decision", _O.SERVICE, _P.CHECK, ID, TEAM),
    of_comment("second_looks.site_id", "the website", _O.SERVICE, _P.RUN, ID, TEAM),
    of_comment("second_looks.comment_id", "the comment", _O.SERVICE, _P.CHECK, ID, TEAM),
    of_comment("second_looks.drawn_at", "when it was drawn", _O.SERVICE, _P.CHECK, TIME, STAFF),
    of_comment("second_looks.first", "what was said first", _O.SERVICE, _P.CHECK, WORD, TEAM),
    of_comment("second_looks.first_by", "the moderator who said it", _O.SERVICE, _P.CHECK, ID, STAFF),
    of_comment("second_looks.second", "what another moderator said", _O.SERVICE, _P.CHECK, WORD, TEAM),
    of_comment("second_looks.second_by", "that moderator", _O.SERVICE, _P.CHECK, ID, STAFF),
    of_comment("second_looks.looked_at", "when", _O.SERVICE, _P.CHECK, TIME, STAFF),
)

_DECISIONS: Final = (
    of_comment("decisions.id", "the decision's id", _O.SERVICE, _P.ANSWER, ID, TOLD),
    of_comment("decisions.site_id", "the website", _O.SERVICE, _P.RUN, ID, BOTH),
    of_comment("decisions.comment_id", "the comment", _O.SERVICE, _P.ANSWER, ID, BOTH),
    of_comment("decisions.comment_version", "the comment's version", _O.SERVICE, _P.ANSWER, NUMBER, OURS),
    of_comment("decisions.decided_at", "when it was decided", _O.SERVICE, _P.ANSWER, TIME, TOLD),
    of_comment("decisions.verdict", "what was decided", _O.SERVICE, _P.ANSWER, WORD, BOTH),
    of_comment("decisions.actor", "who decided", _O.SERVICE, _P.ANSWER, WORD, BOTH),
    of_comment("decisions.reasons", "the reasons", _O.SERVICE, _P.ANSWER, "sentences, weights and places", BOTH),
    of_comment("decisions.score", "the score", _O.SERVICE, _P.JUDGE, "a number from 0 to 1", SITE),
    of_comment("decisions.band", "the score in words", _O.SERVICE, _P.ANSWER, WORD, BOTH),
    of_comment("decisions.model_name", "the model", _O.SERVICE, _P.ANSWER, "its name", BOTH),
    of_comment("decisions.model_version", "the model's version", _O.SERVICE, _P.ANSWER, "its version", BOTH),
    of_comment("decisions.site_revision", "what the model had learnt", _O.SERVICE, _P.ANSWER, NUMBER, BOTH),
    of_comment("decisions.policy_version", "the thresholds in force", _O.SERVICE, _P.ANSWER, NUMBER, OURS),
    of_comment("decisions.digest", "the decision's mark", _O.SERVICE, _P.PROVE, CODE, OURS),
    of_comment("decisions.moderator_id", "the moderator who decided", _O.SERVICE, _P.TEAM, ID, TEAM),
    of_comment("decisions.undoes", "the decision that it takes back", _O.SERVICE, _P.TEAM, ID, TEAM),
    of_comment("decisions.batch_id", "what was decided together", _O.SERVICE, _P.TEAM, ID, TEAM),
)

_LABELS: Final = (
    of_comment("labels.id", "the label's id", _O.SERVICE, _P.CORRECT, ID, OURS),
    of_comment("labels.site_id", "the website", _O.SERVICE, _P.RUN, ID, OURS),
    of_comment("labels.comment_id", "the comment", _O.SERVICE, _P.CORRECT, ID, OURS),
    of_comment("labels.label", "what a person said it is", _O.WEBSITE, _P.CORRECT, WORD, OURS),
    of_comment("labels.actor", "who said so", _O.SERVICE, _P.CORRECT, WORD, OURS),
    of_comment("labels.reporter_code", "who said so at the website", _O.WEBSITE, _P.CORRECT, CODE, OURS),
    of_comment("labels.labelled_at", "when it was said", _O.SERVICE, _P.CORRECT, TIME, OURS),
    of_comment("labels.learnt_in", "the state of the model that knows it", _O.SERVICE, _P.LEARN, NUMBER, OURS),
)

_LESSONS: Final = (
    of_comment("lessons.site_id", "the website", _O.SERVICE, _P.RUN, ID, TEAM),
    of_comment("lessons.revision", "the line's number", _O.SERVICE, _P.LEARN, "counted", TEAM),
    of_comment("lessons.kind", "what was done", _O.SERVICE, _P.LEARN, WORD, TEAM),
    of_comment("lessons.happened_at", "when it was done", _O.SERVICE, _P.LEARN, TIME, TEAM),
    of_comment("lessons.of_revision", "the line that it is about", _O.SERVICE, _P.LEARN, "counted", TEAM),
    of_comment("lessons.comment_id", "the comment", _O.SERVICE, _P.LEARN, ID, TEAM),
    of_comment("lessons.label_id", "the label", _O.SERVICE, _P.LEARN, ID, STAFF),
    of_comment("lessons.is_active", "whether the model rests on it", _O.SERVICE, _P.LEARN, SWITCH, STAFF),
    of_comment("lessons.is_unwelcome", "whether it was unwelcome", _O.SERVICE, _P.LEARN, SWITCH, TEAM),
    of_comment("lessons.weight", "how far its source is trusted", _O.SERVICE, _P.LEARN, "a number from 0 to 1", STAFF),
    of_comment(
        "lessons.base_log_odds", "what the shipped model had thought of it", _O.SERVICE, _P.LEARN, NUMBER, STAFF
    ),
    of_comment(
        "lessons.site_log_odds", "what the website's model had thought of it", _O.SERVICE, _P.LEARN, NUMBER, STAFF
    ),
    of_comment("lessons.simhash", "the text, for finding its like", _O.SERVICE, _P.LEARN, "a hash of 64 bits", STAFF),
    of_comment(
        "lessons.features",
        "what the model learnt from",
        _O.SERVICE,
        _P.LEARN,
        "hashes of 20 bits of the text's parts, of the web address and of what speaks for advertising",
        STAFF,
    ),
)

_AUDITS: Final = (
    of_comment("audits.comment_id", "the comment", _O.SERVICE, _P.CHECK, ID, SITE),
    of_comment("audits.site_id", "the website", _O.SERVICE, _P.RUN, ID, SITE),
    of_comment(
        "audits.propensity", "how likely it was to be drawn", _O.SERVICE, _P.CHECK, "a number from 0 to 1", STAFF
    ),
    of_comment("audits.drawn_at", "when it was drawn", _O.SERVICE, _P.CHECK, TIME, STAFF),
    of_comment("audits.found", "what the program had decided", _O.SERVICE, _P.CHECK, WORD, TEAM),
    of_comment("audits.said", "what a moderator said who did not know that", _O.SERVICE, _P.CHECK, WORD, TEAM),
    of_comment("audits.said_by", "that moderator", _O.SERVICE, _P.CHECK, ID, STAFF),
    of_comment("audits.said_at", "when", _O.SERVICE, _P.CHECK, TIME, STAFF),
)

_EVENTS: Final = (
    of_comment("events.id", "the event's id", _O.SERVICE, _P.ANSWER, ID, OURS),
    of_comment("events.site_id", "the website", _O.SERVICE, _P.RUN, ID, TOLD),
    of_comment("events.comment_id", "the comment", _O.SERVICE, _P.ANSWER, ID, TOLD),
    of_comment("events.kind", "what happened", _O.SERVICE, _P.ANSWER, WORD, TOLD),
    of_comment("events.happened_at", "when it happened", _O.SERVICE, _P.ANSWER, TIME, TOLD),
    of_comment("events.facts", "what the event says", _O.SERVICE, _P.ANSWER, "ids and words", TOLD),
    of_comment("events.due_at", "from when others are told", _O.SERVICE, _P.RUN, TIME, STAFF),
)

_DAY: Final = answers.KEPT
_ANSWERS: Final = (
    Field("answers.site_id", "the website", _O.SERVICE, _P.RUN, ID, CALLER, personal=False, kept=_DAY),
    Field("answers.key_code", "the request's key", _O.WEBSITE, _P.RECOGNISE, CODE, STAFF, personal=False, kept=_DAY),
    Field("answers.request_digest", "the request", _O.WEBSITE, _P.RECOGNISE, HASH, STAFF, personal=True, kept=_DAY),
    Field("answers.status", "the answer's kind", _O.SERVICE, _P.RECOGNISE, NUMBER, CALLER, personal=False, kept=_DAY),
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
    Field("answers.answered_at", "when it was given", _O.SERVICE, _P.RUN, TIME, STAFF, personal=False, kept=_DAY),
)

ENTRIES: Final = (
    *(*_COMMENTS, *_DECISIONS, *_LABELS, *_LESSONS, *_AUDITS, *_EVENTS, *_ANSWERS),
    *(*_SEARCH, *_ALIKE, *_REPORTS, *_NOTES, *_CLAIMS, *_SECOND_LOOKS),
)
