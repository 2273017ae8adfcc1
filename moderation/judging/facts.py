"""Facts, and the notice made of them: values that say where they come from; it does not know how they are collected."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, TypeAlias

FactValue: TypeAlias = "str | int | float | bool | tuple[FactValue, ...] | Mapping[str, FactValue] | None"


SELF_CHECK = "self_check"
"""The fact that says how many of the others hold."""


class Provenance(StrEnum):
    """How a fact is known; readers see it beside every statement."""

    MEASURED = "measured"
    SETTINGS = "settings"
    SCHEMA = "schema"
    ARTIFACT = "artifact"
    DECLARED = "declared"


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of the notice; None where it is not known, which is said and never left out.

    `source` tells a reader where to look: a setting, a table, a file, a test. `observed_at` belongs to what is
    measured, and only to that, because everything else holds as long as the notice's version does.
    """

    id: str
    value: FactValue
    provenance: Provenance
    source: str
    observed_at: datetime | None = None

    def __post_init__(self) -> None:
        if (self.provenance is Provenance.MEASURED) is not (self.observed_at is not None):
            raise ValueError("what is measured has a time, and nothing else has")

    @property
    def is_known(self) -> bool:
        """Whether there is a value to state."""
        return self.value is not None

    def as_json(self) -> dict[str, Any]:
        """Returns the fact as JSON types, with its provenance."""
        at = self.observed_at.isoformat() if self.observed_at else None
        return {"value": self.value, "provenance": self.provenance.value, "source": self.source, "observed_at": at}


@dataclass(frozen=True, slots=True)
class Notice:
    """Every fact of one site's page, each under one id; `failed` says of each that does not hold what is wrong."""

    facts: tuple[Fact, ...]
    failed: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len({fact.id for fact in self.facts}) != len(self.facts):
            raise ValueError("a fact stands once in a notice")

    def fact(self, id_: str) -> Fact:
        """Returns a fact; raises KeyError for one that the notice does not have."""
        return self.by_id[id_]

    @property
    def by_id(self) -> dict[str, Fact]:
        """The facts by their ids, in the notice's order."""
        return {fact.id: fact for fact in self.facts}

    @property
    def version(self) -> str:
        """The digest of everything but what is measured: it changes when the rules change, not when counts do."""
        return digest(fact for fact in self.facts if fact.provenance is not Provenance.MEASURED)

    @property
    def snapshot(self) -> str:
        """The digest of everything, figures included, without the moments at which they were counted or checked."""
        return digest((fact for fact in self.facts if fact.id != SELF_CHECK), self.failed)

    @property
    def unknown(self) -> tuple[Fact, ...]:
        """The facts without a value."""
        return tuple(fact for fact in self.facts if not fact.is_known)

    def with_measured(self, facts: Iterable[Fact]) -> "Notice":
        """Returns the notice with further facts behind its own."""
        return replace(self, facts=(*self.facts, *facts))


def digest(facts: Iterable[Fact], failed: Mapping[str, str] | None = None) -> str:
    """Returns the SHA-256 (64 hex characters) of facts as canonical JSON: sorted keys, no spaces, UTF-8."""
    said: dict[str, Any] = {fact.id: {"value": fact.value, "provenance": fact.provenance.value} for fact in facts}
    said |= {"failed": failed} if failed else {}
    return hashlib.sha256(canonical(said).encode("utf-8", "replace")).hexdigest()


def canonical(value: object) -> str:
    """Returns values as JSON in their one form: sorted keys, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=dict)
