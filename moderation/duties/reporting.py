"""To the public: the facts of a site's notice, read from what is running; it writes no sentence of it."""

from typing import Final

from moderation.clock import Id
from moderation.judging.facts import Fact, Notice, Provenance
from moderation.settings import Settings
from moderation.storage.model_shelf import ModelShelf
from moderation.storage.sites import Site

NOT_STATED: Final = None


class Reporting:
    """Collects facts from the settings, policies, rules, tables and models in use."""

    def __init__(self, settings: Settings, shelf: ModelShelf) -> None:
        self._settings = settings
        self._shelf = shelf
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
        """Returns the notice of a site without what is measured."""
        policy = site.policy
        facts = (
            Fact("site.name", site.name, Provenance.SETTINGS, "the site's settings"),
            Fact("policy.hold_at", policy.hold_at, Provenance.SETTINGS, "the site's policy in memory"),
            Fact("policy.remove_at", policy.remove_at, Provenance.SETTINGS, "the site's policy in memory"),
            Fact("model.digest", self._shelf.classifier.digest, Provenance.ARTIFACT, "the model in memory"),
        )
        return Notice(facts)
