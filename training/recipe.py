"""Everything that determines a trained model, so that the same recipe on the same data gives the same bytes."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Recipe:
    """The choices behind a model; data digests are added to it when the data is read.

    ``inverse_penalty`` is scikit-learn's C with the total weight of all examples scaled to ``total_weight``;
    ``prior`` is the share of unwelcome comments the scores are calibrated for.
    """

    name: str = "base-spam"
    version: str = "2026.11.1"
    seed: int = 20261122
    inverse_penalty: float = 1.0
    iterations: int = 200
    tolerance: float = 1e-4
    prior: float = 0.3
    with_share_alike: bool = True
    synthetic_per_family: int = 700
    synthetic_spam_mass: float = 3000.0
    synthetic_ham_mass: float = 4000.0

    def as_dict(self) -> dict[str, Any]:
        """The recipe as plain values for the manifest."""
        return asdict(self)
