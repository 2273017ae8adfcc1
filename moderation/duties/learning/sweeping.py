"""What the background loop owes learning: labels that were stored and not learnt, and comments that were erased."""

from datetime import datetime

from models.classifier import Classifier
from moderation import telemetry
from moderation.clock import Id
from moderation.duties.learning.sitting import begin_anew, learn
from moderation.duties.learning.undoing import unlearn
from moderation.errors import SettingFault
from moderation.storage import lessons, site_layers
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
    taught = [_learn(db, classifier, site_id, now) for site_id in sorted(lessons.sites_waiting(db))]
    return len(erased) + sum(taught)


def _learn(db: Db, classifier: Classifier, site_id: Id, now: datetime) -> bool:
    """A model that cannot be read keeps its own labels waiting and no other site's."""
    head = lessons.find(db, site_id=site_id)
    try:
        known = site_layers.load(db, site_id=site_id, head=head) if head is not None else None
    except SettingFault as error:
        telemetry.log("models.refused", level="error", site_id=str(site_id), why=error.message)
        return False
    return learn(db, classifier=classifier, site_id=site_id, now=now, known=known) is not None
