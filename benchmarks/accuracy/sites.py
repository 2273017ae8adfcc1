"""Forty sites that learn beside each other, some with a policy of their own, some with liars among them."""

import random
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from benchmarks.accuracy import sets
from benchmarks.accuracy.cells import Figures
from models.community import SITE_BITS, Community, layer_margin
from models.features import features_of, read
from models.online import Layer, Lesson
from training.measures import Scores, Truth, missed_at, roca
from training.streams import Row

SITES: Final = 40
OTHER_POLICY: Final = 12
FROM_JUDOL: Final = 6_000
POISONED: Final = (0.0, 0.02, 0.12, 0.45)
_SELF_PROMOTION: Final = "youtube_spam_uci"


@dataclass(frozen=True, slots=True)
class Message:
    """A comment at a site: what the site would say of it, and what its feedback says."""

    row: Row
    site: str
    truth: bool
    said: bool


def run(*, model: str, poisoned: float, seed: int, rows: int | None) -> Figures:
    """(1-ROCA)% and missed spam, pooled over the sites whose feedback is honest; ``model`` is global, site or both.

    Rows of all sets are mixed; sites have volumes as 1 / rank; at twelve of them what the YouTube set calls spam
    (self-promotion) is welcome. Sites drawn at random until about ``poisoned`` of all feedback is theirs say the
    opposite of the truth.
    """
    messages, liars = _messages(poisoned, seed, rows)
    scores = _scores(messages, model)
    honest = np.array([message.site not in liars for message in messages])
    truth = np.array([message.truth for message in messages])
    said = [message.site in liars for message in messages]
    return {
        "messages": len(messages),
        "poisoned": float(np.mean(said)),
        "roca": roca(scores[honest], truth[honest]),
        "missed": missed_at(scores[honest], truth[honest], 0.001),
        "mean of sites": _mean_of_sites(messages, scores, truth, liars),
    }


def _messages(poisoned: float, seed: int, rows: int | None) -> tuple[list[Message], set[str]]:
    chance = random.Random(seed)
    mixed = [(name, row) for name in sets.STREAMS for row in sets.stream(name, _most(name, rows)).rows]
    chance.shuffle(mixed)
    names = [f"site {number}" for number in range(SITES)]
    places = chance.choices(names, [1 / (rank + 1) for rank in range(SITES)], k=len(mixed))
    tolerant = set(chance.sample(names, OTHER_POLICY))
    liars = _liars(places, names, poisoned, chance)
    found = []
    for (name, row), site in zip(mixed, places, strict=True):
        truth = bool(row.label) and not (name == _SELF_PROMOTION and site in tolerant)
        found.append(Message(replace(row, site=site), site, truth, truth != (site in liars)))
    return found, liars


def _most(name: str, rows: int | None) -> int | None:
    return rows if rows is not None or name != "judol_id" else FROM_JUDOL


def _liars(places: list[str], names: list[str], share: float, chance: random.Random) -> set[str]:
    """Sites in random order, each taken if the feedback of all taken stays within the share."""
    found: set[str] = set()
    room = share * len(places)
    for site in chance.sample(names, len(names)):
        volume = places.count(site)
        if volume <= room:
            found.add(site)
            room -= volume
    return found


def _scores(messages: list[Message], model: str) -> Scores:
    if model == "site":
        return _each_alone(messages)
    community = Community()
    found = []
    for message in messages:
        reading = read(message.row.sample)
        site = message.site if model == "both" else None
        found.append(community.margin(reading, 0.0, site))
        community.learn(reading, 0.0, site, is_unwelcome=message.said)
    return np.array(found)


def _each_alone(messages: list[Message]) -> Scores:
    layers = {message.site: Layer.fresh(SITE_BITS) for message in messages}
    found = []
    for message in messages:
        reading, layer = read(message.row.sample), layers[message.site]
        found.append(layer_margin(layer, reading, 0.0))
        layer.learn(Lesson(features_of(reading), message.said))
    return np.array(found)


def _mean_of_sites(messages: list[Message], scores: Scores, truth: Truth, liars: set[str]) -> float:
    """The mean (1-ROCA)% of honest sites that have both spam and ham."""
    places = np.array([message.site for message in messages])
    here = [places == site for site in sorted(set(places.tolist()) - liars)]
    both = [chosen for chosen in here if truth[chosen].any() and not truth[chosen].all()]
    return float(np.mean([roca(scores[chosen], truth[chosen]) for chosen in both]))
