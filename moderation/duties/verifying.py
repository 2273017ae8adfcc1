"""To operators: is what is stored and used what it should be, and if it does not work, why? It repairs nothing."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final

from models import artifact
from moderation import egress
from moderation.errors import ModerationError, SettingFault
from moderation.judging.redress import days_to_ask
from moderation.seal import Seal
from moderation.settings import Settings, unknown_variables
from moderation.storage import answers, decisions, events, sites
from moderation.storage.answers import KEPT
from moderation.storage.database import SCHEMA, Database, Db, file_of, open_database, try_writing
from moderation.storage.fields import FIELDS
from moderation.storage.sites import Site

_WRITTEN: Final = datetime(2026, 11, 1, tzinfo=UTC)  # no clock that is older than this program can be right
_SLACK: Final = timedelta(minutes=5)
_LATE: Final = timedelta(hours=1)
_LITTLE_SPACE: Final = 1_073_741_824
_NO_SPACE: Final = 104_857_600
_SHOWN: Final = 3


class Level(StrEnum):
    """How a check came out."""

    OK = "ok"
    WARNING = "warning"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, in words that say what to do where there is something to do."""

    name: str
    level: Level
    message: str


def verify(settings: Settings) -> list[Finding]:
    """Checks what must always be true: signature, secret, schema, the notice's fields, each site's history."""
    found = [check_model(settings.model), check_secret(settings)]
    database = _existing(settings)
    if isinstance(database, Finding):
        return [*found, database]
    try:
        found.append(check_schema(database))
        if found[-1].level is Level.OK:
            found.append(check_notice(database.columns()))
            with database.snapshot() as db:
                found += check_histories(db, settings)
    except ModerationError as error:
        found.append(_fail("database", error.message))
    finally:
        database.close()
    return found


def examine(settings: Settings, *, now: datetime, tries_mail: bool = False) -> list[Finding]:
    """Looks at what a person would look at when the service does not work, but for the port.

    The mail server is another machine, so it is spoken to only when `tries_mail` says so.
    """
    found = [check_names(unknown_variables()), check_secret(settings), check_model(settings.model)]
    database = _existing(settings)
    if isinstance(database, Finding):
        found.append(database)
    else:
        try:
            found += _examine_database(database, now)
        finally:
            database.close()
    file = file_of(settings.database_url)
    return [
        *found,
        check_space(file.parent if file else Path.cwd()),
        check_statements(settings),
        check_appeals(settings),
        check_mail(settings, tries=tries_mail),
    ]


def check_names(unknown: Iterable[str]) -> Finding:
    """Variables that begin with our prefix and name no setting do nothing, which is hardly meant."""
    names = ", ".join(unknown)
    return _warn("settings", f"no such setting: {names}; check the spelling") if names else _ok("settings", "all known")


def check_model(folder: Path | None) -> Finding:
    """The model's files are the signed ones."""
    try:
        chosen = folder or artifact.shipped_folder()
        artifact.verify(chosen)
    except artifact.ArtifactError as error:
        return _fail("model", f"{error}")
    return _ok("model", f"{chosen.name}: files as signed")


def check_secret(settings: Settings) -> Finding:
    """The service's secret can be read, and its file by its owner alone; nothing is made here."""
    file = settings.secret_key_file
    if not settings.has_secret:
        return _fail("secret", f"{file} does not exist; the first start makes it, or restore it from where it is kept")
    try:
        settings.seal  # noqa: B018 - reading it is the check
    except SettingFault as error:
        return _fail("secret", error.message)
    if settings.secret_key is not None:
        return _ok("secret", "from CANDOR_SECRET_KEY")
    if file.stat().st_mode & 0o077:
        return _warn("secret", f"other accounts can read {file}: chmod 600 {file}")
    return _ok("secret", f"{file}, readable by its owner alone")


def check_schema(database: Database) -> Finding:
    """The database's schema is this program's."""
    try:
        database.refuse_newer()
    except SettingFault as error:
        return _fail("schema", error.message)
    if not database.is_current():
        return _fail("schema", "older than this program: run `candor migrate`")
    return _ok("schema", f"current ({SCHEMA})")


def missing_tables(database: Database) -> list[str]:
    """Returns the tables without which parts of the service fail, though the schema's number is this program's."""
    return sorted({field.table for field in FIELDS.values()} - database.tables())


def check_notice(columns: set[str]) -> Finding:
    """The notice tells readers of every column that the database really has, and of no other."""
    untold, missing = sorted(columns - FIELDS.keys()), sorted(FIELDS.keys() - columns)
    if untold or missing:
        return _fail("notice", f"columns without an entry: {untold or 'none'}; entries without a column: {missing}")
    return _ok("notice", f"says what all {len(columns)} columns are")


def check_histories(db: Db, settings: Settings) -> list[Finding]:
    """Each site's decisions lead, digest by digest, to what its comments carry; nothing where there is no secret."""
    if check_secret(settings).level is Level.FAIL:  # asking for the seal would put a new secret where one was lost
        return []
    return [_check_history(db, settings.seal, site) for site in (*sites.list_all(db), *sites.list_closed(db))]


def check_clock(newest: datetime | None, now: datetime) -> Finding:
    """The clock is not older than this program, nor than the newest thing that happened by it."""
    if now < _WRITTEN:
        return _fail("clock", f"{now:%Y-%m-%d} is before this program was written: set the machine's clock")
    if newest is not None and now < newest - _SLACK:
        return _fail("clock", f"it is behind the newest event ({newest:%Y-%m-%d %H:%M} UTC): set the machine's clock")
    return _ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def check_space(folder: Path) -> Finding:
    """There is room where the database lies."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    said = f"{free / 1_073_741_824:,.1f} GiB free at {folder.resolve()}"
    if free < _NO_SPACE:
        return _fail("disk", f"{said}: make room, or comments cannot be stored")
    return _warn("disk", f"{said}: make room soon") if free < _LITTLE_SPACE else _ok("disk", said)


def check_statements(settings: Settings) -> Finding:
    """The notice names who answers for the data."""
    missing = [name for name in ("controller_name", "controller_contact", "dpo") if not getattr(settings, name)]
    if missing:
        names = ", ".join(f"CANDOR_{name.upper()}" for name in missing)
        return _warn("controller", f"the notice says “not stated”: set {names}")
    return _ok("controller", "stated")


def check_appeals(settings: Settings) -> Finding:
    """What is held or refused stays as long as its writer can ask for another look."""
    days = settings.appeal_days
    short = [
        name for name in ("keep_held_days", "keep_removed_days") if days_to_ask(days, getattr(settings, name)) < days
    ]
    if short:
        names = " and ".join(f"CANDOR_{name.upper()}" for name in short)
        said = f"comments go before the {days} days are over in which writers can ask for another look"
        return _warn("appeals", f"{said}, which ends with the comment: raise {names}")
    return _ok("appeals", f"what is held or refused is kept for {days} days after it came, or longer")


def check_worker(oldest: datetime | None, now: datetime) -> Finding:
    """The background loop leaves no trace but its work: what is overdue shows that it does not run."""
    if oldest is not None and oldest < now - KEPT - _LATE:
        return _warn(
            "worker", f"answers from {oldest:%Y-%m-%d} are still kept: run `candor work`, or serve without --no-worker"
        )
    return _ok("worker", "nothing is overdue")


def check_mail(settings: Settings, *, tries: bool = False) -> Finding:
    """What becomes of mails; and where it is tried, whether the server would take one."""
    mailer = egress.mailer(settings)
    if mailer is None:
        return _ok("mail", "none is sent: whoever lost a receipt is told to write to you; docs/mail.md says how to")
    if isinstance(mailer, egress.Outbox):
        said = f"written as files into {settings.mail_outbox}, not sent"
        return _warn("mail", f"{said}: set CANDOR_SMTP_HOST") if settings.is_public else _ok("mail", said)
    place = f"{settings.smtp_host}:{settings.smtp_port}"
    if not tries:
        return _ok("mail", f"sent through {place} ({settings.smtp_security}); `candor doctor --mail` tries it")
    try:
        mailer.try_connecting()
    except egress.MailFailure as failure:
        return _fail("mail", f"{place} would take no mail ({failure.cause}): check the settings CANDOR_SMTP_…")
    return _ok("mail", f"{place} would take mails")


def _examine_database(database: Database, now: datetime) -> list[Finding]:
    try:
        schema = check_schema(database)
        if schema.level is not Level.OK:
            return [schema]
        with database.snapshot() as db:
            known = [site.id for site in sites.list_all(db)]
            newest = [events.newest_time(db, site_id=site_id) for site_id in known]
            oldest = [answers.oldest_time(db, site_id=site_id) for site_id in known]
        try_writing(database)
    except ModerationError as error:
        return [_fail("database", error.message)]
    return [
        _ok("database", "answers and takes writes"),
        schema,
        _ok("sites", f"{len(known)}") if known else _warn("sites", "none yet: candor site add https://blog.example"),
        check_clock(max(filter(None, newest), default=None), now),
        check_worker(min(filter(None, oldest), default=None), now),
    ]


def _existing(settings: Settings) -> Database | Finding:
    """The database opened, or why it cannot be; one that does not exist is not made."""
    try:
        file = file_of(settings.database_url)
        if file is not None and not file.is_file():
            return _fail("database", f"{file} does not exist; `candor migrate` or the first start makes it")
        return open_database(settings.database_url)
    except ModerationError as error:
        return _fail("database", error.message)


def _check_history(db: Db, seal: Seal, site: Site) -> Finding:
    broken = list(decisions.broken_chains(db, seal=seal, site_id=site.id))
    name = f"history of {site.host}" + (f" (closed, {site.id})" if site.is_closed else "")
    if not broken:
        return _ok(name, "every decision as recorded")
    shown = ", ".join(map(str, broken[:_SHOWN])) + (", …" if len(broken) > _SHOWN else "")
    return _fail(name, f"decisions on {len(broken)} comments are not as recorded, or under another secret: {shown}")


def _ok(name: str, message: str) -> Finding:
    return Finding(name, Level.OK, message)


def _warn(name: str, message: str) -> Finding:
    return Finding(name, Level.WARNING, message)


def _fail(name: str, message: str) -> Finding:
    return Finding(name, Level.FAIL, message)
