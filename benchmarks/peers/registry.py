"""Which peers there are and which of them this machine has."""

import importlib.util
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from benchmarks.peers.peer import Absent, Peer


@dataclass(frozen=True, slots=True)
class Kind:
    """A peer that can be made anew for every stream; ``program`` or ``package`` is what it cannot do without."""

    name: str
    make: Callable[[], Peer]
    program: str | None = None
    package: str | None = None

    def missing(self) -> str | None:
        """Why it cannot run here, or none."""
        if self.program and not shutil.which(self.program):
            return f"not installed (Debian package {self.program})"
        if self.package and importlib.util.find_spec(self.package) is None:
            return f"not installed (Python package {self.package})"
        return None


def _bogofilter() -> Peer:
    from benchmarks.peers.programs import Bogofilter

    return Bogofilter()


def _spamprobe() -> Peer:
    from benchmarks.peers.programs import SpamProbe

    return SpamProbe()


def _sgd() -> Peer:
    from benchmarks.peers import pipelines

    return pipelines.sgd()


def _multinomial() -> Peer:
    from benchmarks.peers import pipelines

    return pipelines.multinomial()


def _bernoulli() -> Peer:
    from benchmarks.peers import pipelines

    return pipelines.bernoulli()


def _river() -> Peer:
    from benchmarks.peers.online_libraries import River

    return River()


def _vowpal_wabbit() -> Peer:
    from benchmarks.peers.online_libraries import VowpalWabbit

    return VowpalWabbit()


KINDS: Final = (
    Kind("bogofilter", _bogofilter, program="bogofilter"),
    Kind("spamprobe", _spamprobe, program="spamprobe"),
    Kind("sklearn SGD, characters", _sgd, package="sklearn"),
    Kind("sklearn multinomial NB, words", _multinomial, package="sklearn"),
    Kind("sklearn Bernoulli NB, words", _bernoulli, package="sklearn"),
    Kind("river AdaGrad, characters", _river, package="river"),
    Kind("Vowpal Wabbit, characters", _vowpal_wabbit, package="vowpalwabbit"),
)


def here() -> tuple[list[Kind], list[Absent]]:
    """The peers that can run on this machine, and the others with the reason."""
    reasons = [(kind, kind.missing()) for kind in KINDS]
    absent = [Absent(kind.name, reason) for kind, reason in reasons if reason]
    return [kind for kind, reason in reasons if not reason], absent
