"""A statement of reasons as the DSA Transparency Database takes it (schema v2), and that schema's rules; it sends none.

A restriction is said to rest on the website's own rules. That something is against the law only a person can say.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from moderation.judging import dsa_names as names
from moderation.judging.statement import Automation, Measure, Source, Statement
from moderation.vocabulary import Category

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """What the database calls a category of ours; `other` is written where it has no keyword for it."""

    category: str
    keyword: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Illegal:
    """On which law a person rests a decision, and why."""

    legal_ground: str
    explanation: str


KINDS: Final[Mapping[Category, Kind]] = {
    Category.SPAM: Kind("STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "KEYWORD_OTHER", "Spam"),
    Category.INSULT: Kind("STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", "KEYWORD_OTHER", "Insult"),
    Category.HARASSMENT: Kind("STATEMENT_CATEGORY_CYBER_VIOLENCE", "KEYWORD_CYBER_HARASSMENT"),
    Category.HATE: Kind("STATEMENT_CATEGORY_ILLEGAL_OR_HARMFUL_SPEECH", "KEYWORD_HATE_SPEECH"),
    Category.THREAT: Kind("STATEMENT_CATEGORY_VIOLENCE", "KEYWORD_INCITEMENT_VIOLENCE_HATRED"),
    Category.SEXUAL: Kind("STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "KEYWORD_ADULT_SEXUAL_MATERIAL"),
    Category.OFF_TOPIC: Kind("STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "KEYWORD_OTHER", "Off topic"),
    Category.MISINFORMATION: Kind(
        "STATEMENT_CATEGORY_NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS", "KEYWORD_MISINFORMATION_DISINFORMATION"
    ),
    Category.PERSONAL_DATA: Kind(
        "STATEMENT_CATEGORY_DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", "KEYWORD_OTHER", "Personal data of others"
    ),
    Category.OTHER: Kind("STATEMENT_CATEGORY_OTHER_VIOLATION_TC", "KEYWORD_OTHER", "The website's own rules"),
}
_SOURCES: Final[Mapping[Source, str]] = {
    Source.PROGRAM: "SOURCE_VOLUNTARY",
    Source.OWN: "SOURCE_VOLUNTARY",
    Source.REPORT: "SOURCE_TYPE_OTHER_NOTIFICATION",
}
_AUTOMATION: Final[Mapping[Automation, str]] = {
    Automation.FULLY: "AUTOMATED_DECISION_FULLY",
    Automation.PARTIALLY: "AUTOMATED_DECISION_PARTIALLY",
    Automation.NOT: "AUTOMATED_DECISION_NOT_AUTOMATED",
}
_YES_NO: Final = {True: "Yes", False: "No"}
_PUID: Final = re.compile(r"[a-zA-Z0-9_-]{1,500}")
_LANGUAGE: Final = re.compile(r"[A-Z]{2}")
_URL: Final = re.compile(r"https?://[^\s/]+\S*")
_LONGEST: Final = {
    "decision_visibility_other": 500,
    "illegal_content_legal_ground": 500,
    "illegal_content_explanation": 2_000,
    "incompatible_content_ground": 500,
    "incompatible_content_explanation": 2_000,
    "decision_ground_reference_url": 500,
    "category_specification_other": 500,
    "decision_facts": 5_000,
}
_NEEDED: Final = (
    *("puid", "decision_visibility", "decision_ground", "content_type", "category", "territorial_scope"),
    *("content_date", "application_date", "decision_facts", "source_type", "automated_detection", "automated_decision"),
)
_WORDS: Final = {
    "decision_ground": names.GROUNDS,
    "category": names.CATEGORIES,
    "source_type": names.SOURCES,
    "automated_decision": names.AUTOMATED_DECISIONS,
    "automated_detection": frozenset({"Yes", "No"}),
    "incompatible_content_illegal": frozenset({"Yes", "No"}),
}
_LISTS: Final = {
    "decision_visibility": names.VISIBILITIES,
    "content_type": names.CONTENT_TYPES,
    "category_specification": names.KEYWORDS,
    "territorial_scope": frozenset(names.EUROPEAN_ECONOMIC_AREA),
}
_OLDEST: Final = {"content_date": date(2000, 1, 1), "application_date": date(2020, 1, 1)}
_CASES: Final = {  # field -> where it is needed, and where alone it is allowed
    "illegal_content_legal_ground": ("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT"),
    "illegal_content_explanation": ("decision_ground", "DECISION_GROUND_ILLEGAL_CONTENT"),
    "incompatible_content_ground": ("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT"),
    "incompatible_content_explanation": ("decision_ground", "DECISION_GROUND_INCOMPATIBLE_CONTENT"),
    "decision_visibility_other": ("decision_visibility", "DECISION_VISIBILITY_OTHER"),
}


def is_restriction(statement: Statement) -> bool:
    """Returns whether a statement is owed: what is held is not decided yet."""
    return statement.measure is not Measure.HELD


def is_bulk(statement: Statement) -> bool:
    """Returns whether it is about spam: no statement is owed for deceptive commercial bulk (DSA, Article 17(2))."""
    return statement.category is Category.SPAM


def record(
    statement: Statement,
    *,
    puid: str,
    received_at: datetime,
    language: str | None = None,
    illegal: Illegal | None = None,
) -> Record:
    """Returns a statement under the schema's names; no text in it comes from the comment or from a person's hand.

    Raises:
        ValueError: where a program alone would say that something is against the law.
    """
    if illegal is not None and statement.automated_decision is Automation.FULLY:
        raise ValueError("that something is against the law only a person can say")
    kind = KINDS[statement.category]
    as_decided = replace(statement, ended_at=None)  # the same words whenever it is made
    made: Record = {
        "puid": puid,
        "decision_visibility": ["DECISION_VISIBILITY_CONTENT_DISABLED"],  # the row stays, so that it can be put back
        **_ground(statement, illegal),
        "decision_ground_reference_url": statement.reference,
        "content_type": ["CONTENT_TYPE_TEXT"],
        "category": kind.category,
        "category_specification": [kind.keyword],
        "territorial_scope": list(names.EUROPEAN_ECONOMIC_AREA),
        "content_date": f"{received_at:%Y-%m-%d}",
        "application_date": f"{statement.decided_at:%Y-%m-%d}",
        "decision_facts": " ".join((*as_decided.facts, as_decided.scope)),
        "source_type": _SOURCES[statement.source],
        "automated_detection": _YES_NO[statement.automated_detection],
        "automated_decision": _AUTOMATION[statement.automated_decision],
    }
    if kind.other:
        made["category_specification_other"] = kind.other
    code = (language or "")[:2].upper()
    if _LANGUAGE.fullmatch(code) and not (language or "")[2:3].isalpha():
        made["content_language"] = code
    return made


def _ground(statement: Statement, illegal: Illegal | None) -> Record:
    if illegal is not None:
        return {
            "decision_ground": "DECISION_GROUND_ILLEGAL_CONTENT",
            "illegal_content_legal_ground": illegal.legal_ground,
            "illegal_content_explanation": illegal.explanation,
        }
    return {
        "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
        "incompatible_content_ground": statement.ground,
        "incompatible_content_explanation": " ".join(statement.explanation),
    }


def faults(made: Mapping[str, Any]) -> tuple[str, ...]:
    """Returns what the schema would refuse in a record; nothing where it would take it."""
    return tuple(_faults(made))


def _faults(made: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{name}: no field of ours" for name in sorted(made.keys() - names.FIELDS))
    yield from (f"{name}: missing" for name in _NEEDED if not made.get(name))
    for name, words in _WORDS.items():
        if name in made and made[name] not in words:
            yield f"{name}: no such word"
    for name, words in _LISTS.items():
        value = made.get(name, [])
        if not isinstance(value, list) or not words.issuperset(value) or len(set(value)) != len(value):
            yield f"{name}: no list of such words"
    for name, most in _LONGEST.items():
        if name in made and not (isinstance(made[name], str) and 0 < len(made[name]) <= most):
            yield f"{name}: no text of at most {most} characters"
    yield from _faults_of_cases(made)
    yield from _faults_of_forms(made)


def _faults_of_cases(made: Mapping[str, Any]) -> Iterator[str]:
    for name, (other, word) in _CASES.items():
        is_case = word in made.get(other, ()) if isinstance(made.get(other), list) else made.get(other) == word
        if is_case != (name in made):
            yield f"{name}: {'missing' if is_case else 'not allowed'} beside this {other}"
    if "category_specification_other" in made and "KEYWORD_OTHER" not in made.get("category_specification", ()):
        yield "category_specification_other: not allowed without KEYWORD_OTHER"
    if "incompatible_content_illegal" in made and "incompatible_content_ground" not in made:
        yield "incompatible_content_illegal: not allowed beside this decision_ground"
    illegal = made.get("decision_ground") == "DECISION_GROUND_ILLEGAL_CONTENT"
    if illegal and made.get("automated_decision") == "AUTOMATED_DECISION_FULLY":
        yield "decision_ground: that something is against the law only a person can say"


def _faults_of_forms(made: Mapping[str, Any]) -> Iterator[str]:
    for name, form in (("puid", _PUID), ("content_language", _LANGUAGE), ("decision_ground_reference_url", _URL)):
        if name in made and not form.fullmatch(str(made[name])):
            yield f"{name}: not in its form"
    days = {name: _day(made.get(name)) for name in _OLDEST}
    for name, oldest in _OLDEST.items():
        day = days[name]
        if day is None or day < oldest:
            yield f"{name}: no day from {oldest} on"


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(text) if isinstance(text, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None
