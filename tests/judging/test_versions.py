"""Versions of a notice: what differs, and a chain in which nothing can be changed unseen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderation.judging.facts import Fact, Notice, Provenance
from moderation.judging.versions import Change, Difference, Version, chained, differences, first_broken, text_of

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def version(**facts: Any) -> Version:
    told = {name: {"value": value, "provenance": "settings"} for name, value in facts.items()}
    return Version(1, "", AT, "", told)


def links(*notices: Notice) -> list[tuple[Version, str]]:
    made, previous = [], ""
    for number, notice in enumerate(notices, start=1):
        since, facts = AT + timedelta(days=number), text_of(notice)
        previous = chained(previous, notice.version, since, facts)
        made.append((Version(number, notice.version, since, previous, {}), facts))
    return made


def notice(hold_at: float) -> Notice:
    rule = Fact("hold_at", hold_at, Provenance.SETTINGS, "the policy")
    return Notice((rule, Fact("held", 12, Provenance.MEASURED, "counted", AT)))


def test_each_fact_that_came_went_or_changed_is_told_with_both_values():
    assert differences(version(a=1, b=(1, 2), c=None), version(b=[1, 3], c=None, d="x")) == (
        Difference("a", Change.REMOVED, before=1),
        Difference("b", Change.CHANGED, (1, 2), [1, 3]),
        Difference("d", Change.ADDED, after="x"),
    )


def test_a_fact_that_was_not_known_is_no_fact_that_was_not_told():
    assert differences(version(a=None), version(a=1)) == (Difference("a", Change.CHANGED, None, 1),)


def test_in_the_first_version_everything_is_new():
    assert {one.change for one in differences(None, version(a=1, b=None))} == {Change.ADDED}
    assert differences(version(a=1), version(a=1)) == ()


def test_what_is_kept_of_a_version_is_what_its_name_is_the_digest_of():
    assert "held" not in text_of(notice(0.7))
    assert first_broken(links(notice(0.7), notice(0.6), notice(0.7))) is None
    assert first_broken([]) is None


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("what", ["facts", "version", "in_force_since", "digest", "number"])
def test_what_is_changed_afterwards_breaks_the_chain_where_it_was_changed(what: str, at: int):
    chain = links(notice(0.7), notice(0.6), notice(0.5))
    one, facts = chain[at]
    other = {"version": "0" * 64, "digest": "0" * 64, "in_force_since": AT, "number": 9}
    chain[at] = (one, facts.replace("0.", "1.")) if what == "facts" else (replace(one, **{what: other[what]}), facts)
    assert first_broken(chain) == at + 1


def test_a_version_that_is_taken_out_or_moved_breaks_the_chain():
    chain = links(notice(0.7), notice(0.6), notice(0.5))
    assert first_broken([chain[0], chain[2]]) == 2
    assert first_broken([chain[1], chain[0], chain[2]]) == 1
