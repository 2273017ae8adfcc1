"""Which words speak for and against a comment at a site, found in the comments that taught it; hashes have no words."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Final

from models.site import GROUP, SiteClassifier
from moderation.clock import Id
from moderation.storage import browsing, lessons
from moderation.storage.database import Db
from moderation.storage.model_shelf import sample_of_row

READ: Final = 200
SHOWN: Final = 12
_LONGEST: Final = 40


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
        own = next((part for part in classifier.explain(sample_of_row(row)).parts if part.group == GROUP), None)
        places = [span for span in own.spans if span.field == "content"] if own else []
        for words in {row.content[span.start : span.end].casefold()[:_LONGEST] for span in places}:
            weights[words] += own.weight / len(places) if own else 0.0
            seen[words] += 1
    found = [Telling(words, weight, seen[words]) for words, weight in weights.items() if seen[words] > 1]
    against = sorted((one for one in found if one.weight > 0), key=lambda one: -one.weight)[:SHOWN]
    in_favour = sorted((one for one in found if one.weight < 0), key=lambda one: one.weight)[:SHOWN]
    return against, in_favour
