"""What the background loop owes learning: labels that were stored and not learnt, and comments that were erased."""

from datetime import datetime

from models.classifier import Classifier
from moderation.duties.learning.sitting import begin_anew, learn
from moderation.duties.learning.undoing import unlearn
from moderation.storage import lessons
from moderation.storage.database import Db


def is_due(db: Db) -> bool:
    """Returns whether there is anything to sweep, so that no model need be loaded where there is not."""
    return bool(lessons.sites_waiting(db) or lessons.erased_with_traces(db) or lessons.sites_hashed_otherwise(db))


def sweep(db: Db, *, classifier: Classifier, now: datetime) -> int:
    """Takes back what erased comments taught, learns a batch of labels of every site, and returns how many changed.

    Sites are taken in one order, lest two processes that sweep wait for each other.
    """
    erased = lessons.erased_with_traces(db)
    for site_id in sorted(erased):
        unlearn(db, site_id=site_id, comment_ids=erased[site_id], now=now)
    for site_id in sorted(lessons.sites_hashed_otherwise(db)):
        begin_anew(db, site_id=site_id, now=now)
    waiting = sorted(lessons.sites_waiting(db))
    taught = [learn(db, classifier=classifier, site_id=site_id, now=now) for site_id in waiting]
    return len(erased) + sum(each is not None for each in taught)
