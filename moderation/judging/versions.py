"""Versions of a notice, chained so that nobody can change an old one unseen, and what differs between two; pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from moderation.judging.facts import Notice, Provenance, canonical


class Change(StrEnum):
    """What became of a fact from one version to the next."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a notice: its facts as they were told, each with `value` and `provenance`."""

    number: int
    version: str
    in_force_since: datetime
    digest: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """What became of one fact; `before` or `after` is None where it was not told."""

    id: str
    change: Change
    before: Any = None
    after: Any = None


def differences(old: Version | None, new: Version) -> tuple[Difference, ...]:
    """Returns what a version changed, in the order of the facts' ids; everything is new in the first one."""
    before, after = _values(old), _values(new)
    found = []
    for id_ in sorted(before.keys() | after.keys()):
        if id_ not in before:
            found.append(Difference(id_, Change.ADDED, after=after[id_]))
        elif id_ not in after:
            found.append(Difference(id_, Change.REMOVED, before=before[id_]))
        elif before[id_] != after[id_]:
            found.append(Difference(id_, Change.CHANGED, before[id_], after[id_]))
    return tuple(found)


def _values(version: Version | None) -> dict[str, Any]:
    return {id_: fact["value"] for id_, fact in version.facts.items()} if version is not None else {}


def text_of(rules: Notice) -> str:
    """Returns what is kept of a version: every fact but the measured ones, as the JSON whose digest it is named by."""
    told = (fact for fact in rules.facts if fact.provenance is not Provenance.MEASURED)
    return canonical({fact.id: {"value": fact.value, "provenance": fact.provenance.value} for fact in told})


def chained(previous: str, version: str, since: datetime, facts: str) -> str:
    """Returns the SHA-256 of a version and of all before it; `previous` is the one before's, "" for the first."""
    said = canonical([previous, version, since.astimezone(UTC).isoformat(), facts])
    return hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()


def first_broken(links: Sequence[tuple[Version, str]]) -> int | None:
    """Returns the number of the first version that is not what the chain says, None where all are.

    Each link is a version with its facts as stored; its name must be their digest, too.
    """
    previous = ""
    for number, (version, facts) in enumerate(links, start=1):
        named = hashlib.sha256(facts.encode("utf-8", "replace")).hexdigest()
        whole = chained(previous, version.version, version.in_force_since, facts)
        if (version.number, version.version, version.digest) != (number, named, whole):
            return number
        previous = version.digest
    return None
