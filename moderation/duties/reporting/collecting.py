"""Collects the facts of a site's notice from what is running, looks whether they hold, and keeps both for a while."""

from datetime import datetime
from typing import Final

from moderation.clock import Id
from moderation.duties.reporting import of_model, of_procedure, of_rights, of_running, of_site, of_storage
from moderation.duties.reporting.of_figures import FIGURES
from moderation.duties.reporting.statements import Ground, Look, Surroundings
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


class Reporting:
    """Collects facts from the settings, policies, rules, tables and models in use."""

    def __init__(self, settings: Settings, shelf: ModelShelf, surroundings: Surroundings | None = None) -> None:
        self._settings = settings
        self._shelf = shelf
        self._surroundings = surroundings or Surroundings()
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
        """Returns the whole notice of a site, its figures counted at `now`."""
        look = Look(db, self._ground(site), now, self._surroundings)
        measured = [figure.fact(look) for figure in FIGURES]
        checked: dict[str, FactValue] = {"checked_at": now.isoformat(), "holding": 0, "of": 0}
        measured.append(Fact(SELF_CHECK, checked, Provenance.MEASURED, "each statement's own check", now))
        return self.rules_of(site).with_measured(measured)

    @property
    def contact(self) -> Fact:
        """Where to write to, as the operator states it."""
        stated = self._settings.controller_contact or None
        return Fact("controller.contact", stated, Provenance.DECLARED, of_site.CONTACT_SOURCE)

    def _ground(self, site: Site) -> Ground:
        return Ground(self._settings, self._shelf.classifier, site)
