"""Each site's own rules; it does not know how they match."""

from collections import defaultdict
from datetime import datetime

from sqlmodel import col, select

from moderation.clock import Id
from moderation.errors import NotFound
from moderation.judging.rules import Rule
from moderation.storage.database import Db
from moderation.storage.sites import touch_directory
from moderation.storage.tables import RuleRow


def add(db: Db, *, site_id: Id, rule: Rule, now: datetime) -> None:
    """Stores a rule of a site."""
    row = RuleRow(
        id=rule.id, site_id=site_id, kind=rule.kind, pattern=rule.pattern, verdict=rule.verdict, created_at=now
    )
    db.add(row)
    db.flush()
    touch_directory(db)


def retire(db: Db, *, site_id: Id, rule_id: Id, now: datetime) -> None:
    """Ends a rule; it stays readable, because decisions name it. Raises NotFound."""
    row = db.get(RuleRow, rule_id)
    if row is None or row.site_id != site_id or row.retired_at is not None:
        raise NotFound("This site has no such rule; `candor rule list` names them.", code="rule.not_found")
    row.retired_at = now
    db.add(row)
    db.flush()
    touch_directory(db)


def list_of_site(db: Db, *, site_id: Id) -> list[Rule]:
    """Returns a site's rules in force, oldest first."""
    return by_site(db).get(site_id, [])


def by_site(db: Db) -> dict[Id, list[Rule]]:
    """Returns the rules in force of all sites, for the directory that serving keeps in memory."""
    found: dict[Id, list[Rule]] = defaultdict(list)
    for row in db.exec(select(RuleRow).where(col(RuleRow.retired_at).is_(None)).order_by(col(RuleRow.id))):
        found[row.site_id].append(Rule(row.id, row.kind, row.pattern, row.verdict))
    return found
