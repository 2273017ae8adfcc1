"""Statements under the DSA database's names: every category has a valid pair, and the schema's rules are kept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from moderation.clock import new_id
from moderation.judging import dsa, dsa_names
from moderation.judging.dsa import KINDS, Illegal, faults, record
from moderation.judging.statement import Automation, Measure, Source, Statement
from moderation.vocabulary import Category

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
STATEMENT = Statement(
    decision_id=new_id(),
    measure=Measure.REFUSED,
    ground="The website does not show insults.",
    reference="https://comments.example/sites/1/comment-data/history",
    explanation=("A moderator looked at it.",),
    source=Source.OWN,
    automated_detection=False,
    automated_decision=Automation.PARTIALLY,
    model="",
    category=Category.INSULT,
    decided_at=NOW,
)


def made(*, of: Statement = STATEMENT, **changes: Any) -> dict[str, Any]:
    found = record(of, puid="a-puid_1", received_at=NOW - timedelta(days=1), language="de")
    return {name: value for name, value in (found | changes).items() if value is not ...}


def test_the_pinned_names_are_as_many_as_the_schema_has():
    counts = [len(dsa_names.CATEGORIES), len(dsa_names.KEYWORDS), len(dsa_names.VISIBILITIES), len(dsa_names.SOURCES)]
    assert counts == [16, 69, 7, 4]
    assert len(dsa_names.EUROPEAN_ECONOMIC_AREA) == 30


@pytest.mark.parametrize("category", Category)
def test_every_category_maps_to_a_pair_that_exists(category: Category):
    kind = KINDS[category]
    assert kind.category in dsa_names.CATEGORIES
    assert kind.keyword in dsa_names.KEYWORDS
    assert bool(kind.other) == (kind.keyword == "KEYWORD_OTHER")
    assert faults(made(of=replace(STATEMENT, category=category))) == ()


def test_no_pair_is_left_for_a_category_that_is_gone():
    assert set(KINDS) == set(Category)


def test_a_record_says_the_same_once_the_decision_is_over():
    held = replace(STATEMENT, measure=Measure.HELD)
    assert made(of=replace(held, ended_at=NOW)) == made(of=held)


def test_a_record_says_what_the_statement_says():
    found = made()
    assert found["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_DISABLED"]
    assert found["decision_ground"] == "DECISION_GROUND_INCOMPATIBLE_CONTENT"
    assert (found["content_date"], found["application_date"]) == ("2026-11-27", "2026-11-28")
    assert (found["source_type"], found["automated_detection"]) == ("SOURCE_VOLUNTARY", "No")
    assert (found["automated_decision"], found["content_language"]) == ("AUTOMATED_DECISION_PARTIALLY", "DE")
    assert faults(found) == ()


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("automation", Automation)
def test_every_source_and_automation_has_its_word(source: Source, automation: Automation):
    found = made(of=replace(STATEMENT, source=source, automated_decision=automation))
    assert faults(found) == ()
    assert (found["source_type"] == "SOURCE_TYPE_OTHER_NOTIFICATION") == (source is Source.REPORT)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", "DE"),
        ("de-AT", "DE"),
        ("pt_BR", "PT"),
        ("deu", None),
        ("", None),
        (None, None),
        ("d", None),
        ("12", None),
    ],
)
def test_a_language_is_told_where_it_has_a_code_of_two_letters(language: str | None, said: str | None):
    found = record(STATEMENT, puid="p", received_at=NOW, language=language)
    assert found.get("content_language") == said


def test_only_a_person_says_that_something_is_against_the_law():
    law = Illegal("Section 185 of the criminal code", "It insults a person by name.")
    by_person = record(STATEMENT, puid="p", received_at=NOW, illegal=law)
    assert (by_person["decision_ground"], faults(by_person)) == ("DECISION_GROUND_ILLEGAL_CONTENT", ())
    alone = replace(STATEMENT, automated_decision=Automation.FULLY)
    with pytest.raises(ValueError, match="only a person"):
        record(alone, puid="p", received_at=NOW, illegal=law)
    assert faults(by_person | {"automated_decision": "AUTOMATED_DECISION_FULLY"}) != ()


@pytest.mark.parametrize("name", sorted(set(made()) - {"decision_ground_reference_url", "content_language"}))
def test_a_record_that_lacks_what_is_needed_is_refused(name: str):
    if name.startswith("category_specification"):
        return  # optional in the schema
    assert any(fault.startswith(name) for fault in faults(made(**{name: ...})))


@pytest.mark.parametrize(
    "changes",
    [
        {"puid": "with space"},
        {"puid": "a" * 501},
        {"puid": ""},
        {"decision_visibility": []},
        {"decision_visibility": "DECISION_VISIBILITY_CONTENT_DISABLED"},
        {"decision_visibility": ["DECISION_VISIBILITY_GONE"]},
        {"decision_visibility": ["DECISION_VISIBILITY_OTHER"]},
        {"decision_visibility_other": "without need"},
        {"decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT"},
        {"illegal_content_explanation": "beside another ground"},
        {"incompatible_content_ground": "a" * 501},
        {"incompatible_content_explanation": "a" * 2_001},
        {"incompatible_content_illegal": "Perhaps"},
        {"decision_ground_reference_url": "javascript:alert(1)"},
        {"decision_ground_reference_url": f"https://a.example/{'a' * 500}"},
        {"content_type": ["CONTENT_TYPE_COMMENT"]},
        {"category": "STATEMENT_CATEGORY_SPAM"},
        {"category_specification": ["KEYWORD_SPAM"]},
        {"category_specification": ["KEYWORD_DEFAMATION"]},
        {"territorial_scope": ["US"]},
        {"territorial_scope": ["DE", "DE"]},
        {"content_language": "de"},
        {"content_date": "1999-12-31"},
        {"application_date": "2019-12-31"},
        {"application_date": "2026-11-28T12:00"},
        {"application_date": "2026-02-30"},
        {"application_date": 20_261_128},
        {"decision_facts": "a" * 5_001},
        {"decision_facts": " " * 0},
        {"source_type": "SOURCE_OWN"},
        {"automated_detection": True},
        {"automated_decision": "Yes"},
        {"content": "the comment itself"},
    ],
    ids=str,
)
def test_what_breaks_the_schema_is_found(changes: dict[str, Any]):
    assert faults(made(**changes)) != ()


def test_what_is_held_is_no_restriction_yet_and_spam_is_bulk():
    assert [dsa.is_restriction(replace(STATEMENT, measure=one)) for one in Measure] == [
        one is not Measure.HELD for one in Measure
    ]
    assert [dsa.is_bulk(replace(STATEMENT, category=one)) for one in Category] == [
        one is Category.SPAM for one in Category
    ]
