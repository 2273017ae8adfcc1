"""What each role may do at its own site: the one table, as data (security.md 4.1); it knows no person."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from moderation.errors import Forbidden
from moderation.vocabulary import Role


class Action(StrEnum):
    """Something that a signed-in person asks for at a site."""

    READ = "read the site's comments"
    DECIDE = "decide about comments, take decisions back, put them off, note and escalate"
    DECIDE_MANY = "decide about more than 50 comments at once"
    TAKE_OVER = "take over a comment that somebody else is on"
    HEAR = "hear writers who ask for another look"
    RULES = "change rules and thresholds"
    ROLL_BACK = "take back what the model has learnt"
    SITE = "change keys, people and settings"


MANY: Final = 50
"""Comments decided at once up to which a moderator needs nobody; beyond, the number is typed in as well."""
_ARTICLE: Final[Mapping[Role, str]] = {Role.MODERATOR: "a", Role.LEAD: "a", Role.OPERATOR: "an"}
COMMAND: Final = frozenset(Role)
"""Whoever can run the command has the database itself, and so every right there is."""
_M, _L, _O = Role.MODERATOR, Role.LEAD, Role.OPERATOR
MAY: Final[Mapping[Action, frozenset[Role]]] = {
    Action.READ: frozenset({_M, _L, _O}),
    Action.DECIDE: frozenset({_M, _L}),
    Action.DECIDE_MANY: frozenset({_L}),
    Action.TAKE_OVER: frozenset({_L}),
    Action.HEAR: frozenset({_M, _L}),
    Action.RULES: frozenset({_L, _O}),
    Action.ROLL_BACK: frozenset({_L, _O}),
    Action.SITE: frozenset({_O}),
}


def may(roles: Collection[Role], action: Action) -> bool:
    """Returns whether somebody with these roles at a site may do something there."""
    return not MAY[action].isdisjoint(roles)


def permit(roles: Collection[Role], action: Action) -> None:
    """Raises Forbidden, naming who may, where somebody with these roles at a site may not do something there."""
    if not may(roles, action):
        able = " or ".join(f"{_ARTICLE[role]} {role.value}" for role in Role if role in MAY[action])
        raise Forbidden(f"Only {able} of this site may {action.value}.", code="role.forbidden")
