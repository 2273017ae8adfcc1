"""Collects the facts of a site's notice from what is running, looks whether they hold, and keeps both for a while."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from moderation.clock import Id
from moderation.duties.reporting import of_model, of_procedure, of_rights, of_running, of_site, of_storage
from moderation.duties.reporting.of_figures import FIGURES, STATES
from moderation.duties.reporting.statements import Figure, Ground, Look, NotHere, Statement, Surroundings
from moderation.judging.facts import SELF_CHECK, Fact, FactValue, Notice, Provenance
from moderation.settings import Settings
from moderation.storage.database import Db
from moderation.storage.model_shelf import ModelShelf
from moderation.storage.sites import Site

STATEMENTS: Final = (
    *of_site.STATEMENTS,
    *of_procedure.STATEMENTS,
    *of_model.STATEMENTS,
    *of_storage.STATEMENTS,
    *of_running.STATEMENTS,
    *of_rights.STATEMENTS,
)
CHECKED: Final[Mapping[str, Statement | Figure]] = {
    **{statement.id: statement for statement in STATEMENTS if statement.check is not None},
    **{figure.id: figure for figure in FIGURES},
}
"""Every statement that is looked at, by its fact; what the operator declares is not."""
KEPT: Final = timedelta(minutes=1)
WATCHED: Final = timedelta(hours=1)
"""For how long what was found of a site with many comments is told, at the most; it is looked at about each minute."""
A_FEW: Final = 5
"""Sites that one question about all of them looks at anew."""
MANY: Final = 1_000
"""Comments from which counting takes long enough to keep figures for a while."""
_SELF: Final = "each statement's own check, which finds the same another way; what the operator declares has none"


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found at a moment: what is wrong, by fact, and how many statements were looked at."""

    at: datetime
    failed: Mapping[str, str]
    of: int

    @property
    def holding(self) -> int:
        """How many statements hold."""
        return self.of - len(self.failed)

    def fact(self) -> Fact:
        """Returns what the page says of itself."""
        said: dict[str, FactValue] = {"checked_at": self.at.isoformat(), "holding": self.holding, "of": self.of}
        return Fact(SELF_CHECK, said, Provenance.MEASURED, _SELF, self.at)


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was found of a site, and the very objects that it was found of."""

    ground: Ground
    verified: Verified
    figures: tuple[Fact, ...] = ()


class Reporting:
    """Collects facts from the settings, policies, rules, tables and models in use."""

    def __init__(
        self,
        settings: Settings,
        shelf: ModelShelf,
        surroundings: Surroundings | None = None,
        *,
        kept: timedelta = KEPT,
        is_watched: bool = False,
    ) -> None:
        """Takes what to read from; `kept` says for how long what was found is told again without looking.

        Where somebody looks again and again (`is_watched`), nobody who asks about a site with many comments waits.
        """
        self._settings = settings
        self._shelf = shelf
        self._surroundings = surroundings or Surroundings()
        self._kept_for = kept
        self._is_watched = is_watched
        self._kept: dict[Id, _Kept] = {}
        self._versions: dict[Id, tuple[Site, object, str]] = {}

    def version(self, site: Site) -> str:
        """Returns the version of a site's notice, which every comment carries.

        It is asked for with every check, so it is kept for the very objects it was read from: sites are frozen and
        a changed one is another object, so nothing here can be stale.
        """
        kept = self._versions.get(site.id)
        classifier = self._shelf.classifier
        if kept is not None and kept[0] is site and kept[1] is classifier:
            return kept[2]
        version = self.rules_of(site).version
        self._versions[site.id] = (site, classifier, version)
        return version

    def rules_of(self, site: Site) -> Notice:
        """Returns the notice of a site without what is measured: what holds until somebody changes the rules."""
        ground = self._ground(site)
        return Notice(tuple(statement.fact(ground) for statement in STATEMENTS))

    def notice(self, db: Db, *, site: Site, now: datetime) -> Notice:
        """Returns the whole notice of a site, its figures counted at `now`, and what of it does not hold.

        Whether it holds is looked at once a minute; so are the figures of a site with many comments.
        """
        rules = self.rules_of(site)
        look = self._look(db, site, rules.version, now)
        kept = self._kept.get(site.id)
        if kept is None or not self._is_fresh(kept, look):
            kept = self._found(look, rules)
            self._kept[site.id] = kept
        figures = kept.figures or _measured(look)
        told = rules.with_measured((*figures, kept.verified.fact()))
        return replace(told, failed=kept.verified.failed)

    def verify(self, db: Db, *, site: Site, now: datetime) -> Verified:
        """Looks now whether every statement of a site's notice holds, whatever was found before."""
        rules = self.rules_of(site)
        look = self._look(db, site, rules.version, now)
        self._kept[site.id] = self._found(look, rules)
        return self._kept[site.id].verified

    def verified(self, db: Db, *, site: Site, now: datetime) -> Verified:
        """Returns what was found of a site within the last minute, looking where nobody has."""
        kept = self._kept.get(site.id)
        is_fresh = kept is not None and self._is_fresh(kept, self._look(db, site, "", now))
        return kept.verified if kept is not None and is_fresh else self.verify(db, site=site, now=now)

    def wrong(self, db: Db, *, sites: Collection[Site], now: datetime) -> tuple[str, ...]:
        """Returns the facts that do not hold at some site; each time a few are looked at, the longest unseen first.

        Each of the others counts as it was found: whoever asks often finds everything, and nobody waits long.
        """

        def seen(site: Site) -> float:
            kept = self._kept.get(site.id)
            return kept.verified.at.timestamp() if kept is not None else 0.0

        for site in sorted(sites, key=seen)[:A_FEW]:
            self.verified(db, site=site, now=now)
        found = (self._kept[site.id].verified.failed for site in sites if site.id in self._kept)
        return tuple(sorted({id_ for failed in found for id_ in failed}))

    @property
    def contact(self) -> Fact:
        """Where to write to, as the operator states it."""
        stated = self._settings.controller_contact or None
        return Fact("controller.contact", stated, Provenance.DECLARED, of_site.CONTACT_SOURCE)

    def _ground(self, site: Site) -> Ground:
        return Ground(self._settings, self._shelf.classifier, site)

    def _look(self, db: Db, site: Site, version: str, now: datetime) -> Look:
        return Look(db, self._ground(site), now, version, self._surroundings)

    def _is_fresh(self, kept: _Kept, look: Look) -> bool:
        is_same = kept.ground.site is look.site and kept.ground.classifier is look.ground.classifier
        is_big = bool(kept.figures) and self._is_watched
        return is_same and timedelta() <= look.now - kept.verified.at < (WATCHED if is_big else self._kept_for)

    def _found(self, look: Look, rules: Notice) -> _Kept:
        figures = _measured(look)
        told = {fact.id: fact.value for fact in (*rules.facts, *figures)}
        failed, of = _checked(look, told)
        is_big = sum(look.known.get(STATES, {}).values()) > MANY
        return _Kept(look.ground, Verified(look.now, failed, of), figures if is_big else ())


def _measured(look: Look) -> tuple[Fact, ...]:
    """A figure that rests on something stored that nobody can read is not known, and its check says why."""
    return tuple(_figure(look, figure) for figure in FIGURES)


def _figure(look: Look, figure: Figure) -> Fact:
    try:
        return figure.fact(look)
    except ValueError:
        return Fact(figure.id, None, Provenance.MEASURED, figure.source, look.now)


def _checked(look: Look, told: Mapping[str, FactValue]) -> tuple[dict[str, str], int]:
    """What is wrong, and how many statements could be looked at in this process."""
    failed, of = {}, 0
    for id_, statement in CHECKED.items():
        try:
            wrong = _wrong(look, statement, told[id_])
        except NotHere:
            continue
        of += 1
        if wrong is not None:
            failed[id_] = wrong
    return failed, of


def _wrong(look: Look, statement: Statement | Figure, told: FactValue) -> str | None:
    try:
        return statement.check(look, told) if statement.check is not None else None
    except (ValueError, TypeError):
        return "Something stored cannot be read."
