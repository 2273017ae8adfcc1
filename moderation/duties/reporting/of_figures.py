"""The figures of a site's notice as everyone may see them: small numbers are not shown; it counts nothing itself."""

from datetime import date, timedelta
from typing import Final

from moderation.duties.reporting import truth_of_figures as truth
from moderation.duties.reporting import truth_of_model, truth_of_running
from moderation.duties.reporting.statements import Figure, Look
from moderation.duties.reporting.truth_of_figures import CHECKED_WITHIN, CONTACT_DAYS
from moderation.duties.reporting.wording import WINDOW, counted, rights_of, sampled, waited
from moderation.judging.agreement import Rate, missed, wrong_holds
from moderation.judging.facts import FactValue
from moderation.judging.small_numbers import SMALLEST_COUNT, TOO_FEW, shown
from moderation.judging.waiting import HALF, MOST, within
from moderation.storage import audits, comments, figures, guarantees, lessons, notices, tallies
from moderation.vocabulary import Label, Outcome, State, Verdict

TRACES_GONE_WITHIN: Final = timedelta(days=1)
STATES: Final = "states"
"""Under which name a look knows how many comments are in each state."""
_WINDOW: Final = f"of the last {WINDOW.days} days, tests left out; counted again another way"


def states_of(look: Look) -> dict[State, int]:
    """Returns how many comments of a site are in each state; of erased ones also those of which nothing is left."""
    return look.once(STATES, lambda: _states(look))


def _states(look: Look) -> dict[State, int]:
    found = dict(comments.count_by_state(look.db, site_id=look.site.id))
    erased = sum(count for name, count in _tallied(look).items() if name.startswith("erased."))
    return found | {State.ERASED: max(erased, found.get(State.ERASED, 0))}


def _tallied(look: Look) -> dict[str, int]:
    """What was counted from comments before they were erased."""

    def ask() -> dict[str, int]:
        return tallies.sums(look.db, site_id=look.site.id, since=date.min, until=date.max)

    return look.once("tallied", ask)


def _count(state: State) -> Figure:
    return Figure(
        f"counts.{state.value}",
        "counted in the database, tests left out",
        lambda look: shown(states_of(look).get(state, 0)),
        truth.counts_of(state),
    )


def _first(look: Look) -> FactValue:
    found = figures.first_verdicts(look.db, site_id=look.site.id)
    before = _tallied(look)
    return {
        verdict.value: shown(found.get(verdict, 0) + before.get(f"first.{verdict.value}", 0)) for verdict in Verdict
    }


def _guarantee(look: Look) -> FactValue:
    """Whether a program removes here, and how the promise stands that it may: in the words used everywhere."""
    found = guarantees.look(look.db, site_id=look.site.id, now=look.now)
    policy = look.site.policy
    return {
        "switched_on": policy.removal_by_program,
        "holds": found.holds,
        "alarm": found.is_alarmed,
        "removes": policy.program_may_remove,
        "text": found.said(found.have if found.have >= SMALLEST_COUNT else TOO_FEW),
    }


def _automation(look: Look) -> FactValue:
    found = figures.automatic_restrictions(look.db, site_id=look.site.id, since=look.now - WINDOW)
    return counted(found.hits, found.count)


def _overturned(look: Look) -> FactValue:
    found = figures.reversed_restrictions(look.db, site_id=look.site.id, since=look.now - WINDOW)
    return sampled(Rate(found.hits, found.count))


def _blind(look: Look) -> dict[tuple[Verdict, Label], int]:
    since = look.now - CHECKED_WITHIN
    return look.once("blind", lambda: dict(audits.blind_counts(look.db, site_id=look.site.id, since=since)))


def _waiting(look: Look) -> FactValue:
    waits = figures.waits(look.db, site_id=look.site.id, since=look.now - WINDOW, now=look.now)
    oldest = figures.oldest_wait(look.db, site_id=look.site.id)
    oldest_of_all = (look.now - oldest).total_seconds() if oldest else None
    return waited(len(waits), within(waits, HALF), within(waits, MOST), oldest_of_all)


def _appeals(look: Look) -> FactValue:
    found, before = figures.appeals(look.db, site_id=look.site.id), _tallied(look)
    ended = {outcome: found.get(outcome, 0) + before.get(f"appeal.{outcome.value}", 0) for outcome in Outcome}
    return {
        "received": shown(sum(found.values()) + before.get("appealed", 0)),
        "overturned": shown(ended[Outcome.OVERTURNED] + ended[Outcome.PARTLY_OVERTURNED]),
        "upheld": shown(ended[Outcome.UPHELD]),
        "open": shown(found.get(None, 0)),
    }


def _contacts(look: Look) -> FactValue:
    since = figures.days_before(look.now, CONTACT_DAYS)
    return {purpose: shown(count) for purpose, count in sorted(figures.contacts(look.db, since=since).items())}


def _runs(look: Look) -> FactValue:
    last, late = figures.last_run(look.db), _late(look)
    return {
        "last_at": last.at.isoformat() if last else None,
        "deleted": shown(last.deleted) if last else None,
        "overdue": late.overdue,
    }


def _late(look: Look) -> figures.Late:
    return look.once("late", lambda: figures.late(look.db, site_id=look.site.id, now=look.now))


def _holds(look: Look) -> FactValue:
    return {"appeals": shown(_late(look).appeals), "frozen": shown(_late(look).frozen)}


def _backups(look: Look) -> FactValue:
    found = figures.copies(look.db)
    if found is None:
        return None
    gone_by = found.gone_by.isoformat() if found.gone_by else None
    return {"last_at": found.last_at.isoformat(), "gone_by": gone_by}


def _traces(look: Look) -> FactValue:
    count = figures.traces(look.db, site_id=look.site.id)
    gone_by = (look.now + TRACES_GONE_WITHIN).date().isoformat() if count else None
    return {"count": shown(count), "gone_by": gone_by}


def _versions(look: Look) -> FactValue:
    """How many versions there were, and since when the newest is in force; None before the first was recorded."""
    newest = notices.newest(look.db, site_id=look.site.id)
    return {"number": newest.number, "since": newest.in_force_since.isoformat()} if newest is not None else None


def _learns_here(look: Look) -> FactValue:
    head = lessons.find(look.db, site_id=look.site.id)
    return head is None or head.paused_at is None


FIGURES: Final = (
    *(_count(state) for state in State),
    Figure(
        "counts.first",
        "counted from each comment's first decision by a program, tests left out; counted again another way",
        _first,
        truth.first_verdicts,
    ),
    Figure(
        "automation.guarantee",
        "worked out from comments drawn by chance that a person called welcome; the switch is the site's",
        _guarantee,
        truth.guarantee,
    ),
    Figure(
        "measured.wrong_holds",
        f"good comments of the last {CHECKED_WITHIN.days} days, drawn by chance and judged by a person who did not see "
        "what the program had decided",
        lambda look: sampled(wrong_holds(_blind(look))),
        truth.wrong_holds,
    ),
    Figure(
        "measured.missed",
        f"unwelcome comments of the last {CHECKED_WITHIN.days} days that the program had published, drawn by chance "
        "and judged by a person who did not see what it had decided",
        lambda look: sampled(missed(_blind(look))),
        truth.missed,
    ),
    Figure(
        "measured.waiting_time",
        f"the Kaplan-Meier estimate over comments that a program held in the last {WINDOW.days} days, those that still "
        "wait included; worked out again another way",
        _waiting,
        truth.waiting,
    ),
    Figure(
        "measured.automation_share",
        f"decisions that stop a comment and had no person's decision before them, {_WINDOW}",
        _automation,
        truth.automation,
    ),
    Figure(
        "measured.overturned",
        f"comments that a program stopped and a person looked at: how many that person published, {_WINDOW}",
        _overturned,
        truth.overturned,
    ),
    Figure("measured.appeals", "the stored appeals; counted again another way", _appeals, truth.appeals),
    Figure(
        "measured.rights",
        "the stored requests about own data; counted again another way",
        lambda look: rights_of(figures.requests(look.db, site_id=look.site.id)),
        truth.rights,
    ),
    Figure(
        "egress.observed",
        f"this service's own count of the other machines it spoke to in the last {CONTACT_DAYS} days",
        _contacts,
        truth.contacts,
    ),
    Figure(
        "retention.runs",
        "the record of each run of the deletion; rows past their date are counted",
        _runs,
        truth_of_running.runs,
    ),
    Figure("retention.holds", "comments past their date, counted in the database", _holds, truth_of_running.holds),
    Figure(
        "retention.backups",
        "the record of each copy that was taken with this program",
        _backups,
        truth_of_running.backups,
    ),
    Figure(
        "notice.versions",
        "every version of this notice that was in force, each chained to the one before it; the chain is "
        "worked out again",
        _versions,
        truth.versions,
    ),
    Figure(
        "model.learns_here",
        "what people at the website say changes the website's own model, unless it pauses; the shipped one stays as it "
        "is; the journal of lessons is compared with the model",
        _learns_here,
        truth_of_model.learns_here,
    ),
    Figure(
        "model.traces",
        "the journal of lessons; a model with such comments is made anew by the background loop",
        _traces,
        truth.traces,
    ),
)
