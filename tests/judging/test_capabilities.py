"""Who may do what: every cell of the table is stated here, so that a changed one is a changed test."""

import pytest

from moderation.errors import Forbidden
from moderation.judging.capabilities import MANY, MAY, Action, may, permit
from moderation.vocabulary import Role

STATED = {  # action -> moderator, lead, operator
    Action.READ: (True, True, True),
    Action.DECIDE: (True, True, False),
    Action.DECIDE_MANY: (False, True, False),
    Action.TAKE_OVER: (False, True, False),
    Action.HEAR: (True, True, False),
    Action.RULES: (False, True, True),
    Action.ROLL_BACK: (False, True, True),
    Action.SITE: (False, False, True),
}
CELLS = [(role, action, cell) for action, row in STATED.items() for role, cell in zip(Role, row, strict=True)]


def test_every_action_and_role_is_stated():
    assert set(STATED) == set(Action) == set(MAY)
    assert [*Role] == [Role.MODERATOR, Role.LEAD, Role.OPERATOR]


@pytest.mark.parametrize(("role", "action", "cell"), CELLS)
def test_a_role_may_what_the_table_says(role: Role, action: Action, cell: bool):
    assert may({role}, action) is cell
    if cell:
        permit({role}, action)
    else:
        with pytest.raises(Forbidden):
            permit({role}, action)


@pytest.mark.parametrize("action", Action)
def test_who_has_no_role_may_nothing_and_two_roles_add_up(action: Action):
    assert not may(set(), action)
    with pytest.raises(Forbidden):
        permit((), action)
    assert may({Role.MODERATOR, Role.OPERATOR}, action) is (STATED[action][0] or STATED[action][2])


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (Action.SITE, "Only an operator of this site may change keys, people and settings."),
        (Action.RULES, "Only a lead or an operator of this site may change rules and thresholds."),
        (Action.DECIDE_MANY, "Only a lead of this site may decide about more than 50 comments at once."),
    ],
)
def test_a_refusal_names_who_may(action: Action, said: str):
    with pytest.raises(Forbidden, match=said) as refused:
        permit((), action)
    assert refused.value.code == "role.forbidden"


def test_many_are_as_many_as_the_words_say():
    assert f"more than {MANY} " in Action.DECIDE_MANY.value
