"""What a statement of the notice is: how it is read, and how one looks whether it is true; it makes none."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from models.classifier import Classifier
from moderation.judging.facts import Fact, FactValue, Provenance
from moderation.judging.policy import Policy
from moderation.judging.signal import ModelRef
from moderation.settings import Settings
from moderation.storage.database import Db
from moderation.storage.sites import Site

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Ground:
    """What the rules of one site's notice are read from."""

    settings: Settings
    classifier: Classifier
    site: Site

    @property
    def policy(self) -> Policy:
        """The site's policy as it holds for the model in memory: a promise about another's scores says nothing."""
        return self.site.policy.for_model(ModelRef(self.classifier.name, self.classifier.version).title)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What only the web knows, handed in by it; None in a process without doors, where nobody can look at them.

    `routes` are methods with paths, `public_columns` the stored columns of which everyone is told, `limit_window` how
    long the limiter remembers, `browser_storage` what the public pages leave in a browser.
    """

    routes: frozenset[str] | None = None
    public_columns: frozenset[str] | None = None
    limit_window: timedelta | None = None
    browser_storage: frozenset[str] | None = None
    model_folder: Path | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One moment at which a site is looked at; what several statements ask for is asked once.

    `version` is that of the site's notice. What the background loop does within `patience` is not late.
    """

    db: Db
    ground: Ground
    now: datetime
    version: str = ""
    surroundings: Surroundings = field(default_factory=Surroundings)
    known: dict[str, Any] = field(default_factory=dict)
    patience: timedelta = timedelta(hours=1)

    @property
    def site(self) -> Site:
        """The site that is looked at."""
        return self.ground.site

    def once(self, name: str, ask: Callable[[], _Found]) -> _Found:
        """Returns what was asked under this name, asking where nobody has."""
        if name not in self.known:
            self.known[name] = ask()
        found: _Found = self.known[name]
        return found


Check: TypeAlias = Callable[[Look, Any], str | None]
"""Looks for a value's truth another way than it was read, and says what is wrong, None where it holds."""


class NotHere(Exception):
    """Raised by a check of what only another process can see."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A fact that holds until somebody changes the rules; only what the operator declares goes unchecked."""

    id: str
    provenance: Provenance
    source: str
    read: Callable[[Ground], FactValue]
    check: Check | None = None

    def __post_init__(self) -> None:
        if (self.provenance is Provenance.DECLARED) is not (self.check is None):
            raise ValueError(f"{self.id}: what is declared is not checked, and everything else is")

    def fact(self, ground: Ground) -> Fact:
        """Returns the fact as it stands."""
        return Fact(self.id, self.read(ground), self.provenance, self.source)


@dataclass(frozen=True, slots=True)
class Figure:
    """A fact that is measured, and measured again another way."""

    id: str
    source: str
    read: Callable[[Look], FactValue]
    check: Check

    def fact(self, look: Look) -> Fact:
        """Returns the fact as measured now."""
        return Fact(self.id, self.read(look), Provenance.MEASURED, self.source, look.now)
