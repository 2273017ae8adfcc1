"""Values that judging accepts and refuses: an invalid one cannot be built."""

import math
from dataclasses import FrozenInstanceError
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.judging.comment import LIMITS, Author, Comment
from moderation.judging.decision import Decision
from moderation.judging.signal import Reason, Signal
from moderation.vocabulary import Actor, Verdict
from tests.support import factories

REASONS = (Reason("test", "The test says so."), Reason("test.second", "It says more."))
NO_PROBABILITY = [math.nan, math.inf, -math.inf, -0.1, -1e-12, 1.0000001, 2.0]


@pytest.mark.parametrize("score", NO_PROBABILITY)
def test_a_signal_refuses_what_is_no_probability(score: float):
    with pytest.raises(ValueError, match="from 0 to 1"):
        Signal(score, REASONS)


@pytest.mark.parametrize("score", NO_PROBABILITY)
def test_a_decision_refuses_what_is_no_probability(score: float):
    with pytest.raises(ValueError, match="from 0 to 1"):
        Decision(Verdict.PUBLISH, Actor.POLICY, REASONS, score=score)


@given(st.floats(0, 1))
def test_every_probability_is_a_signal(score: float):
    assert Signal(score, REASONS).score == score


def test_nothing_travels_without_reasons():
    with pytest.raises(ValueError, match="without its reasons"):
        Signal(0.5, ())
    with pytest.raises(ValueError, match="without its reasons"):
        Decision(Verdict.HOLD, Actor.POLICY, ())


@pytest.mark.parametrize("verdict", [Verdict.PUBLISH, Verdict.HOLD])
def test_only_what_is_removed_can_be_discarded(verdict: Verdict):
    with pytest.raises(ValueError, match="only what is removed"):
        Decision(verdict, Actor.POLICY, REASONS, is_discardable=True)
    assert Decision(Verdict.REMOVE, Actor.POLICY, REASONS, is_discardable=True).is_discardable


def test_the_main_reason_is_the_first():
    assert Decision(Verdict.HOLD, Actor.POLICY, REASONS).main_reason is REASONS[0]


def test_a_decision_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        Decision(Verdict.HOLD, Actor.POLICY, REASONS).verdict = Verdict.PUBLISH  # type: ignore[misc] # the very point


def of_length(name: str, length: int, fill: str = "x") -> dict[str, Any]:
    """The arguments of a comment whose named field is so long."""
    if name == "role":
        return {"author": Author(roles=frozenset({fill * length}))}
    if name in {"name", "email", "url"}:
        return {"author": Author(**{name: fill * length})}
    return {name: fill * length}


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_a_field_at_its_limit_is_accepted_and_one_more_is_refused(name: str, limit: int):
    factories.comment(**of_length(name, limit))
    with pytest.raises(ValueError, match=f"{name} is too long"):
        factories.comment(**of_length(name, limit + 1))


@pytest.mark.parametrize("fill", ["\x00", "\ud800"], ids=["NUL", "half a pair"])
@pytest.mark.parametrize("name", [*LIMITS, "parent_external_id", "page_external_id"])
def test_what_no_database_can_hold_is_refused_in_every_field(name: str, fill: str):
    with pytest.raises(ValueError, match=r"cannot be stored"):
        factories.comment(**of_length(name, 1, fill))


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        factories.comment(submitted_at=factories.NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("content", "name", "url", "is_blank"),
    [
        ("", "", "", True),
        (" \n\t", "\u00a0", "  ", True),
        ("x", "", "", False),
        ("", "Ann", "", False),
        ("", "", "https://ann.example", False),
    ],
)
def test_a_comment_is_blank_when_there_is_nothing_to_judge(content: str, name: str, url: str, is_blank: bool):
    assert Comment("https://blog.example", content, author=Author(name=name, url=url)).is_blank is is_blank


def test_an_email_address_alone_is_nothing_to_judge():
    assert Comment("https://blog.example", "", author=Author(email="ann@example.org", ip="192.0.2.7")).is_blank
