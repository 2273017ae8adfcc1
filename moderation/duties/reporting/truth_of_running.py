"""Whether deletion, protection and connections are as the notice says: the stored rows are asked; it tells nothing."""

import re
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from moderation import egress
from moderation.duties.reporting.statements import Check, Look, NotHere
from moderation.duties.reporting.wording import differing, iso
from moderation.judging.retention import LATE_AFTER
from moderation.judging.said import Said
from moderation.judging.small_numbers import shown
from moderation.storage import recounting
from moderation.vocabulary import NetworkForm

LATE_RUN: Final = timedelta(minutes=5)
"""A background loop that has not deleted for so long, five of its rounds, has stopped."""
NOT_YET: Final = "Deletion is late: it has not run yet."
_NEWEST: Final = 50
_TRUNCATED: Final = re.compile(r"\d+\.\d+\.\d+\.0/24|[0-9a-f:]+/48")
_DATES: Final = {"held": "held_until", "removed": "removed_until", "network": "network_until"}
_GPC: Final = "GET /.well-known/gpc.json"


def recipients(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Each machine that a setting names is named, and nobody was spoken to for another purpose."""
    settings = look.ground.settings
    hosts = [settings.smtp_host] if settings.smtp_host else []
    unnamed = [host for host in hosts if not any(host in sentence for sentence in told)]
    strange = sorted({row.purpose for row in recounting.contacts(look.db)} - {one.value for one in egress.Purpose})
    if unnamed or strange or len(told) != len(hosts):
        return Said("It also speaks to: %(whom)s.", whom=", ".join([*unnamed, *strange]) or "another machine")
    return None


def rules(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """No date that was written on the newest comments of this version is later than told, or missing."""
    for row in _newest(look):
        shown = "checked" if row.channel == "akismet" else "published"
        for name, column in {**_DATES, shown: "published_until"}.items():
            is_asked = name != "network" or row.author_ip_prefix is not None
            if is_asked and not _is_within(told[name], row.at, getattr(row, column)):
                return Said("Comments carry a later date than told, or none (%(what)s).", what=name)
    return None


def _newest(look: Look) -> list[Any]:
    def ask() -> list[Any]:
        return recounting.newest_under(look.db, site_id=look.site.id, version=look.version, limit=_NEWEST)

    return look.once("newest", ask)


def _is_within(told: str | None, came: datetime, until: datetime | None) -> bool:
    if told is None:
        return until is None or until >= came
    days = int(told.removeprefix("P").removesuffix("D"))
    return until is not None and until <= came + timedelta(days=days)


def network(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """What is stored of the newest comments' network addresses has the form told."""
    forms = {_form_of(row.author_ip_prefix) for row in _newest(look) if row.author_ip_prefix is not None}
    strange = forms - {told["form"]}
    return differing(told["form"], strange.pop().value) if strange else None


def _form_of(stored: str) -> NetworkForm:
    return NetworkForm.TRUNCATED if _TRUNCATED.fullmatch(stored) else NetworkForm.KEYED


def strict(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Where that is promised, no comment was taken in while deletion was late."""
    overdue = _late(look)
    if not told or not overdue:
        return None
    count = recounting.taken_since(look.db, site_id=look.site.id, since=min(overdue) + LATE_AFTER)
    return "Comments were taken in while deletion was late." if count else None


def _due(look: Look) -> list[datetime]:
    """When each comment was due that is still here and that nothing holds."""
    return [until for until, why in _past(look) if why == "overdue"]


def _late(look: Look) -> list[datetime]:
    """The same of what should have been gone two rounds ago."""
    return [due for due in _due(look) if due < look.now - LATE_AFTER]


def _past(look: Look) -> list[tuple[datetime, str]]:
    """The date of each comment that is past it, and what holds it."""
    return look.once("past", lambda: _found_past(look))


def _found_past(look: Look) -> list[tuple[datetime, str]]:
    appealed = recounting.appealed(look.db, site_id=look.site.id)
    found = []
    for row in recounting.dated(look.db, site_id=look.site.id, now=look.now):
        held = "appeals" if row.id in appealed else "frozen" if row.frozen_at is not None else "overdue"
        found.append((row.until, held))
    return found


def runs(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """What is overdue is counted again, nothing is overdue for long, and the last run is not long ago."""
    found = recounting.runs(look.db)
    last = found[0].at if found else None
    wrong = differing([told["last_at"], told["overdue"]], [last.isoformat() if last else None, len(_due(look))])
    began = last or recounting.oldest_comment(look.db, site_id=look.site.id)
    if _late(look) and look.ground.settings.strict_retention:
        return "Deletion is late. No comments are taken until it is done."
    if _late(look) or (began is not None and began < look.now - LATE_RUN):
        return Said("Deletion is late: it last ran %(at)s.", at=f"{last:%Y-%m-%d %H:%M} UTC") if last else NOT_YET
    return wrong


def holds(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Comments past their date are counted again, one by one."""
    why = [held for _, held in _past(look)]
    return differing(told, {name: shown(why.count(name)) for name in ("appeals", "frozen")})


def backups(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """No copy that should be gone is still noted, and the newest and the last to go are those told."""
    copies = recounting.copies(look.db)
    if any(row.until is not None and row.until < look.now - look.patience for row in copies):
        return "A backup that should be gone is still listed."
    if not copies:
        return differing(told, None)
    ends = [row.until for row in copies]
    last = None if None in ends else max(ends).isoformat()
    found = {"last_at": max(row.at for row in copies).isoformat(), "gone_by": last}
    return differing(told, found)


def outbox(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Mails are written where no server is named and a folder is, and none lies there for longer than told."""
    settings = look.ground.settings
    is_folder = settings.mail_outbox is not None and not settings.smtp_host
    old = egress.written_before(settings.mail_outbox, look.now - look.patience - egress.OUTBOX_KEPT)
    kept = iso(egress.OUTBOX_KEPT) if is_folder else None
    wrong = differing(told, {"written": is_folder, "kept": kept})
    return wrong or (Said("%(count)s mails in the folder are past their end.", count=shown(len(old))) if old else None)


def gpc(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Nobody is contacted who could buy data, and the answer for browsers is where they look for it."""
    routes = look.surroundings.routes
    if routes is None:
        raise NotHere
    harmless = {one.value for one in egress.Purpose if one is egress.Purpose.MAIL}
    contacted = {row.purpose for row in recounting.contacts(look.db)} | {one.value for one in egress.Purpose}
    return differing(told, contacted <= harmless) or (None if _GPC in routes else "The signal is not answered.")


def protection(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """No key, receipt or password is stored in the open, and the addresses told begin as said."""
    stored = recounting.secrets_in_the_open(look.db) == 0
    mail = egress.allowed(look.ground.settings)
    found = {
        "tls": urlsplit(look.ground.settings.base_url).scheme == "https",
        "mail_tls": look.ground.settings.smtp_security in {"tls", "starttls"} if mail else None,
        "keys_hashed": stored,
        "passwords_hashed": stored,
    }
    return differing(told, found)


def routes(*wanted: str) -> Check:
    """The doors that a statement speaks of are there."""

    def check(look: Look, told: Any) -> str | None:  # noqa: ANN401, ARG001 - a check's signature
        there = look.surroundings.routes
        if there is None:
            raise NotHere
        missing = sorted(set(wanted) - there)
        return Said("There is no such page: %(pages)s.", pages=", ".join(missing)) if missing else None

    return check
