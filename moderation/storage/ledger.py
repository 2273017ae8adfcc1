"""What one transaction will write about comments, gathered into few statements for many; it judges nothing."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from moderation.clock import Id, new_id
from moderation.judging.comment import Comment
from moderation.judging.decision import Decision
from moderation.judging.network import ip_prefix
from moderation.seal import Receipt, Seal, digest, new_receipt
from moderation.storage import comments, decisions, events, usage
from moderation.storage.comments import Standing, page_digest
from moderation.storage.database import Db
from moderation.storage.decisions import Entry
from moderation.storage.usage import Used
from moderation.vocabulary import Channel, EventKind


@dataclass(frozen=True, slots=True)
class Arrival:
    """A comment as a site received it, with the keyed hashes that find it again and the notice it came under."""

    site_id: Id
    channel: Channel
    comment: Comment
    received_at: datetime
    notice_version: str
    fingerprint: str
    likeness: str
    parent_id: Id | None = None


class Ledger:
    """Rows on their way, in the order that foreign keys want; `write` stores them all."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal
        self._comments: list[dict[str, Any]] = []
        self._decisions: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []
        self._moves: list[tuple[Standing, dict[str, Any]]] = []
        self._used: list[Used] = []
        self._decided: dict[Id, Decision] = {}
        self._standings: dict[Id, Standing] = {}

    def receive(self, arrival: Arrival, decision: Decision) -> tuple[Standing, Receipt]:
        """Enters a new comment with its first decision; the receipt's secret exists only in what is returned."""
        comment_id, receipt = new_id(), new_receipt()
        row = self._chain(Entry(arrival.site_id, comment_id, 1, decision, "", arrival.received_at))
        moved = decisions.moved(row)
        self._comments.append(
            _row(self._seal, arrival)
            | moved
            | {"id": comment_id, "receipt_locator": receipt.locator, "receipt_digest": digest(receipt.secret)}
        )
        self._events.append(events.of_decision(row, EventKind.RECEIVED))
        return self._keep(_standing(arrival, comment_id, moved)), receipt

    def decide(self, standing: Standing, decision: Decision, at: datetime, edit: Arrival | None = None) -> Standing:
        """Enters a further decision on a comment, with its new words where an edit brought it about."""
        entry = Entry(standing.site_id, standing.id, standing.version + 1, decision, standing.decision_digest, at)
        row = self._chain(entry)
        moved = decisions.moved(row)
        self._moves.append((standing, (words(self._seal, edit) if edit else {}) | moved))
        self._events.append(events.of_decision(row, EventKind.EDITED if edit else EventKind.DECIDED))
        content = edit.comment.content if edit else standing.content
        after = {name: moved[name] for name in moved if name != "changed_at"}
        return self._keep(replace(standing, content=content, **after))

    def edit(self, standing: Standing, arrival: Arrival) -> Standing:
        """Enters a comment's new words under the decision that stands."""
        values = {"version": standing.version + 1, "changed_at": arrival.received_at}
        self._moves.append((standing, words(self._seal, arrival) | values))
        facts = {"decision_id": str(standing.decision_id)}
        self._events.append(events.event(standing.site_id, standing.id, EventKind.EDITED, arrival.received_at, facts))
        return self._keep(replace(standing, version=standing.version + 1, content=arrival.comment.content))

    def latest(self, standing: Standing) -> Standing:
        """Returns where a comment stands after what was entered, whichever way it was found."""
        return self._standings.get(standing.id, standing)

    def count(self, used: Used) -> None:
        """Enters something to count."""
        self._used.append(used)

    def decision_of(self, db: Db, standing: Standing) -> Decision:
        """Returns the decision that stands on a comment, also where it was entered a moment ago."""
        entered = self._decided.get(standing.decision_id)
        if entered is not None:
            return entered
        ids = [standing.decision_id]
        return decisions.latest(db, site_id=standing.site_id, decision_ids=ids)[standing.decision_id]

    def write(self, db: Db) -> None:
        """Stores everything."""
        comments.insert_many(db, self._comments)
        decisions.append(db, self._decisions)
        events.append(db, self._events)
        for standing, values in self._moves:
            comments.move(db, site_id=standing.site_id, comment_id=standing.id, values=values)
        usage.add(db, self._used)

    def _keep(self, standing: Standing) -> Standing:
        self._standings[standing.id] = standing
        return standing

    def _chain(self, entry: Entry) -> dict[str, Any]:
        row = decisions.chain(self._seal, entry)
        self._decisions.append(row)
        self._decided[row["id"]] = entry.decision
        return row


def words(seal: Seal, arrival: Arrival) -> dict[str, Any]:
    """Returns what an edit can change of a comment's row, in the forms that the notice states."""
    comment, author = arrival.comment, arrival.comment.author
    return {
        "content": comment.content,
        "author_name": author.name,
        "author_url": author.url,
        "author_email_code": email_code(seal, arrival.site_id, author.email),
        "author_ip_prefix": ip_prefix(author.ip),
        "author_roles": sorted(author.roles),
        "language": comment.language,
        "fingerprint": arrival.fingerprint,
        "likeness": arrival.likeness,
        "notice_version": arrival.notice_version,
    }


def email_code(seal: Seal, site_id: Id, email: str) -> str | None:
    """Returns an address as a keyed code of its site, so that a person can be found by it but not named from it."""
    return seal.code("email", str(site_id), email.strip().casefold()) if email.strip() else None


def _row(seal: Seal, arrival: Arrival) -> dict[str, Any]:
    comment = arrival.comment
    return words(seal, arrival) | {
        "site_id": arrival.site_id,
        "channel": arrival.channel,
        "external_id": comment.external_id,
        "page_external_id": comment.page_external_id,
        "parent_external_id": comment.parent_external_id,
        "parent_id": arrival.parent_id,
        "permalink": comment.permalink,
        "page_digest": page_digest(comment.permalink),
        "type": comment.type,
        "submitted_at": comment.submitted_at,
        "received_at": arrival.received_at,
        "is_test": comment.is_test,
    }


def _standing(arrival: Arrival, comment_id: Id, moved: dict[str, Any]) -> Standing:
    return Standing(
        id=comment_id,
        site_id=arrival.site_id,
        version=moved["version"],
        state=moved["state"],
        decided_by=moved["decided_by"],
        decision_id=moved["decision_id"],
        decision_digest=moved["decision_digest"],
        is_test=arrival.comment.is_test,
        content=arrival.comment.content,
    )
