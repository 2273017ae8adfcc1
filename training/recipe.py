"""Everything that determines a trained model, so that the same recipe on the same data gives the same bytes."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Recipe:
    """The choices behind a model; data digests are added to it when the data is read.

    ``inverse_penalty`` is scikit-learn's C; ``fewest_rows`` is the number of examples a slot must be seen in;
    ``prior`` is the share of unwelcome comments the scores are calibrated for, ``calibrating_rows`` the rows a set
    needs to take part in that. The masses are total weights.
    """

    name: str = "base-spam"
    version: str = "2026.11.1"
    seed: int = 20261122
    inverse_penalty: float = 2.0
    iterations: int = 400
    tolerance: float = 1e-5
    fewest_rows: int = 3
    prior: float = 0.2
    calibrating_rows: int = 100
    with_share_alike: bool = True
    synthetic_per_family: int = 400
    synthetic_spam_mass: float = 16_000.0
    synthetic_ham_mass: float = 16_000.0

    def as_dict(self) -> dict[str, Any]:
        """The recipe as plain values for the manifest."""
        return asdict(self)
