"""To writers: their comment in better words; it is judged again as an edit is, and cannot get through by that alone."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from moderation.errors import Conflict, Invalid
from moderation.judging.comment import LIMITS, Author, Comment, is_storable
from moderation.judging.decision import Decision
from moderation.seal import Seal
from moderation.storage import comments, events, requests
from moderation.storage.comments import Standing, likeness_of
from moderation.storage.database import Db
from moderation.storage.ledger import Arrival, Ledger
from moderation.storage.tables import CommentRow
from moderation.vocabulary import EventKind, RequestKind, State, Verdict

_KEPT = ("author_email_code", "author_ip_prefix", "author_roles", "fingerprint", "language", "notice_version")
"""What new words do not change: the website's view of the writer, and by what it finds the comment again."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a writer puts in the place of the comment's text and name."""

    content: str
    author_name: str


def reworded(row: CommentRow, words: Words) -> Comment:
    """Returns a stored comment with new words, as the program judges it; what is not stored is missing.

    Raises:
        Invalid: for no text, or one that is too long or cannot be stored.
    """
    content, name = words.content, words.author_name.strip()
    if not content.strip() or len(content) > LIMITS["content"] or not is_storable(content):
        raise Invalid(f"The text has 1 to {LIMITS['content']:,} characters.", code="correction.invalid")
    if len(name) > LIMITS["name"] or not is_storable(name):
        raise Invalid(f"The name has at most {LIMITS['name']} characters.", code="correction.invalid")
    author = Author(name=name, url=row.author_url, roles=frozenset(row.author_roles))
    return Comment(
        permalink=row.permalink,
        content=content,
        type=row.type,
        external_id=row.external_id,
        page_external_id=row.page_external_id,
        parent_external_id=row.parent_external_id,
        author=author,
        submitted_at=row.submitted_at,
        language=row.language,
        is_test=row.is_test,
    )


def reword(
    db: Db, *, seal: Seal, row: CommentRow, comment: Comment, judged: Decision | None, now: datetime
) -> Standing:
    """Stores a comment's new words and returns where it stands: what was held or refused stays so until a person looks.

    What is published is held if the program finds the new words worse; `judged` is what it says of them, None where
    the website is closed here.

    Raises:
        Conflict: for an erased comment, and where nothing is different.
    """
    standing = comments.find_standing(db, site_id=row.site_id, comment_id=row.id)
    if standing is None:
        raise Conflict("This comment is erased: nothing of it is left to correct.", code="comment.erased")
    if (comment.content, comment.author.name) == (row.content, row.author_name):
        raise Conflict("The text and the name are as they were: nothing was changed.")
    kept: dict[str, Any] = {name: getattr(row, name) for name in _KEPT}
    ledger, arrival = Ledger(seal), _arrival(seal, row, comment, now)
    moved = _entered(ledger, standing, arrival, judged)
    ledger.write(db)
    comments.move(db, site_id=row.site_id, comment_id=row.id, values=kept)
    events.append(db, [events.event(row.site_id, row.id, EventKind.CORRECTED, now, {})])
    requests.note_done(db, site_id=row.site_id, comment_id=row.id, kind=RequestKind.CORRECTION, now=now)
    return moved


def _entered(ledger: Ledger, standing: Standing, arrival: Arrival, judged: Decision | None) -> Standing:
    """A program never decides more leniently for it: else a writer could try words out until some get through."""
    if judged is None or standing.state is not State.PUBLISHED:
        return ledger.edit(standing, arrival)
    if judged.verdict is Verdict.PUBLISH:
        return ledger.edit(standing, arrival)
    held = replace(judged, verdict=Verdict.HOLD, is_discardable=False)
    return ledger.decide(standing, held, arrival.received_at, arrival)


def _arrival(seal: Seal, row: CommentRow, comment: Comment, now: datetime) -> Arrival:
    return Arrival(
        site_id=row.site_id,
        channel=row.channel,
        comment=comment,
        received_at=now,
        notice_version=row.notice_version,
        fingerprint=row.fingerprint,
        likeness=likeness_of(seal, row.site_id, comment),
        parent_id=row.parent_id,
    )
