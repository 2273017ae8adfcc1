"""To a site: "you were wrong". Feedback and decisions of the blog become decisions and labels; nothing learns here."""

from dataclasses import dataclass, field
from datetime import datetime

from moderation.clock import Id
from moderation.errors import VersionMismatch
from moderation.judging.comment import Comment
from moderation.judging.decision import SAID, Decision
from moderation.judging.retention import Terms
from moderation.judging.signal import Reason
from moderation.seal import Seal
from moderation.storage import comments, decisions, labels, network_keys, retaining
from moderation.storage.comments import MATCH_WINDOW, Standing, fingerprint_of, likeness_of
from moderation.storage.database import Db
from moderation.storage.labels import Said
from moderation.storage.ledger import Arrival, Ledger
from moderation.storage.sites import Site
from moderation.storage.usage import Used
from moderation.vocabulary import Actor, Channel, Label, Verdict


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a blog says a comment was: by our id where it knows it, else by the comment's own fields.

    `reporter` is who said so at the blog ("" if unsaid); `answered_spam` what our check had answered, if it says.
    """

    comment: Comment
    label: Label
    blog: str
    comment_id: Id | None = None
    reporter: str = ""
    answered_spam: bool | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a blog decides about a comment; `expected_version` guards against overwriting what it has not seen."""

    verdict: Verdict
    label: Label | None = None
    reason: str = ""
    expected_version: int | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """How long a comment is kept that arrives with its correction, and whether one is taken in while deleting fails."""

    terms: Terms = field(default_factory=Terms)
    is_strict: bool = False


_USUAL = Intake()


def take_feedback(
    db: Db,
    *,
    seal: Seal,
    site: Site,
    feedback: Feedback,
    notice_version: str,
    now: datetime,
    intake: Intake = _USUAL,
) -> None:
    """Records a decision and a label on the comment that the feedback means; one never seen is stored with them.

    Tests change nothing, since they are in no figure and never teach. The same word from the same reporter counts once,
    and makes another decision only where somebody else's stands by now.

    Raises:
        Unavailable: for one never seen, in strict mode, while what should be gone is not.
    """
    if feedback.comment.is_test:
        return
    arrival = _arrival(seal, site, feedback.comment, notice_version, now, intake.terms)
    standing = _find(db, arrival, feedback.comment_id)
    if standing is not None and standing.is_test:
        return
    decision = SAID[feedback.label]
    target = _received(db, seal, arrival, decision, intake) if standing is None else standing
    ledger = Ledger(seal)
    reporter = seal.code("reporter", str(site.id), feedback.reporter) if feedback.reporter else ""
    is_new = labels.record(db, site_id=site.id, said=Said(target.id, feedback.label, Actor.BLOG, reporter), now=now)
    if standing is not None and (is_new or standing.verdict is not decision.verdict):
        ledger.decide(standing, decision, now)
    for name in _mistake(feedback, standing) if is_new and not _was_said(db, standing, feedback.label) else ():
        ledger.count(Used(site.id, now.date(), feedback.blog, (name,)))
    ledger.write(db)


def decide(
    db: Db, *, seal: Seal, site_id: Id, comment_id: Id, choice: Choice, now: datetime
) -> tuple[Standing, Decision]:
    """Records a blog's decision on one of its comments and returns where it stands.

    Raises:
        NotFound: for a comment that this site does not have.
        Conflict: for one that is erased.
        VersionMismatch: when it has changed since the blog read it; nothing was stored.
    """
    standing = comments.standing(db, site_id=site_id, comment_id=comment_id)
    if choice.expected_version not in {None, standing.version}:
        raise VersionMismatch(f"The comment is at version {standing.version} now; read it again and decide anew.")
    code = "blog.spam" if choice.label is Label.SPAM else "blog.decision"  # statements tell spam by the code
    reason = Reason(code, choice.reason or "The website decided this.")
    decision = Decision(choice.verdict, Actor.BLOG, (reason,), label=choice.label)
    ledger = Ledger(seal)
    decided = ledger.decide(standing, decision, now)
    ledger.write(db)
    if choice.label is not None:
        labels.record(db, site_id=site_id, said=Said(comment_id, choice.label, Actor.BLOG), now=now)
    return decided, decision


def _received(db: Db, seal: Seal, arrival: Arrival, decision: Decision, intake: Intake) -> Standing:
    """Stores a comment that was never seen."""
    if intake.is_strict:
        retaining.refuse_late(db, now=arrival.received_at)
    stored = network_keys.stored(db, seal=seal, terms=intake.terms, now=arrival.received_at)
    ledger = Ledger(seal, intake.terms, stored)
    standing = ledger.receive(arrival, decision)[0]
    ledger.write(db)
    return standing


def _arrival(  # noqa: PLR0917 - what an arrival is made of
    seal: Seal, site: Site, comment: Comment, notice_version: str, now: datetime, terms: Terms
) -> Arrival:
    return Arrival(
        site_id=site.id,
        channel=Channel.AKISMET,
        comment=comment,
        received_at=now,
        notice_version=notice_version,
        fingerprint=fingerprint_of(seal, site.id, comment, terms.form),
        likeness=likeness_of(seal, site.id, comment),
    )


def _find(db: Db, arrival: Arrival, comment_id: Id | None) -> Standing | None:
    """By our id, then by author, network, words and page, then by words and page, within 90 days (akismet.md 6)."""
    site_id, since = arrival.site_id, arrival.received_at - MATCH_WINDOW
    named = comments.find_standing(db, site_id=site_id, comment_id=comment_id) if comment_id else None
    if named is not None:
        return named
    same = comments.find_by_fingerprint(db, site_id=site_id, fingerprints=[arrival.fingerprint], since=since)
    if arrival.fingerprint in same:
        return same[arrival.fingerprint]
    return comments.find_alike(db, site_id=site_id, likeness=arrival.likeness, since=since)


def _was_said(db: Db, standing: Standing | None, label: Label) -> bool:
    """Whether somebody at the blog had said the same before: a mistake counts once, however many notice it."""
    if standing is None:
        return False
    history = decisions.history(db, site_id=standing.site_id, comment_id=standing.id)
    return any(decisions.to_decision(row).main_reason.code == SAID[label].main_reason.code for row in history)


def _mistake(feedback: Feedback, standing: Standing | None) -> tuple[str, ...]:
    """Which counter a correction moves: none where it agrees with what the check had answered."""
    answered = feedback.answered_spam
    if answered is None and standing is not None and not standing.is_decided_by_person:
        answered = standing.verdict is not Verdict.PUBLISH
    if feedback.label is Label.SPAM and answered is False:
        return ("missed_spam",)
    if feedback.label is Label.HAM and answered is True:
        return ("false_positives",)
    return ()
