"""What a request is handed: the open doors, a transaction, and the site whose key it carries."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, Self, TypeAlias

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from moderation import clock, telemetry
from moderation.duties.checking import Caller, Checked, Checking, Submission
from moderation.duties.forgetting import terms_of
from moderation.duties.hosting import key_digest, note_disconnected
from moderation.duties.reporting import Recording, Reporting, Surroundings
from moderation.errors import ModerationError, TooMany, Unauthenticated
from moderation.runtime import Db, Directory, Runtime
from moderation.vocabulary import KeyKind
from moderation.web.limiting import Limits
from moderation.web.teaching import Teacher
from moderation.web.watching import Watching

Record: TypeAlias = Callable[[Db, Sequence[Submission]], list[Checked | ModerationError]]


@dataclass(frozen=True, slots=True)
class Doors:
    """What every door of a running service shares."""

    runtime: Runtime
    checking: Checking
    reporting: Reporting
    limits: Limits
    record: Record
    teacher: Teacher
    recording: Recording
    watching: Watching

    @classmethod
    def open(cls, runtime: Runtime, around: Surroundings | None = None) -> Self:
        """Gives the duties what they need beside a transaction."""
        shelf, models = runtime.shelf, runtime.models
        models.follow()
        settings = runtime.settings
        reporting, limits = Reporting(settings, shelf, around, is_watched=True), Limits(settings)
        recording = Recording(reporting, runtime.directory)
        checking = Checking(
            settings.seal,
            shelf.scorer,
            runtime.directory,
            shelf.outliner,
            models=models,
            terms=terms_of(settings),
            is_strict=settings.strict_retention,
            notices=recording,
        )
        _record_versions(runtime, recording)
        watching = Watching(runtime, reporting, recording)
        watching.follow()
        return cls(runtime, checking, reporting, limits, checking.record, Teacher(runtime), recording, watching)

    def close(self) -> None:
        """Ends what the doors have going on beside requests."""
        self.watching.close()

    def refresh(self) -> Directory:
        """Reads the directory's revision and returns the newest directory."""
        with self.runtime.database.snapshot() as db:
            return self.runtime.directory.fresh(db)

    def digest_of(self, kind: KeyKind, key: str) -> str:
        """Returns the hash under which a key is stored."""
        return key_digest(self.runtime.settings.seal, kind, key)

    def note_disconnected(self, caller: Caller) -> None:
        """Records that a site's Akismet client said goodbye."""
        with self.runtime.database.transaction() as db:
            note_disconnected(db, site_id=caller.site.id, now=clock.now())

    async def admit(
        self, kind: KeyKind, key: str, network: str, blog: str | None = None, *, is_checked_later: bool = False
    ) -> Caller:
        """Returns who calls; a key that opens nothing here is looked up once more, unless many were wrong.

        Args:
            kind: the dialect that the key must open.
            key: as the client sent it.
            network: the caller's /24 or /48, for counting wrong keys.
            blog: the host that the client says it is, where its dialect says so; else the site's own.
            is_checked_later: whether the transaction that does the work asks again, as recording a comment does; else
                the newest directory is asked here, so that a key revoked by another process opens nothing any more.

        Raises:
            Unauthenticated: alike for unknown, wrong, revoked and expired keys.
            TooMany: when the operator's limit for this key is reached.
        """
        digest = self.digest_of(kind, key)
        is_known = self._opens(kind, digest)
        if not is_known and self.limits.is_guessing(network):
            raise Unauthenticated("This key is not valid here.")
        if not (is_known and is_checked_later):
            await run_in_threadpool(self.refresh)
        try:
            return self._caller(kind, digest, blog)
        except Unauthenticated:
            self.limits.note_wrong_key(network)
            raise

    def _opens(self, kind: KeyKind, digest: str) -> bool:
        grant = self.runtime.directory.latest.grants.get(digest)
        return grant is not None and grant.kind is kind and grant.is_live(clock.now())

    def _caller(self, kind: KeyKind, digest: str, blog: str | None) -> Caller:
        directory = self.runtime.directory.latest
        site = directory.grant(digest, kind, clock.now()).site
        if not self.limits.allows_check(digest):
            raise TooMany("This key has used up its requests for this minute; try again in a minute.")
        return Caller(site, kind, digest, directory.revision, site.host if blog is None else blog)


def _record_versions(runtime: Runtime, recording: Recording) -> None:
    """What is in force when the service starts is written down; where nothing can be, the readiness check says so."""
    try:
        with runtime.database.transaction() as db:
            recording.in_force(db, now=clock.now())
    except ModerationError as error:
        telemetry.log_failure("notices.record", error)


def doors_of(request: Request) -> Doors:
    """Returns the running service's doors."""
    doors: Doors = request.app.state.doors
    return doors


DoorsDep = Annotated[Doors, Depends(doors_of)]


def reading(doors: DoorsDep) -> Iterator[Db]:
    """Hands out one consistent moment of the database."""
    with doors.runtime.database.snapshot() as db:
        yield db


ReadDb = Annotated[Db, Depends(reading, scope="function")]
