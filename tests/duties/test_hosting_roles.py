"""Keys, people, settings, rules and roll-backs with every role, as the one table says; who may not changes nothing."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from inspect import isfunction, signature
from itertools import combinations
from typing import Any

import pytest

from moderation.clock import new_id
from moderation.duties import hosting, learning
from moderation.errors import Conflict, Forbidden, NotFound
from moderation.judging.capabilities import Action, may
from moderation.storage.people_tables import MembershipRow, SignInLinkRow
from moderation.storage.tables import EventRow, KeyRow, RuleRow, SiteRow
from moderation.vocabulary import KeyKind, Role, RuleKind, Verdict
from tests.support.desk import Desk
from tests.support.factories import NOW

EVERY = [frozenset(some) for size in range(4) for some in combinations(Role, size)]
RULE = {"kind": RuleKind.WORD, "pattern": "soup", "verdict": Verdict.HOLD}
PERSON = {"email": "eve@example.org", "role": Role.OPERATOR}


def setting(**changes: str) -> Callable[..., object]:
    return lambda db, desk, **at: hosting.set_site(db, **at, changes=changes, now=NOW)


ACTS: dict[str, tuple[Action, Callable[..., object]]] = {
    "rotate_key": (
        Action.SITE,
        lambda db, desk, **at: hosting.rotate_key(
            db, **at, seal=desk.seal, kind=KeyKind.API, overlap=timedelta(0), now=NOW
        ),
    ),
    "list_keys": (Action.SITE, lambda db, desk, **at: hosting.list_keys(db, **at, now=NOW)),
    "revoke_key": (Action.SITE, lambda db, desk, **at: hosting.revoke_key(db, **at, key_id=new_id(), now=NOW)),
    "set_site": (Action.SITE, setting(name="Another")),
    "set_site: both": (Action.SITE, setting(name="Another", hold_at="0.1")),
    "set_site: rules": (Action.RULES, setting(hold_at="0.1")),
    "preview_policy": (Action.READ, lambda db, desk, **at: hosting.preview_policy(db, **at, changes={})),
    "list_rules": (Action.READ, lambda db, desk, **at: hosting.list_rules(db, **at)),
    "add_rule": (Action.RULES, lambda db, desk, **at: hosting.add_rule(db, **at, **RULE, now=NOW)),
    "remove_rule": (Action.RULES, lambda db, desk, **at: hosting.remove_rule(db, **at, rule_id=new_id(), now=NOW)),
    "invite": (Action.SITE, lambda db, desk, **at: hosting.invite(db, **at, **PERSON, now=NOW)),
    "list_moderators": (Action.SITE, lambda db, desk, **at: hosting.list_moderators(db, **at)),
    "remove_moderator": (Action.SITE, lambda db, desk, **at: hosting.remove_moderator(db, **at, moderator_id=new_id())),
    "roll_back": (Action.ROLL_BACK, lambda db, desk, **at: learning.roll_back(db, **at, revision=0, now=NOW)),
}


@pytest.mark.parametrize("roles", EVERY, ids=lambda roles: "+".join(sorted(roles)) or "nobody")
@pytest.mark.parametrize("name", ACTS)
def test_an_act_is_for_the_roles_that_the_table_names(desk: Desk, name: str, roles: frozenset[Role]):
    action, act = ACTS[name]

    def stored() -> list[Any]:
        tables = (SiteRow, KeyRow, RuleRow, MembershipRow, SignInLinkRow, EventRow)
        with desk.database.snapshot() as db:
            site = hosting.list_sites(db)[0]
        return [site, *(desk.count(table) for table in tables)]

    before = stored()
    with desk.database.transaction() as db:
        if may(roles, action):
            with suppress(NotFound, Conflict):  # allowed, and nothing is there to do it with
                act(db, desk, site_id=desk.site.site.id, by=roles)
            return
        with pytest.raises(Forbidden) as refused:
            act(db, desk, site_id=desk.site.site.id, by=roles)
    assert refused.value.code == "role.forbidden"
    assert stored() == before


def test_every_verb_that_asks_for_roles_has_its_line_here():
    asking = {
        name
        for module in (hosting, learning)
        for name, verb in vars(module).items()
        if isfunction(verb) and not name.startswith("_")
        if "by" in signature(verb).parameters
    }
    assert asking == {name.partition(":")[0] for name in ACTS}
