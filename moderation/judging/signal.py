"""One piece of evidence in 0..1 with its reasons and where it came from; it decides nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a field as received, [start, end) in code points: `content`, `author.name` or `author.url`."""

    field: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code, a sentence for people, how much it weighed (log-odds; positive speaks against), and where."""

    code: str
    text: str
    weight: float = 0.0
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelRef:
    """Which model spoke; `site_revision` counts how often it has changed at this site (0: never)."""

    name: str
    version: str
    site_revision: int = 0

    @property
    def title(self) -> str:
        """Its name and version, whatever a site taught it: what a guarantee is about."""
        return f"{self.name} {self.version}"


@dataclass(frozen=True, slots=True)
class Signal:
    """A score in 0..1 with its reasons; all else, NaN first, is refused, because it would publish (style.md 5.1)."""

    score: float
    reasons: tuple[Reason, ...]
    model: ModelRef | None = None

    def __post_init__(self) -> None:
        if not 0.0 <= self.score <= 1.0:
            raise ValueError("a score must be a number from 0 to 1")
        if not self.reasons:
            raise ValueError("a signal never travels without its reasons")
