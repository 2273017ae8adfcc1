"""Facts and the digests of a notice."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from moderation.judging.facts import Fact, Notice, Provenance

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
RULE = Fact("hold_at", 0.7, Provenance.SETTINGS, "the policy")
COUNT = Fact("held", 12, Provenance.MEASURED, "counted", AT)


def test_what_is_measured_has_its_moment_and_nothing_else_has():
    for wrong in (lambda: replace(COUNT, observed_at=None), lambda: replace(RULE, observed_at=AT)):
        with pytest.raises(ValueError, match="measured"):
            wrong()


def test_a_fact_stands_once():
    with pytest.raises(ValueError, match="once"):
        Notice((RULE, RULE))


@pytest.mark.parametrize(
    ("changed", "moves_version", "moves_snapshot"),
    [
        (replace(RULE, value=0.8), True, True),
        (replace(RULE, value=None), True, True),
        (replace(RULE, provenance=Provenance.DECLARED), True, True),
        (replace(RULE, id="hold"), True, True),
        (replace(COUNT, value=13), False, True),
        (replace(COUNT, observed_at=AT.replace(hour=13)), False, False),
        (replace(RULE, source="elsewhere"), False, False),
    ],
)
def test_the_version_follows_rules_and_the_snapshot_figures_too(
    changed: Fact, *, moves_version: bool, moves_snapshot: bool
):
    notice = Notice((RULE, COUNT))
    other = Notice((changed, COUNT) if changed.provenance is not Provenance.MEASURED else (RULE, changed))
    assert (other.version != notice.version, other.snapshot != notice.snapshot) == (moves_version, moves_snapshot)


def test_the_order_of_facts_and_of_keys_moves_no_digest():
    one = Fact("kept", {"a": 1, "b": ("x", None)}, Provenance.SCHEMA, "tables")
    other = Fact("kept", {"b": ("x", None), "a": 1}, Provenance.SCHEMA, "tables")
    assert Notice((RULE, one)).version == Notice((other, RULE)).version


def test_what_is_unknown_is_listed():
    missing = Fact("dpo", None, Provenance.DECLARED, "a setting")
    assert Notice((RULE, missing)).unknown == (missing,)


def test_a_fact_is_json_with_its_provenance():
    assert json.loads(json.dumps(COUNT.as_json())) == {
        "value": 12,
        "provenance": "measured",
        "source": "counted",
        "observed_at": "2026-11-22T12:00:00+00:00",
    }
