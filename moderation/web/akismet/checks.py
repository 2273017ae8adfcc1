"""The verbs about comments: comment-check, submit-spam, submit-ham."""

from typing import Any

from starlette.concurrency import run_in_threadpool

from moderation import clock, telemetry
from moderation.duties.checking import Caller, Checked
from moderation.duties.correcting import Feedback, Intake, take_feedback
from moderation.errors import Unauthenticated
from moderation.vocabulary import Channel, KeyKind, Label, Verdict
from moderation.web.akismet import answers
from moderation.web.akismet.answers import Answer
from moderation.web.akismet.fields import comment_of
from moderation.web.akismet.requests import Call

EDIT = "edit"


async def admitted(call: Call) -> Caller | Answer:
    """Returns who calls, or the answer to a bad key or blog, in the order of akismet.md 5.2."""
    try:
        caller = await call.admit(is_checked_later=True)
    except Unauthenticated:
        return _refused(call)
    if not call.fields.get("blog").strip():
        return answers.invalid('Empty "blog" value')
    return caller if caller.blog else answers.invalid("We were unable to parse your blog URI")


async def comment_check(call: Call) -> Answer:
    """Judges a comment and stores it: `true` for hold and remove, `false` for publish."""
    caller = await admitted(call)
    if isinstance(caller, Answer):
        return caller
    if not call.fields.get("user_ip").strip():
        return answers.refusal("Missing required field: user_ip.", 'Empty "user_ip" value')
    doors, now = call.doors, clock.now()
    submission = doors.checking.submission(
        caller,
        comment_of(call.fields),
        channel=Channel.AKISMET,
        now=now,
        is_edit=call.fields.get("recheck_reason") == EDIT,
    )
    try:
        checked: Checked = await doors.runtime.writer.submit(doors.record, submission)
    except Unauthenticated:  # the key has ended since this process last looked
        return _refused(call)
    telemetry.judged(Channel.AKISMET.value, checked.verdict.value)
    return _answer(call, checked)


async def submit_spam(call: Call) -> Answer:
    """Records that a comment was spam."""
    return await _submit(call, Label.SPAM)


async def submit_ham(call: Call) -> Answer:
    """Records that a comment was not spam."""
    return await _submit(call, Label.HAM)


async def _submit(call: Call, label: Label) -> Answer:
    caller = await admitted(call)
    if isinstance(caller, Answer):
        return caller
    if not call.fields.get("user_ip").strip():
        return answers.refusal("Missing required field: user_ip.", 'Empty "user_ip" value')
    try:
        await run_in_threadpool(_store_feedback, call, caller, label)
    except Unauthenticated:
        return _refused(call)
    return answers.word(answers.THANKS)


def _store_feedback(call: Call, caller: Caller, label: Label) -> None:
    runtime, fields = call.doors.runtime, call.fields
    feedback = Feedback(
        comment=comment_of(fields),
        label=label,
        blog=caller.blog,
        comment_id=clock.parse_id(fields.get("guid").strip()),
        reporter=fields.get("reporter").strip()[:255],
        answered_spam={"true": True, "false": False}.get(fields.get("comment_check_response").strip().lower()),
    )
    with runtime.database.transaction() as db:
        site = runtime.directory.fresh(db).grant(caller.key_digest, KeyKind.AKISMET, clock.now()).site
        version = call.doors.recording.stamp(db, site=site, now=clock.now())
        take_feedback(
            db,
            seal=runtime.settings.seal,
            site=site,
            feedback=feedback,
            notice_version=version,
            now=clock.now(),
            intake=Intake(call.doors.checking.terms, call.doors.checking.is_strict),
        )
    call.doors.teacher.teach(caller.site.id)


def _answer(call: Call, checked: Checked) -> Answer:
    headers: dict[str, Any] = {
        "x-akismet-guid": checked.comment_id.hex,
        "x-candor-verdict": checked.verdict.value,
        "x-candor-reason": checked.decision.main_reason.code,
    }
    is_spam = checked.verdict is not Verdict.PUBLISH
    tested = call.fields.is_true("is_test") and call.fields.is_true("test_discard")
    if is_spam and (checked.decision.is_discardable or tested):
        headers["x-akismet-pro-tip"] = "discard"
    if checked.receipt is not None and call.fields.is_true("candor_receipt"):
        headers["x-candor-receipt"] = f"{call.doors.runtime.settings.base_url}/receipt#{checked.receipt.token}"
    return Answer("true" if is_spam else "false", headers)


def _refused(call: Call) -> Answer:
    """A key that has ended differs from an unknown one only by the header that WordPress shows its owner."""
    refused = answers.invalid(call.key_fault)
    if call.key and call.doors.runtime.directory.latest.has_ended(call.digest, clock.now()):
        return Answer(refused.body, {**refused.headers, "x-akismet-error": "10009"})
    return refused
