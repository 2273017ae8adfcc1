"""A site at work on a real database with a scorer that the test steers: comments are checked, corrected, looked up."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from moderation.clock import Id
from moderation.duties import correcting, hosting, reviewing
from moderation.duties.checking import Caller, Checked, Checking, Submission
from moderation.duties.correcting import Choice, Feedback
from moderation.duties.hosting import NewSite, key_digest
from moderation.duties.reviewing import Desk as Place
from moderation.errors import ModerationError
from moderation.judging.comment import Comment
from moderation.seal import Seal
from moderation.storage import comments, decisions, events, labels
from moderation.storage.comments import Standing
from moderation.storage.database import Database
from moderation.storage.directory import DirectoryCache
from moderation.storage.tables import CommentRow, DecisionRow, EventRow
from moderation.vocabulary import Actor, Category, Channel, EventKind, KeyKind, Label, Role, Verdict
from tests.support import factories
from tests.support.factories import NOW
from tests.support.fakes import FixedScorer
from tests.support.seats import Seat

SPAM_WORD = "pills"
NOTICE = "notice-1"


@dataclass
class Desk:
    """By default a comment scores 0.1 and is published; one that says "pills" scores 0.9 and is held."""

    database: Database
    seal: Seal
    scorer: FixedScorer = field(default_factory=lambda: FixedScorer(0.1, {SPAM_WORD: 0.9}))
    sites: list[NewSite] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.checking = Checking(self.seal, self.scorer, DirectoryCache())
        self.add_site("https://blog.example")

    @property
    def site(self) -> NewSite:
        return self.sites[0]

    def add_site(self, home_url: str) -> NewSite:
        self.sites.append(factories.add_site(self.database, self.seal, home_url))
        return self.sites[-1]

    def set_site(self, **changes: str) -> None:
        with self.database.transaction() as db:
            hosting.set_site(db, site_id=self.site.site.id, changes=changes, now=NOW)

    def caller(self, at: NewSite | None = None, kind: KeyKind = KeyKind.AKISMET, blog: str = "blog.example") -> Caller:
        """Who asks, as a door finds out: by the key, in the directory as it stands now."""
        new = at or self.site
        digest = key_digest(self.seal, kind, new.akismet_key if kind is KeyKind.AKISMET else new.api_token)
        with self.database.snapshot() as db:
            directory = self.checking.directory.fresh(db)
        return Caller(directory.grant(digest, kind, NOW).site, kind, digest, directory.revision, blog)

    def submission(self, comment: Comment, *, caller: Caller | None = None, **options: Any) -> Submission:
        options = {"channel": Channel.AKISMET, "now": NOW, "notice_version": NOTICE} | options
        kind = KeyKind.AKISMET if options["channel"] is Channel.AKISMET else KeyKind.API
        return self.checking.submission(caller or self.caller(kind=kind), comment, **options)

    def record(self, *submissions: Submission) -> list[Checked | ModerationError]:
        """Stores one batch in one transaction."""
        with self.database.transaction() as db:
            return self.checking.record(db, submissions)

    def check(self, comment: Comment | str = factories.KIND_WORDS, **options: Any) -> Checked:
        """Checks one comment, or a text by Ann, and returns what stands."""
        said = factories.comment(comment) if isinstance(comment, str) else comment
        (result,) = self.record(self.submission(said, **options))
        if isinstance(result, ModerationError):
            raise result
        return result

    def feedback(self, comment: Comment | str, label: Label, *, now: datetime = NOW, **changes: Any) -> None:
        said = factories.comment(comment) if isinstance(comment, str) else comment
        feedback = Feedback(**{"comment": said, "label": label, "blog": "blog.example"} | changes)
        with self.database.transaction() as db:
            correcting.take_feedback(
                db, seal=self.seal, site=self.site.site, feedback=feedback, notice_version=NOTICE, now=now
            )

    def decide(self, comment_id: Id, verdict: Verdict, *, now: datetime = NOW, **choice: Any) -> Standing:
        with self.database.transaction() as db:
            return correcting.decide(
                db,
                seal=self.seal,
                site_id=self.site.site.id,
                comment_id=comment_id,
                choice=Choice(verdict, **choice),
                now=now,
            )[0]

    def row(self, comment_id: Id) -> CommentRow:
        with self.database.snapshot() as db:
            return comments.get(db, site_id=self.site.site.id, comment_id=comment_id)

    def history(self, comment_id: Id) -> list[DecisionRow]:
        with self.database.snapshot() as db:
            return decisions.history(db, site_id=self.site.site.id, comment_id=comment_id)

    def events(self, comment_id: Id) -> list[EventKind]:
        with self.database.snapshot() as db:
            return [row.kind for row in events.of_comment(db, site_id=self.site.site.id, comment_id=comment_id)]

    def broken_chains(self) -> list[Id]:
        with self.database.snapshot() as db:
            return list(decisions.broken_chains(db, seal=self.seal, site_id=self.site.site.id))

    def count(self, table: type) -> int:
        with self.database.snapshot() as db:
            return db.connection().execute(select(func.count()).select_from(table)).scalar_one()

    def counts(self) -> dict[str, int]:
        """How many rows a site's life has left in each table."""
        return {table.__tablename__: self.count(table) for table in (CommentRow, DecisionRow, EventRow)}

    def seat(self, name: str = "ana", *roles: Role, at: NewSite | None = None) -> Seat:
        """A person with roles at a site, by default a moderator of the first."""
        site = (at or self.site).site
        given = frozenset(roles or (Role.MODERATOR,))
        with self.database.transaction() as db:
            for role in given:
                moderator_id = hosting.enrol(
                    db, site_id=site.id, email=f"{name}@example.org", role=role, password=None, now=NOW
                )
        return Seat(self.database, Place(self.seal, site, moderator_id, given))

    def report(
        self, comment_id: Id, reader: str = "reader", category: Category = Category.INSULT, *, now: datetime = NOW
    ) -> bool:
        """A reader's word, as the blog passes it on."""
        with self.database.transaction() as db:
            return reviewing.report(
                db,
                site_id=self.site.site.id,
                comment_id=comment_id,
                reporter_code=reader,
                category=category,
                now=now,
            )

    def edit(self, external_id: str, content: str, *, now: datetime = NOW) -> Checked:
        """The writer changes the words of a comment that the blog knows by an id of its own."""
        said = factories.comment(content, external_id=external_id)
        return self.check(said, channel=Channel.API, is_edit=True, now=now)

    def labels(self, comment_id: Id) -> list[tuple[Actor, Label]]:
        with self.database.snapshot() as db:
            rows = labels.of_comment(db, site_id=self.site.site.id, comment_id=comment_id)
            return [(row.actor, row.label) for row in rows]

    def waiting(self, comment_id: Id) -> tuple[Any, ...]:
        """How a comment waits for a person."""
        row = self.row(comment_id)
        return row.waits_as, row.waits_since, row.reports, row.deferrals

    def held(self, words: str = "Buy pills", *, now: datetime = NOW, **changes: Any) -> Id:
        """A comment that the program holds."""
        return self.check(factories.comment(f"{words} {SPAM_WORD}", **changes), now=now).comment_id

    def published(self, words: str = factories.KIND_WORDS, *, now: datetime = NOW, **changes: Any) -> Id:
        """A comment that the program publishes."""
        return self.check(factories.comment(words, **changes), now=now).comment_id

    def flood(self, count: int, words: str = "Buy pills", **changes: Any) -> tuple[Id, ...]:
        """Many comments that the program holds, stored at once, in their order."""
        texts = [factories.comment(f"{words} {SPAM_WORD} {number}", **changes) for number in range(count)]
        caller = self.caller()
        results = self.record(*(self.submission(text, caller=caller) for text in texts))
        return tuple(result.comment_id for result in results if isinstance(result, Checked))
