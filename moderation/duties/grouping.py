"""To moderators: nearly the same comments stand together in the queue; it decides about none of them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from models import nearness
from models.nearness import Grams
from moderation.clock import Id
from moderation.judging.comment import JUDGED_CODE_POINTS
from moderation.storage import alike
from moderation.storage.alike import Candidate
from moderation.storage.database import Db
from moderation.vocabulary import Waiting

BATCH: Final = 50
"""Comments grouped in one transaction, so that whoever stores a comment meanwhile waits a moment only."""
_CANDIDATES: Final = 8
"""Comments with which a new one is compared: those that share most marks; chance brings together many with one."""


def is_due(db: Db) -> bool:
    """Returns whether comments wait anywhere at whose likeness nobody has looked."""
    return bool(alike.sites_with_ungrouped(db))


def sweep(db: Db) -> int:
    """Groups a batch at each site where it is due and returns how many comments that were."""
    return sum([group(db, site_id=site_id) for site_id in alike.sites_with_ungrouped(db)])


def group(db: Db, *, site_id: Id) -> int:
    """Finds for a batch of a site's waiting comments which one each is nearly the same as; returns how many."""
    waiting = alike.ungrouped(db, site_id=site_id, limit=BATCH)
    if waiting:
        sitting = _Sitting(db, site_id)
        sitting.compare(waiting)
        alike.group(db, site_id=site_id, heads=sitting.heads, marks=sitting.marks)
    return len(waiting)


@dataclass(slots=True)
class _Sitting:
    """One batch: what of it stands for itself, and for what the rest is alike."""

    db: Db
    site_id: Id
    grams: dict[Id, Grams] = field(default_factory=dict)
    kinds: dict[Id, Waiting] = field(default_factory=dict)
    heads: dict[Id, Id] = field(default_factory=dict)
    marks: dict[Id, tuple[int, ...]] = field(default_factory=dict)

    def compare(self, waiting: list[Candidate]) -> None:
        """Finds the head of each comment, in their order, among earlier ones of this batch too."""
        self._read(waiting)
        own = {one.id: nearness.marks_of(self.grams[one.id]) for one in waiting}
        known = alike.sharing(self.db, site_id=self.site_id, marks={mark for marks in own.values() for mark in marks})
        some = {head for marks in own.values() for head in _nearest(marks, known)}
        self._read(alike.heads(self.db, site_id=self.site_id, comment_ids=some).values())
        for one in waiting:
            head = self._like(one.id, own[one.id], known)
            self.heads[one.id] = head
            if head == one.id:
                self.marks[one.id] = own[one.id]
                for mark in own[one.id]:
                    known.setdefault(mark, []).append(one.id)

    def _read(self, candidates: Iterable[Candidate]) -> None:
        for one in candidates:
            self.grams[one.id] = nearness.grams_of(one.content[:JUDGED_CODE_POINTS])
            self.kinds[one.id] = one.waits_as

    def _like(self, comment_id: Id, marks: tuple[int, ...], known: dict[int, list[Id]]) -> Id:
        compared = [head for head in _nearest(marks, known) if self.kinds.get(head) is self.kinds[comment_id]]
        mine = self.grams[comment_id]
        return next(
            (head for head in compared if nearness.shared(mine, self.grams[head]) >= nearness.ALIKE), comment_id
        )


def _nearest(marks: Iterable[int], known: Mapping[int, Sequence[Id]]) -> list[Id]:
    """The comments that share most of these marks, the oldest of equals first."""
    shared = Counter(head for mark in set(marks) for head in known.get(mark, ()))
    return sorted(shared, key=lambda head: (-shared[head], head))[:_CANDIDATES]
