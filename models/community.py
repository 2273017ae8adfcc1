"""Many sites learning beside each other: a shared layer, a layer for each site, and who may teach the shared one."""

from dataclasses import dataclass, field
from typing import Final

from models.features import Reading, features_of
from models.linear import Caution, sums
from models.online import Layer, Lesson
from models.site import HANDICAP, LIFT_TO

SHARED_BITS: Final = 20
SITE_BITS: Final = 16
_CONFIDENT: Final = 0.5  # log odds beyond which a prediction can be agreed with
_ON_PROBATION: Final = 20
_LEAST_AGREEMENT: Final = 0.7


@dataclass(slots=True)
class Trust:
    """How often a site's labels agreed with confident predictions made before they were learnt, from a (1, 1) start."""

    agreed: float = 1.0
    total: float = 2.0

    def note(self, margin: float, *, is_unwelcome: bool) -> None:
        """Count one label against the margin that the shared layer had given."""
        if abs(margin) > _CONFIDENT:
            self.total += 1
            self.agreed += (margin > 0) == is_unwelcome

    @property
    def is_kept(self) -> bool:
        """Whether the site may teach others: not after more than 20 labels of which fewer than 70 % agreed."""
        return self.total <= _ON_PROBATION or self.agreed >= _LEAST_AGREEMENT * self.total


@dataclass(slots=True)
class Place:
    """One site's own layer and its trust."""

    layer: Layer = field(default_factory=lambda: Layer.fresh(SITE_BITS))
    trust: Trust = field(default_factory=Trust)


@dataclass(slots=True)
class Community:
    """The shared layer learns from trusted sites; each site's layer starts from what the shared one says.

    A site's own layer learns how far to believe the shared one, so that neither another policy nor a poisoned
    neighbour costs it more than a few labels.
    """

    shared: Layer = field(default_factory=lambda: Layer.fresh(SHARED_BITS))
    places: dict[str, Place] = field(default_factory=dict)

    def margin(self, reading: Reading, offset: float, site: str | None) -> float:
        """The log odds that a comment is unwelcome at a site (None: where there is but one), given the base's."""
        common = layer_margin(self.shared, reading, offset)
        return common if site is None else layer_margin(self._place(site).layer, reading, common)

    def learn(self, reading: Reading, offset: float, site: str | None, *, is_unwelcome: bool) -> None:
        """Learn one label: always at the site, and for all if the site is trusted."""
        features = features_of(reading)
        lesson = Lesson(features, is_unwelcome, offset=offset)
        if site is None:
            self.shared.learn(lesson)
            return
        place, common = self._place(site), layer_margin(self.shared, reading, offset)
        may_teach = place.trust.is_kept
        place.trust.note(common, is_unwelcome=is_unwelcome)
        place.layer.learn(Lesson(features, is_unwelcome, offset=common))
        if may_teach:
            self.shared.learn(lesson)

    def _place(self, site: str) -> Place:
        return self.places.setdefault(site, Place())


def layer_margin(layer: Layer, reading: Reading, offset: float) -> float:
    """The margin of a layer for a sample that was read, the whole of it or its most suspicious window."""
    constant = layer.stacker.offset_part(offset) + layer.bias()
    return constant + sums(reading, layer.weigher(), Caution(constant, LIFT_TO, HANDICAP)).total
