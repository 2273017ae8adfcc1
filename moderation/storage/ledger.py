"""What one transaction will write about comments, gathered into few statements for many; it judges nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from moderation.clock import Id, new_id
from moderation.judging.comment import Comment
from moderation.judging.decision import Decision
from moderation.judging.retention import REDUCED, Dates, Terms
from moderation.seal import Receipt, Seal, digest, new_receipt
from moderation.storage import alike, comments, decisions, events, search, usage
from moderation.storage.comments import Standing, page_digest
from moderation.storage.database import Db
from moderation.storage.decisions import NOBODY, Entry, Hand
from moderation.storage.network_keys import Stored, first_part
from moderation.storage.search import Words
from moderation.storage.usage import Used
from moderation.vocabulary import STATE_AFTER, Channel, EventKind, State, Verdict, Waiting

_FOR_EVER: Final = Terms()
_STAYING: Final = (Waiting.ESCALATED, Waiting.DEFERRED)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A comment as a site received it, with the keyed hashes that find it again and the notice it came under.

    `is_told` is whether anybody outside hears that it came: not of an earlier system's, which the website has had long.
    """

    site_id: Id
    channel: Channel
    comment: Comment
    received_at: datetime
    notice_version: str
    fingerprint: str
    likeness: str
    parent_id: Id | None = None
    is_told: bool = True


class Ledger:
    """Rows on their way, in the order that foreign keys want; `write` stores them all.

    `terms` are in force for what arrives now: its dates of deletion are fixed with them, once. `stored` is what becomes
    of a network address.
    """

    def __init__(self, seal: Seal, terms: Terms = _FOR_EVER, stored: Stored = first_part) -> None:
        self._seal = seal
        self._terms = terms
        self._stored = stored
        self._comments: list[dict[str, Any]] = []
        self._decisions: list[dict[str, Any]] = []
        self._events: list[dict[str, Any]] = []
        self._moves: list[tuple[Standing, dict[str, Any]]] = []
        self._words: list[Words] = []
        self._new_words: list[Words] = []
        self._used: list[Used] = []
        self._decided: dict[Id, Decision] = {}
        self._standings: dict[Id, Standing] = {}

    def receive(self, arrival: Arrival, decision: Decision) -> tuple[Standing, Receipt]:
        """Enters a new comment with its first decision; the receipt's secret exists only in what is returned."""
        comment_id, receipt = new_id(), new_receipt()
        row = self._chain(Entry(arrival.site_id, comment_id, 1, decision, "", arrival.received_at))
        waits = waiting_after(decision.verdict, arrival.received_at, is_test=arrival.comment.is_test, waits_as=None)
        moved = decisions.moved(row, decision.score) | waits
        self._words.append(_said(arrival, comment_id))
        self._comments.append(
            self._row(arrival)
            | moved
            | {"id": comment_id, "receipt_locator": receipt.locator, "receipt_digest": digest(receipt.secret)}
        )
        if arrival.is_told:
            self._events.append(events.of_decision(row, EventKind.RECEIVED))
        return self._keep(_standing(arrival, comment_id, moved)), receipt

    def decide(
        self,
        standing: Standing,
        decision: Decision,
        at: datetime,
        edit: Arrival | None = None,
        *,
        hand: Hand = NOBODY,
        due_at: datetime | None = None,
        is_told: bool = True,
        waiting: Mapping[str, Any] | None = None,
    ) -> Standing:
        """Enters a further decision on a comment, with its new words where an edit brought it about.

        `hand` names the moderator who decided; what the outbox tells of it leaves at `due_at`, at once by default, or
        never where `is_told` is false. A comment that waits again because a decision was taken back does so as
        `waiting` says.
        """
        entry = Entry(standing.site_id, standing.id, standing.version + 1, decision, standing.decision_digest, at, hand)
        row = self._chain(entry)
        waits = waiting_after(decision.verdict, at, is_test=standing.is_test, waits_as=standing.waits_as)
        moved = decisions.moved(row, decision.score) | waits | dict(waiting or {})
        self._moves.append((standing, self._edited(edit, standing.id) | moved))
        if is_told:
            self._events.append(events.of_decision(row, EventKind.EDITED if edit else EventKind.DECIDED, due_at))
        content = edit.comment.content if edit else standing.content
        return self._keep(replace(standing, content=content, **_of_standing(moved)))

    def edit(self, standing: Standing, arrival: Arrival) -> Standing:
        """Enters a comment's new words under the decision that stands."""
        values: dict[str, Any] = {"version": standing.version + 1, "changed_at": arrival.received_at}
        if standing.waits_as is None and standing.state is State.PUBLISHED and not standing.is_test:
            values |= {"waits_as": Waiting.EDITED, "waits_since": arrival.received_at, "deferrals": 0}
        self._moves.append((standing, self._edited(arrival, standing.id) | values))
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
        search.put(db, self._words)
        search.renew(db, self._new_words)
        for standing, values in self._moves:
            comments.move(db, site_id=standing.site_id, comment_id=standing.id, values=values)
        alike.leave(db, [standing for standing, values in self._moves if values.get("alike_to", standing) is None])
        usage.add(db, self._used)

    def _edited(self, edit: Arrival | None, comment_id: Id) -> dict[str, Any]:
        """What an edit changes; new words may be alike to others than the old ones were."""
        if edit is None:
            return {}
        self._new_words.append(_said(edit, comment_id))
        said, dates = self._said(edit), self._dates(edit)
        is_new = (
            said["author_ip_prefix"] is not None
        )  # a network address that came with the edit, with a date of its own
        return said | {"alike_to": None} | ({REDUCED: dates[REDUCED]} if is_new else {})

    def _row(self, arrival: Arrival) -> dict[str, Any]:
        return self._said(arrival) | _row(arrival) | self._dates(arrival)

    def _said(self, arrival: Arrival) -> dict[str, Any]:
        return words(self._seal, arrival, self._stored)

    def _dates(self, arrival: Arrival) -> Dates:
        has_network = self._stored(arrival.site_id, arrival.comment.author.ip) is not None
        return self._terms.dates(arrival.channel, arrival.received_at, has_network=has_network)

    def _keep(self, standing: Standing) -> Standing:
        self._standings[standing.id] = standing
        return standing

    def _chain(self, entry: Entry) -> dict[str, Any]:
        row = decisions.chain(self._seal, entry)
        self._decisions.append(row)
        self._decided[row["id"]] = entry.decision
        return row


def words(seal: Seal, arrival: Arrival, stored: Stored = first_part) -> dict[str, Any]:
    """Returns what an edit can change of a comment's row, in the forms that the notice states."""
    comment, author = arrival.comment, arrival.comment.author
    return {
        "content": comment.content,
        "author_name": author.name,
        "author_url": author.url,
        "author_email_code": email_code(seal, arrival.site_id, author.email),
        "author_ip_prefix": stored(arrival.site_id, author.ip),
        "author_roles": sorted(author.roles),
        "language": comment.language,
        "fingerprint": arrival.fingerprint,
        "likeness": arrival.likeness,
        "notice_version": arrival.notice_version,
    }


def email_code(seal: Seal, site_id: Id, email: str) -> str | None:
    """Returns an address as a keyed code of its site, so that a person can be found by it but not named from it."""
    return seal.code("email", str(site_id), email.strip().casefold()) if email.strip() else None


def _row(arrival: Arrival) -> dict[str, Any]:
    comment = arrival.comment
    return {
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
        "deferrals": 0,
        "reports": 0,
    }


def _said(arrival: Arrival, comment_id: Id) -> Words:
    author = arrival.comment.author
    return Words(comment_id, arrival.site_id, arrival.comment.content, author.name, author.url)


def waiting_after(verdict: Verdict, at: datetime, *, is_test: bool, waits_as: Waiting | None) -> dict[str, Any]:
    """Returns whether a comment waits for a person after a decision: while it is held, and since when it did."""
    if STATE_AFTER[verdict] is not State.HELD or is_test:
        return {"waits_as": None, "waits_since": None, "deferrals": 0, "reports": 0, "alike_to": None}
    if waits_as is not None:
        stays = waits_as in {*_STAYING, Waiting.HELD}
        return {"waits_as": waits_as} if stays else {"waits_as": Waiting.HELD, "alike_to": None}
    return {"waits_as": Waiting.HELD, "waits_since": at, "deferrals": 0}


def _of_standing(moved: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in moved.items() if name in Standing.__dataclass_fields__}


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
        waits_as=moved["waits_as"],
        content=arrival.comment.content,
    )
