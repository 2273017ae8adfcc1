"""What was to be reached, and whether it was; it measures nothing."""

from dataclasses import dataclass
from typing import Any, Final

from benchmarks.accuracy import beside, plan, promise, sets
from benchmarks.accuracy.cells import Cell
from benchmarks.accuracy.found import Found
from benchmarks.accuracy.markdown import NONE, number, table
from benchmarks.accuracy.obfuscation import CLEAN, POOLS
from benchmarks.accuracy.tables_further import recalls
from benchmarks.accuracy.tables_streams import noisy, ratio
from training import attacks

_IMMEDIATE: Final = {"youtube_spam_uci": (0.95, 35.0), "sms_spam_uci": (0.62, 8.8), "judol_id": (0.092, 3.5)}
_NOISY: Final = {"youtube_spam_uci": 3.0, "sms_spam_uci": 1.85, "judol_id": 0.30}
_DELAYED: Final = {"youtube_spam_uci": 5.0, "sms_spam_uci": 0.80, "judol_id": 0.20}
_MOST_ERROR: Final = 0.015
_HALF: Final = 0.5
_LOST: Final = {
    "leet": 2.0,
    "homoglyphs 30%": 2.0,
    "zero-width 30%": 2.0,
    "mathematical letters": 2.0,
    "s p a c e d letters": 8.0,
    "neighbours swapped": 8.0,
    **{f"{name}, {pool}": 15.0 for name in attacks.STUFFINGS for pool in POOLS},
}
_SITES: Final = {0.0: 1.4, 0.45: 4.4}


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that should be at most ``most``; ``found`` is None where it was not measured."""

    what: str
    most: float
    found: float | None

    @property
    def is_reached(self) -> bool:
        """Whether it was measured and is small enough."""
        return self.found is not None and self.found <= self.most

    def as_dict(self) -> dict[str, Any]:
        """The goal as plain values."""
        return {"what": self.what, "most": self.most, "found": self.found, "is_reached": self.is_reached}


def goals(found: Found) -> list[Goal]:
    """All of them, in the order of the report."""
    return [*_streams(found), *_peers(found), *_attacks(found), *_sites(found), *_promises(found)]


def goals_table(found: Found) -> str:
    """Goals, figures, and which of them were reached."""
    rows = [[goal.what, f"≤ {goal.most:g}", number(goal.found), _verdict(goal)] for goal in goals(found)]
    return table(["figure", "goal", "found", ""], rows)


def _verdict(goal: Goal) -> str:
    if goal.found is None:
        return NONE
    return "reached" if goal.is_reached else "**missed**"


def _streams(found: Found) -> list[Goal]:
    goals_ = []
    for name in sets.STREAMS:
        title, plain = sets.TITLES[name], [plan.of_stream(found.scale, name)]
        most, missed = _IMMEDIATE[name]
        delayed = [plan.of_stream(found.scale, name, "delayed:200")]
        wrong = found.mean(noisy(found, name, plan.MAIN_NOISE), "roca")
        goals_ += [
            Goal(f"{title}: immediate, (1-ROCA)%", most, found.mean(plain, "roca")),
            Goal(f"{title}: immediate, % missed at 0.1 %", missed, found.mean(plain, "missed")),
            Goal(f"{title}: 20 % wrong, (1-ROCA)%, mean of seeds", _NOISY[name], wrong),
            Goal(f"{title}: delayed by 200, (1-ROCA)%", _DELAYED[name], found.mean(delayed, "roca")),
            Goal(f"{title}: ECE", _MOST_ERROR, found.mean(plain, "ece")),
        ]
    return goals_


def _peers(found: Found) -> list[Goal]:
    ours = [(name, plan.of_ours(found.scale, name, feedback)) for name in sets.STREAMS for feedback in beside.REGIMES]
    return [Goal(_beside(name, cell), _HALF, ratio(found, cell)) for name, cell in ours]


def _beside(name: str, cell: Cell) -> str:
    return f"{sets.TITLES[name]}: (1-ROCA)% over bogofilter's, {cell.params['feedback']}"


def _attacks(found: Found) -> list[Goal]:
    """The points of recall that an attack costs on the set where it costs most."""
    by_set = {sets.TITLES[name]: recall for name in sets.STREAMS if (recall := recalls(found, name))}
    goals_ = []
    for attack, most in _LOST.items():
        lost = {title: recall[CLEAN] - recall[attack] for title, recall in by_set.items()}
        worst = max(lost, key=lost.__getitem__, default=NONE)
        goals_.append(Goal(f"points of recall lost, {attack} (most: {worst})", most, lost.get(worst)))
    return goals_


def _sites(found: Found) -> list[Goal]:
    goals_ = []
    for share, most in _SITES.items():
        cells = [plan.of_sites(found.scale, "both", share, seed) for seed in plan.site_seeds(found.scale, "both")]
        what = f"40 sites, {100 * share:.0f} % of feedback lies: (1-ROCA)% of honest sites"
        goals_.append(Goal(what, most, found.mean(cells, "roca")))
    return goals_


def _promises(found: Found) -> list[Goal]:
    goals_ = []
    for name in sets.STREAMS:
        figures = found.of(plan.of_stream(found.scale, name))
        for alpha in promise.ALPHAS:
            kept = figures["promise"].get(f"{alpha:g}") if figures else None
            if kept:
                most = round(0.05 + kept["error"], 4)
                goals_.append(Goal(f"{sets.TITLES[name]}: promise broken, alpha {alpha:g}", most, kept["violations"]))
    return goals_
