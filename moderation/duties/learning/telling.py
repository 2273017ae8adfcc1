"""Which words speak for and against a comment at a site, found in the comments that taught it; hashes have no words."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final

from models.site import GROUP, SiteClassifier
from moderation.clock import Id
from moderation.storage import browsing, lessons
from moderation.storage.database import Db
from moderation.storage.model_shelf import sample_of_row
from moderation.storage.tables import CommentRow

READ: Final = 200
SHOWN: Final = 12
_LONGEST: Final = 40
_WORD: Final = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Telling:
    """A word or phrase with the log-odds that it added, summed over the comments in which it stood out."""

    words: str
    weight: float
    comments: int


def telling(db: Db, *, site_id: Id, classifier: SiteClassifier) -> tuple[list[Telling], list[Telling]]:
    """Returns what speaks most against and most in favour of a comment here, from the newest 200 that taught.

    Only the part that the site itself taught counts. A phrase of a single comment is left out: it would be a quotation.
    """
    ids = [row.comment_id for row in lessons.page(db, site_id=site_id, limit=READ) if row.is_active and row.comment_id]
    weights: defaultdict[str, float] = defaultdict(float)
    seen: Counter[str] = Counter()
    for row in browsing.get_many(db, site_id=site_id, comment_ids=ids).values():
        shares = _shares(row, classifier)
        seen.update(shares.keys())
        for words, weight in shares.items():
            weights[words] += weight
    found = [Telling(words, weight, seen[words]) for words, weight in weights.items() if seen[words] > 1]
    against = sorted((one for one in found if one.weight > 0), key=lambda one: -one.weight)[:SHOWN]
    in_favour = sorted((one for one in found if one.weight < 0), key=lambda one: one.weight)[:SHOWN]
    return against, in_favour


def _shares(row: CommentRow, classifier: SiteClassifier) -> dict[str, float]:
    """What each place that stood out added, and each of its words in equal parts: neighbours hide what is shared."""
    own = next((part for part in classifier.explain(sample_of_row(row)).parts if part.group == GROUP), None)
    if own is None:
        return {}
    places = [row.content[span.start : span.end].casefold() for span in own.spans if span.field == "content"]
    shares: defaultdict[str, float] = defaultdict(float)
    for place in places:
        words = _WORD.findall(place)
        weight = own.weight / len(places)
        for said, share in [(place, weight), *((word, weight / len(words)) for word in words if word != place)]:
            if len(said) <= _LONGEST:
                shares[said] += share
    return shares
