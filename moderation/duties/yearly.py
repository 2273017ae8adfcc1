"""To the public: a site's year in figures, small ones hidden; it writes no page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from statistics import median
from typing import Final

from moderation.clock import Id
from moderation.errors import NotFound
from moderation.judging.agreement import Rate, missed, wrong_holds
from moderation.judging.small_numbers import SMALLEST_COUNT, shown, sum_of
from moderation.storage import tallies, yearly
from moderation.storage.database import Db
from moderation.vocabulary import Actor, Label, RequestKind, Verdict

_FIRST_YEAR: Final = 2000
_DECEMBER: Final = 12
_MINUTE: Final = 60
_GROUPS: Final[Mapping[str, tuple[Actor, ...]]] = {
    "program": (Actor.POLICY,),
    "person": (Actor.MODERATOR, Actor.APPEAL),
    "website": (Actor.BLOG,),
    "writer": (Actor.AUTHOR,),
}
BY_MONTH: Final[Mapping[str, str]] = {
    "received": "Comments that came in",
    "program.publish": "A program decided: published",
    "program.hold": "A program decided: held for a person to look at",
    "program.remove": "A program decided: refused",
    "person.publish": "A moderator decided: published",
    "person.hold": "A moderator decided: held for another look",
    "person.remove": "A moderator decided: refused",
    "website.publish": "The website decided: published",
    "website.hold": "The website decided: held",
    "website.remove": "The website decided: refused",
    "appealed": "Writers asked for another look",
}
SHARES: Final[Mapping[str, str]] = {
    "automation": "Held or refused by a program alone, of all decisions that hold or refuse",
    "overturned": "Stopped by a program, then published by a person, of all stopped ones a person decided",
    "wrong_holds": "Good comments that were stopped by mistake, of those checked by chance",
    "missed": "Unwelcome comments that were published, of those checked by chance",
}
_SAMPLED: Final = frozenset({"wrong_holds", "missed"})
COUNTS: Final[Mapping[str, str]] = {
    "appeal.upheld": "Other looks that changed nothing",
    "appeal.overturned": "Other looks that put the comment back",
    "appeal.partly_overturned": "Other looks that changed a part",
    "appeal.open": "Other looks that are not answered yet",
    "request.correction": "Corrections",
    "request.export": "Copies of all that is stored",
    "request.erasure": "Erasures asked for",
    "request.objection": "Objections to learning",
    "request.restriction": "Deletions put on hold",
    "request.lost_receipt": "Links to lost receipts",
    "erased.author": "Comments erased by their writers",
    "erased.site": "Comments erased by the website",
    "erased.retention": "Comments deleted because their time was over",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A figure by month with its sum, as everyone may see it."""

    id: str
    cells: tuple[int | str, ...]
    total: int | str


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many; where it is a sample, with the interval (Wilson, 95 %) in hundredths."""

    id: str
    hits: int | str
    count: int | str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Year:
    """A site's year in figures; `appeal_half` is within what time half of the answered appeals were answered."""

    year: int
    months: tuple[date, ...]
    rows: tuple[Row, ...]
    shares: tuple[Share, ...]
    counts: Mapping[str, int | str]
    appeal_half: str | None


def year_in(text: str, *, now: datetime) -> int:
    """Returns the year that somebody asks for, this one where none is named; raises NotFound for none there can be."""
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == len("2026") else 0
    if text and not _FIRST_YEAR <= year <= now.year:
        raise NotFound("There are no figures for that year.", code="site.not_found")
    return year or now.year


def look(db: Db, *, site_id: Id, year: int, now: datetime) -> Year:
    """Returns a site's figures of a year: what is stored, and what erased comments left behind."""
    last = now.month if year == now.year else _DECEMBER
    edges = [_begin(year, month) for month in range(1, last + 2)]
    months = tuple(edge.date() for edge in edges[:-1])
    found = yearly.counts(db, site_id=site_id, edges=edges)
    found.update({key: count for key, count in tallies.by_month(db, site_id=site_id).items() if key[0] in months})
    whole: dict[str, int] = {}
    for (_, name), count in found.items():
        whole[name] = whole.get(name, 0) + count
    asked = yearly.requests(db, site_id=site_id, edges=edges)
    whole |= {f"request.{kind.value}": asked.get(kind, 0) for kind in RequestKind}
    took = yearly.appeal_seconds(db, site_id=site_id, edges=edges)
    stopped = yearly.overturned(db, site_id=site_id, edges=edges)
    return Year(
        year=year,
        months=months,
        rows=tuple(_row(name, [_of(name, found, month) for month in months]) for name in BY_MONTH),
        shares=tuple(_share(name, rate) for name, rate in _rates(whole, stopped).items()),
        counts={name: shown(whole.get(name, 0)) for name in COUNTS},
        appeal_half=_iso(median(took)) if len(took) >= SMALLEST_COUNT else None,
    )


def _begin(year: int, month: int) -> datetime:
    return datetime(year + (month - 1) // _DECEMBER, (month - 1) % _DECEMBER + 1, 1, tzinfo=UTC)


def _of(name: str, found: Mapping[tuple[date, str], int], month: date) -> int:
    group, _, verdict = name.partition(".")
    names = [f"decided.{actor.value}.{verdict}" for actor in _GROUPS[group]] if verdict else [name]
    return sum(found.get((month, one), 0) for one in names)


def _row(name: str, parts: Sequence[int]) -> Row:
    return Row(name, tuple(shown(part) for part in parts), sum_of(parts))


def _rates(whole: Mapping[str, int], stopped: tuple[int, int]) -> dict[str, Rate]:
    by_program = sum(whole.get(f"decided.policy.{verdict}", 0) for verdict in ("hold", "remove"))
    by_all = sum(whole.get(f"decided.{actor.value}.{verdict}", 0) for actor in Actor for verdict in ("hold", "remove"))
    said = {
        (verdict, label): whole.get(f"audited.{verdict.value}.{label.value}", 0)
        for verdict in Verdict
        for label in Label
    }
    return {
        "automation": Rate(by_program, by_all),
        "overturned": Rate(*stopped),
        "wrong_holds": wrong_holds(said),
        "missed": missed(said),
    }


def _share(name: str, rate: Rate) -> Share:
    if rate.count < SMALLEST_COUNT or rate.interval_shown is None:
        return Share(name, shown(0), shown(rate.count), None, None)
    low, high = (round(part * 100, 1) for part in rate.interval_shown)
    is_sample = name in _SAMPLED
    return Share(name, shown(rate.hits), rate.count, low if is_sample else None, high if is_sample else None)


def _iso(seconds: float) -> str:
    minutes = max(1, round(seconds / _MINUTE))
    return f"PT{minutes}M" if minutes % _MINUTE else f"PT{minutes // _MINUTE}H"
