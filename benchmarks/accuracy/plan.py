"""Which cells a run consists of; it measures nothing."""

from dataclasses import dataclass
from typing import Final

from benchmarks.accuracy import beside, first_labels, obfuscation, regimes, sets, shipped, sites
from benchmarks.accuracy.cells import Cell
from benchmarks.peers import registry

NOISE: Final = (0.05, 0.1, 0.2, 0.3)
MAIN_NOISE: Final = 0.2
MAIN_SEEDS: Final = 5
REGIMES: Final = ("delayed:50", "delayed:200", "delayed:500", "partial:0.5", "partial:0.1")
PEER_ROWS: Final = 5_000
"""Rows of the largest set that the peers are given: a process a message is slow."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured: rows of each set (None: all), random samples for the promise, and repeats."""

    rows: int | None = None
    splits: int = 2_000
    noise_seeds: int = MAIN_SEEDS
    site_seeds: int = 2
    attack_seeds: int = 3
    has_fits: bool = True

    def __post_init__(self) -> None:
        if self.rows is not None and self.rows < 1:
            raise ValueError("a run needs rows")
        if min(self.splits, self.noise_seeds, self.site_seeds, self.attack_seeds) < 1:
            raise ValueError("a run needs at least one of each")


FULL: Final = Scale()
QUICK: Final = Scale(rows=300, splits=50, noise_seeds=1, site_seeds=1, attack_seeds=1, has_fits=False)


def cells(scale: Scale) -> list[Cell]:
    """All cells of a run, the longest first."""
    return [*_first_labels(scale), *_streams(scale), *_peers(scale), *_sites(scale), *_attacks(scale), *_shipped(scale)]


def of_stream(
    scale: Scale,
    name: str,
    feedback: str = "immediate",
    seed: int = 0,
    *,
    rows: int | None = None,
    is_deduplicated: bool = False,
    text_only: bool = False,
) -> Cell:
    """Our learner over a stream; the promise is checked where feedback is immediate and the stream whole."""
    is_plain = feedback == "immediate" and not is_deduplicated and not text_only
    params = {
        "name": name,
        "feedback": feedback,
        "seed": seed,
        "rows": scale.rows if rows is None else rows,
        "splits": scale.splits if is_plain else 0,
        "is_deduplicated": is_deduplicated,
        "text_only": text_only,
    }
    return Cell("streams", params, regimes.run, (sets.digest(name),))


def noise_seeds(scale: Scale, share: float) -> range:
    """The seeds of a share of wrong feedback."""
    return range(scale.noise_seeds if share == MAIN_NOISE else 1)


def peer_rows(scale: Scale, name: str) -> int | None:
    """How many rows of a set peers are given."""
    return PEER_ROWS if scale.rows is None and name == "judol_id" else scale.rows


def of_peer(scale: Scale, name: str, peer: str, feedback: str) -> Cell:
    """A peer over a stream."""
    params = {"name": name, "peer": peer, "feedback": feedback, "rows": peer_rows(scale, name)}
    return Cell("peers", params, beside.run, (sets.digest(name),), is_ours=False)


def of_ours(scale: Scale, name: str, feedback: str) -> Cell:
    """Our learner over the very rows that peers are given, without authors."""
    return of_stream(scale, name, feedback, rows=peer_rows(scale, name), text_only=True)


def of_sites(scale: Scale, model: str, poisoned: float, seed: int) -> Cell:
    """Forty sites."""
    params = {"model": model, "poisoned": poisoned, "seed": seed, "rows": scale.rows}
    return Cell("sites", params, sites.run, tuple(map(sets.digest, sets.STREAMS)))


def site_seeds(scale: Scale, model: str) -> range:
    """The seeds of forty sites: the comparisons get one."""
    return range(scale.site_seeds if model == "both" else 1)


def of_attacks(scale: Scale, name: str, seed: int) -> Cell:
    """All attacks on a set."""
    params = {"name": name, "seed": seed, "rows": scale.rows}
    return Cell("attacks", params, obfuscation.run, (sets.digest(name),))


def attack_seeds(scale: Scale, name: str) -> range:
    """The seeds of the attacks on a set: the largest needs only one."""
    return range(1 if name == "judol_id" else scale.attack_seeds)


def of_first_labels(scale: Scale, name: str) -> Cell:
    """The first labels of a site that the base has not seen."""
    data = tuple(sets.digest(source) for source in _sources())
    return Cell("first labels", {"name": name, "rows": scale.rows}, first_labels.run, (*data, shipped.digest()))


def of_hate(scale: Scale, name: str) -> Cell:
    """The shipped model on a test-only set."""
    return Cell("hate", {"name": name, "rows": scale.rows}, shipped.hate, (sets.digest(name), shipped.digest()))


def of_pages() -> Cell:
    """The shipped model under pages about spam's own subjects."""
    return Cell("pages", {}, shipped.pages, (sets.own_digest("on_topic_pages"), shipped.digest()))


def of_blog() -> Cell:
    """The shipped model on the project's own blog comments."""
    return Cell("blog", {}, shipped.blog, (sets.own_digest("blog_comments"), shipped.digest()))


def _sources() -> list[str]:
    from training.datasets import SOURCES

    return [source.name for source in SOURCES]


def _first_labels(scale: Scale) -> list[Cell]:
    return [of_first_labels(scale, name) for name in first_labels.SETS] if scale.has_fits else []


def _streams(scale: Scale) -> list[Cell]:
    found = []
    for name in reversed(sets.STREAMS):
        found += [of_stream(scale, name), of_stream(scale, name, is_deduplicated=True)]
        found += [
            of_stream(scale, name, f"noisy:{share}", seed) for share in NOISE for seed in noise_seeds(scale, share)
        ]
        found += [of_stream(scale, name, feedback) for feedback in REGIMES]
    return found


def _peers(scale: Scale) -> list[Cell]:
    kinds, _ = registry.here()
    found = []
    for name in reversed(sets.STREAMS):
        for feedback in beside.REGIMES:
            found += [of_peer(scale, name, kind.name, feedback) for kind in kinds]
            found.append(of_ours(scale, name, feedback))
    return found


def _sites(scale: Scale) -> list[Cell]:
    both = [of_sites(scale, "both", share, seed) for share in sites.POISONED for seed in site_seeds(scale, "both")]
    return [*both, *(of_sites(scale, "global", share, 0) for share in sites.POISONED), of_sites(scale, "site", 0.0, 0)]


def _attacks(scale: Scale) -> list[Cell]:
    return [of_attacks(scale, name, seed) for name in sets.STREAMS for seed in attack_seeds(scale, name)]


def _shipped(scale: Scale) -> list[Cell]:
    return [*(of_hate(scale, name) for name in sets.TEST_ONLY), of_pages(), of_blog()]
