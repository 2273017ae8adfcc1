"""A page speaks the reader's language; what a catalogue lacks is said in English and marked, never dropped."""

from datetime import UTC, datetime

import pytest
from fastapi import Request
from jinja2 import Environment

from moderation.judging.facts import Fact, Provenance
from moderation.web import language, pages

AT = datetime(2026, 11, 2, 21, 5, tzinfo=UTC)


def asks(query: str = "", accepts: str = "") -> Request:
    headers = [(b"accept-language", accepts.encode())]
    return Request({"type": "http", "headers": headers, "query_string": query.encode()})


@pytest.mark.parametrize(
    ("query", "accepts", "code"),
    [
        ("", "", "en"),
        ("lang=de", "", "de"),
        ("lang=de", "en", "de"),
        ("lang=xx", "de-AT", "de"),
        ("lang=de-AT", "", "de"),
        ("lang=DE", "", "de"),
        ("lang=de_CH", "en", "de"),
        ("lang=deutsch", "", "en"),
        ("", "de;q=0", "en"),
        ("", "de;q=0.0, fr;q=0.5", "en"),
        ("", "DE", "de"),
        ("", "den", "en"),
        ("", "de-DE,de;q=0.9,en;q=0.8", "de"),
        ("", "en;q=0.1,de;q=0.9", "de"),
        ("", "fr, de;q=0.5", "de"),
        ("", "fr,es", "en"),
        ("", "de;q=nonsense, en", "en"),
        ("", ";;;,,,q=" * 200, "en"),
    ],
)
def test_the_reader_chooses_by_address_then_by_browser(query: str, accepts: str, code: str):
    assert language.chosen(asks(query, accepts)) == code


def test_a_language_is_spoken_only_inside():
    with language.speaking("de"):
        assert (language.current(), language.gettext("the writer")) == ("de", "die schreibende Person")
    assert (language.current(), language.gettext("the writer")) == ("en", "the writer")


def test_a_language_that_is_not_there_is_english():
    with language.speaking("tlh"):
        assert language.current() == "en"


def test_what_the_catalogue_lacks_stays_english_and_says_so():
    template = environment().from_string("{{ said | say }}|{{ 'the writer' | say }}")
    with language.speaking("de"):
        shown = template.render(said="<b>No such sentence</b>")
    assert shown == '<span lang="en">&lt;b&gt;No such sentence&lt;/b&gt;</span>|die schreibende Person'
    assert template.render(said="Sentence") == "Sentence|the writer"


def test_a_missing_fact_is_said_to_be_missing_in_each_language():
    declared = Fact("dpo", None, Provenance.DECLARED, "a setting")
    with language.speaking("de"):
        assert pages.stated(declared) == "vom Betreiber nicht angegeben"
    assert pages.stated(declared) == "not stated by the operator"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("en", ("2 November 2026, 21:05 UTC", "2 November 2026", "1 day", "36 hours", "0.7", "7", "yes, no or none")),
        (
            "de",
            (
                "2. November 2026, 21:05 UTC",
                "2. November 2026",
                "1 Tag",
                "36 Stunden",
                "0,7",
                "7",
                "ja, nein oder nichts",
            ),
        ),
    ],
)
def test_times_numbers_and_lists_are_the_languages_own(code: str, said: tuple[str, ...]):
    with language.speaking(code):
        words = (language.day_and_time(AT), language.day(AT), language.span(1, "day"), language.span(36, "hour"))
        numbers = (language.number(0.7), language.number(7), str(pages.listing(("yes", "no", "none"), last="or")))
    assert (*words, *numbers) == said


@pytest.mark.parametrize(("code", "said"), [("en", "at once"), ("de", "sofort")])
def test_a_wait_of_no_length_is_said_in_words(code: str, said: str):
    with language.speaking(code):
        assert [pages.kept("PT0H"), pages.lasted("PT0H"), pages.kept("P0D")] == [said] * 3


def test_each_language_says_who_has_looked_at_it():
    assert language.review("en") == ""
    assert all(language.review(code) for code in language.NAMES if code != "en")


def environment() -> Environment:
    return pages.environment()
