"""A moderator at work at a site in tests: each verb in a transaction of its own, as the console does it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from moderation.clock import Id
from moderation.duties import learning, reviewing
from moderation.duties.reviewing import Batch, Card, Chosen, Decided, Listing, Undone
from moderation.duties.reviewing import Desk as Place
from moderation.errors import ModerationError
from moderation.judging.moderating import Choice
from moderation.storage.database import Database, Db
from moderation.vocabulary import Actor, Category, Order, Verdict, Waiting
from tests.support.factories import NOW
from tests.support.fakes import FixedScorer

APPROVE = Choice(Verdict.PUBLISH)
HOLD = Choice(Verdict.HOLD)
SPAM = Choice(Verdict.REMOVE, Category.SPAM)
INSULT = Choice(Verdict.REMOVE, Category.INSULT)
Answer = TypeVar("Answer")


@dataclass
class Seat:
    """A moderator; `place` is the desk that the duties take."""

    database: Database
    place: Place

    @property
    def id(self) -> Id:
        return self.place.moderator_id

    def write(self, act: Callable[[Db], Answer]) -> Answer:
        """Does something in a transaction; what it refuses, it must refuse before it has stored anything.

        A refusal ends no transaction in the service, which does several requests in one.
        """
        refusal = None
        with self.database.transaction() as db:
            try:
                done = act(db)
            except ModerationError as error:
                refusal = error
        if refusal is not None:
            raise refusal
        return done

    def read(self, act: Callable[[Db], Answer]) -> Answer:
        with self.database.snapshot() as db:
            return act(db)

    def choose(
        self, comment_id: Id, choice: Choice = APPROVE, *, version: int | None = None, now: datetime = NOW
    ) -> Decided:
        return self.write(
            lambda db: reviewing.choose(
                db, desk=self.place, comment_id=comment_id, choice=choice, expected_version=version, now=now
            )
        )

    def defer(self, comment_id: Id, now: datetime = NOW) -> None:
        self.write(lambda db: reviewing.defer(db, desk=self.place, comment_id=comment_id, now=now))

    def escalate(self, comment_id: Id, text: str = "", now: datetime = NOW) -> None:
        self.write(lambda db: reviewing.escalate(db, desk=self.place, comment_id=comment_id, text=text, now=now))

    def note(
        self, comment_id: Id, text: str = "Look again.", *, about_author: bool = False, now: datetime = NOW
    ) -> None:
        self.write(
            lambda db: reviewing.note(
                db, desk=self.place, comment_id=comment_id, text=text, about_author=about_author, now=now
            )
        )

    def take_over(self, comment_id: Id, now: datetime = NOW) -> None:
        self.write(lambda db: reviewing.take_over(db, desk=self.place, comment_id=comment_id, now=now))

    def claim(self, *comment_ids: Id, now: datetime = NOW) -> list[Id]:
        return self.write(lambda db: reviewing.claim(db, desk=self.place, comment_ids=comment_ids, now=now)[0])

    def undo(self, *, since: datetime = NOW, now: datetime = NOW) -> Undone:
        """Takes the newest decision back, with what it had taught, as the console does it."""

        def act(db: Db) -> Undone:
            undone = reviewing.undo(db, desk=self.place, since=since, now=now)
            if undone.withdrawn:
                learning.withdraw(
                    db,
                    site_id=self.place.site_id,
                    said=undone.withdrawn,
                    actor=Actor.MODERATOR,
                    reporter_code=self.place.reporter_code,
                    now=now,
                )
            return undone

        return self.write(act)

    def gather(self, chosen: Chosen, choice: Choice = APPROVE, typed: str = "", now: datetime = NOW) -> Batch:
        return self.read(
            lambda db: reviewing.gather(db, desk=self.place, chosen=chosen, choice=choice, typed=typed, now=now)
        )

    def decide_many(self, batch: Batch, choice: Choice = APPROVE, now: datetime = NOW) -> int:
        """Decides a whole batch, piece by piece, and returns how many comments."""
        return sum(
            self.write(
                lambda db, piece=piece: reviewing.decide_many(db, desk=self.place, batch=piece, choice=choice, now=now)
            )
            for piece in reviewing.parts(batch)
        )

    def look(
        self,
        *kinds: Waiting,
        order: Order = Order.OLDEST,
        after: Any = None,
        limit: int = 50,
        now: datetime = NOW,
    ) -> Listing:
        asked = kinds or reviewing.tabs(self.place)
        return self.read(
            lambda db: reviewing.look(db, desk=self.place, kinds=asked, order=order, after=after, limit=limit, now=now)
        )

    def card(self, comment_id: Id, scorer: Any = None, now: datetime = NOW) -> Card:
        asked = scorer or FixedScorer()
        return self.read(lambda db: reviewing.card(db, desk=self.place, comment_id=comment_id, scorer=asked, now=now))
