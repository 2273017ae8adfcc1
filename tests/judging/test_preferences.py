"""What a moderator may choose for themselves; what would make a key do two things, or none, is refused."""

import json
import string
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.judging.preferences import BREAKS, KEY_WORDS, KEYS, SEVERE, Fold, Preferences
from moderation.vocabulary import Category, Order

FREE = sorted(set(string.ascii_lowercase + "0-=[];'") - set(KEYS.values()))


def keys(**changes: Any) -> dict[str, Any]:
    return {"keys": {**KEYS, **changes}}


def test_as_delivered_nothing_spares_and_every_key_works():
    assert Preferences() == Preferences.of({}) == Preferences(KEYS, True, Fold.NOTHING, False, 0, Order.USEFUL)
    assert KEYS.keys() == KEY_WORDS.keys()
    assert len(set(KEYS.values())) == len(KEYS)
    assert not SEVERE - set(Category)


@pytest.mark.parametrize(
    "given_",
    [
        keys(approve="y"),
        keys(approve="s", spam="a"),
        keys(help="0"),
        {"keys": {"undo": "q"}},
        {"single_keys": False},
        {"fold": "reported"},
        {"greyscale": True},
        {"order": "oldest"},
        *[{"break_after": minutes} for minutes in BREAKS],
    ],
    ids=str,
)
def test_what_is_chosen_is_kept_and_read_back(given_: dict[str, Any]):
    chosen = Preferences.of(given_)
    assert Preferences.of(json.loads(json.dumps(chosen.as_json()))) == chosen
    for name, value in given_.items():
        if name == "keys":
            assert chosen.keys == {**KEYS, **value}
        else:
            assert getattr(chosen, name) == value


@pytest.mark.parametrize(
    ("given_", "why"),
    [
        (keys(approve="s"), "each key does one thing"),
        (keys(approve="z"), "each key does one thing"),
        *[(keys(approve=digit), "digits 1 to 9 choose a reason") for digit in "19"],
        (keys(approve="Y"), "small letters; Shift means all"),
        (keys(approve="A"), "small letters; Shift means all"),
        (keys(approve="S"), "each key does one thing"),
        *[
            (keys(approve=key), "one letter or sign of a plain keyboard")
            for key in ("", "ab", " ", "\n", "é", "☃", "\x7f", None, 7, ["a"])
        ],
        ({"keys": ["a"]}, "each action has a key"),
        ({"keys": "approve"}, "each action has a key"),
        ({"keys": None}, "each action has a key"),
        *[({"break_after": minutes}, "a break is proposed after") for minutes in (1, -1, 31, 1e9, True, "45", None)],
        ({"fold": "some"}, "some"),
        ({"order": ""}, "Order"),
        *[({"greyscale": value}, "on or off") for value in ("yes", 1, None)],
        ({"single_keys": "no"}, "on or off"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_and_says_why(given_: dict[str, Any], why: str):
    with pytest.raises(ValueError, match=why):
        Preferences.of(given_)


def test_an_action_without_a_key_is_refused():
    with pytest.raises(ValueError, match="each action has a key"):
        Preferences({"approve": "a"})


def test_keys_of_actions_that_are_gone_and_names_that_are_unknown_are_left_out():
    assert Preferences.of({"keys": {"retired": "s"}, "theme": "dark"}) == Preferences()


@given(st.permutations(sorted({*FREE, *KEYS.values()})))
def test_any_exchange_of_plain_keys_is_possible(pressed: list[str]):
    chosen = dict(zip(KEYS, pressed, strict=False))
    assert Preferences.of({"keys": chosen}).keys == chosen


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*Preferences.__dataclass_fields__, "other"]), json_values))
def test_whatever_was_sent_or_stored_is_accepted_or_refused_and_nothing_else(given_: dict[str, Any]):
    try:
        chosen = Preferences.of(given_)
    except ValueError:
        return
    assert Preferences.of(chosen.as_json()) == chosen
