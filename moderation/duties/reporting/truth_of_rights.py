"""Whether a writer can do what the notice says: doors and stored appeals are looked at; it tells nothing."""

from datetime import timedelta
from typing import Any, Final

from moderation.clock import Id
from moderation.duties.reporting.statements import Look, NotHere
from moderation.duties.reporting.truth_of_running import routes
from moderation.duties.reporting.wording import differing, iso
from moderation.judging.decision import Decision
from moderation.judging.receipt import told_from
from moderation.judging.said import Said
from moderation.judging.signal import Reason
from moderation.judging.statement import Made
from moderation.settings import Settings
from moderation.storage import recounting, sites
from moderation.vocabulary import Actor, Verdict

CAN: Final = {  # what a writer can do with the receipt -> the door that does it
    "see it": "POST /receipt",
    "ask for another look": "POST /receipt/appeal",
    "correct it": "POST /receipt/correct",
    "export it": "POST /receipt/export",
    "erase it": "POST /receipt/erase",
    "object to learning from it": "POST /receipt/object",
    "stop its deletion": "POST /receipt/freeze",
}
APPEAL: Final = "ask for another look"
_ANOTHER_PERSON: Final = "another_person"
receipt_page = routes("GET /receipt", "POST /receipt")


def url(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """The page is where it is told to be."""
    here = look.ground.settings.base_url
    return receipt_page(look, told) or (None if str(told) == f"{here}/receipt" else "The address is another.")


def can(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Each right has its door, and no right is told that has none; at a closed site nobody is there to look again."""
    there = look.surroundings.routes
    if there is None:
        raise NotHere
    is_closed = sites.is_closed(look.db, look.site.id)
    return differing(
        told, {right: door in there and not (is_closed and right == APPEAL) for right, door in CAN.items()}
    )


def lost(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """Where a link can be mailed, there is a page to ask for it, and a place for the mail to go."""
    settings = look.ground.settings
    works = bool(settings.smtp_host or settings.mail_outbox)
    return differing(told, works) or (routes("POST /receipt/lost")(look, told) if told else None)


def appeals(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """No appeal was taken after the time for it since these rules are in force; earlier ones were under others.

    Where comments go sooner than that, what its writer had kept as it is can be asked about for the whole time.
    """
    settings = look.ground.settings
    open_for = timedelta(days=settings.appeal_days)
    stored = recounting.appeals(look.db, site_id=look.site.id)
    begun = recounting.rules_since(look.db, site_id=look.site.id)
    taken = [row for row in stored if row.since is not None and (begun is None or row.at > begun)]
    late = sum(row.at > row.since + open_for for row in taken)
    wrong = differing(
        [*told["open_for"].values(), told["target"]], [*_open_for(settings), f"PT{settings.appeal_hours}H"]
    )
    return wrong or (Said("%(count)s appeals were taken later than told.", count=late) if late else None)


def _open_for(settings: Settings) -> list[str]:
    """For how long what is held and what is refused can be asked about: until the time is over, or the comment goes."""
    kept = (settings.keep_held_days, settings.keep_removed_days)
    return [f"P{settings.appeal_days if days == 0 else min(days, settings.appeal_days)}D" for days in kept]


def hearing(look: Look, told: Any) -> str | None:  # noqa: ANN401, ARG001 - a check's signature
    """The database itself refuses the first decider, and no stored appeal was heard by that person or by a program."""
    kept = recounting.rules_of_tables(look.db, table="appeals")
    count = recounting.heard_by_the_first(look.db, site_id=look.site.id)
    if not any(_ANOTHER_PERSON in name for name in kept):
        return "The database does not refuse the first decider."
    return Said("%(count)s appeals were heard by the first decider, or by nobody.", count=count) if count else None


def delay(look: Look, told: Any) -> str | None:  # noqa: ANN401 - a fact's value
    """A receipt is asked just before the time told is over, and once its jitter is over, too."""
    wait = timedelta(minutes=look.ground.settings.receipt_delay_minutes)
    decided = Decision(Verdict.HOLD, Actor.POLICY, (Reason("model.text", "A decision that is looked at."),))
    made = Made(_NOBODY, decided, look.now)
    just_before = look.now + max(wait - _MOMENT, timedelta())  # there is no moment before no delay
    long_after = look.now + 2 * wait + _MOMENT
    is_early = bool(told_from([made], delay=wait, share=0.0, now=just_before))
    is_late = bool(told_from([made], delay=wait, share=1.0, now=long_after))
    wrong = differing(told, iso(wait))
    return wrong or (
        None if is_early is bool(wait) and not is_late else "A receipt tells it at another time than told."
    )


_MOMENT: Final = timedelta(seconds=1)
_NOBODY: Final = Id(int=0)
