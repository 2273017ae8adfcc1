"""What the notice says of who is contacted, how long things are kept and what protects them; it contacts nobody."""

from typing import Final
from urllib.parse import urlsplit

from moderation import egress
from moderation.duties.reporting import truth_of_running as truth
from moderation.duties.reporting import truth_of_storage
from moderation.duties.reporting.of_storage import kept
from moderation.duties.reporting.statements import Ground, Statement
from moderation.duties.reporting.wording import iso, iso_days
from moderation.egress import Purpose
from moderation.judging.facts import FactValue, Provenance
from moderation.judging.said import Said
from moderation.settings import Settings
from moderation.storage.fields import FIELDS
from moderation.vocabulary import NetworkForm

_RECIPIENTS: Final = {
    Purpose.MAIL: (
        "the mail server %(host)s: the address of somebody who asked for a link to lost receipts, and that link"
    )
}
"""Whoever the service talks to has a sentence here, or the notice cannot be made."""
_RUNNING: Final = "the running settings"


def sends_mail(settings: Settings) -> bool:
    """Returns whether mails leave this machine."""
    return Purpose.MAIL in egress.allowed(settings)


def writes_mail(settings: Settings) -> bool:
    """Returns whether a link to lost receipts can be mailed, or put into the outbox of a trial."""
    return egress.mailer(settings) is not None


def _outbox(*, is_written: bool) -> FactValue:
    """Whether mails are written into a folder and not sent, and how long they lie there."""
    return {"written": is_written, "kept": iso(egress.OUTBOX_KEPT) if is_written else None}


def _recipients(ground: Ground) -> FactValue:
    named = egress.allowed(ground.settings).items()
    return tuple(Said(_RECIPIENTS[purpose], host=host) for purpose, (host, _) in named)


def _retention(_: Ground) -> FactValue:
    """How long each table's rows are kept, as each of their columns says it."""
    return {field.table: kept(field) for field in FIELDS.values()}


def rules_of(settings: Settings) -> dict[str, FactValue]:
    """Returns how long comments are kept by their states, and how long their network addresses."""
    return {
        "published": iso_days(settings.keep_published_days),
        "checked": iso_days(settings.keep_checked_days),
        "held": iso_days(settings.keep_held_days),
        "removed": iso_days(settings.keep_removed_days),
        "network": iso_days(settings.keep_network_days),
    }


def _network(ground: Ground) -> FactValue:
    settings = ground.settings
    is_keyed = settings.network_form is NetworkForm.KEYED
    kept = iso_days(settings.network_key_days) if is_keyed else None
    return {"form": settings.network_form.value, "key_kept": kept}


def _protection(ground: Ground) -> FactValue:
    """Whether the way here is encrypted, whether the way to the mail server is, and how secrets are stored."""
    settings = ground.settings
    mail = settings.smtp_security != "none" if sends_mail(settings) else None
    is_encrypted = urlsplit(settings.base_url).scheme == "https"
    return {"tls": is_encrypted, "mail_tls": mail, "keys_hashed": True, "passwords_hashed": True}


STATEMENTS: Final = (
    Statement(
        "recipients",
        Provenance.SETTINGS,
        "the running settings; this service opens no other connection but to its own database, and counts each one",
        _recipients,
        truth.recipients,
    ),
    Statement(
        "retention",
        Provenance.SCHEMA,
        "the columns' list; the background loop deletes what has an end, and rows past theirs are counted",
        _retention,
        truth_of_storage.retention,
    ),
    Statement(
        "retention.rules",
        Provenance.SETTINGS,
        f"{_RUNNING}; the dates written on the newest comments are compared with it",
        lambda ground: rules_of(ground.settings),
        truth.rules,
    ),
    Statement(
        "retention.network",
        Provenance.SETTINGS,
        f"{_RUNNING}; what is stored of the newest comments' network addresses is compared with it",
        _network,
        truth.network,
    ),
    Statement(
        "retention.strict",
        Provenance.SETTINGS,
        f"{_RUNNING}; where deletion is late, comments taken since are looked for",
        lambda ground: ground.settings.strict_retention,
        truth.strict,
    ),
    Statement(
        "mail.outbox",
        Provenance.SETTINGS,
        f"{_RUNNING}; the folder is searched for mails that are past their end",
        lambda ground: _outbox(is_written=isinstance(egress.mailer(ground.settings), egress.Outbox)),
        truth.outbox,
    ),
    Statement(
        "signals.gpc",
        Provenance.SETTINGS,
        f"{_RUNNING}; nobody whom this service contacts buys or shares data",
        lambda _: True,
        truth.gpc,
    ),
    Statement(
        "protection",
        Provenance.SETTINGS,
        f"{_RUNNING}; what is stored of keys and passwords is looked at",
        _protection,
        truth.protection,
    ),
)
