"""The words that templates make of values, and plain text made of a page."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from jinja2 import UndefinedError

from moderation.judging.facts import Fact, Provenance
from moderation.web import language, pages


def fact(value: Any, provenance: Provenance = Provenance.SETTINGS) -> Fact:
    return Fact("id", value, provenance, "somewhere")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (fact("Ann"), "Ann"),
        (fact(0), "0"),
        (fact(0.123456), "0.1235"),
        (fact(value=True), "yes"),
        (fact(value=False), "no"),
        (fact(()), "none"),
        (fact(("a",)), "a"),
        (fact(("a", "b", "c")), "a, b and c"),
        (fact(None), "not known"),
        (fact(None, Provenance.DECLARED), "not stated by the operator"),
    ],
)
def test_a_fact_is_stated_in_words(given: Fact, said: str):
    assert pages.stated(given) == said


@pytest.mark.parametrize(
    ("duration", "said"),
    [
        ("PT24H", "24 hours"),
        ("PT1H", "1 hour"),
        ("PT48H", "2 days"),
        ("P3DT60H", "5 days 12 hours"),
        ("PT1M", "1 minute"),
        ("PT1H30M", "1 hour 30 minutes"),
        ("until it stops", "until it stops"),
        (None, "no end is set"),
    ],
)
def test_a_duration_is_said_in_words(duration: str | None, said: str):
    assert pages.kept(duration) == said


def test_a_moment_is_told_in_utc():
    at = datetime(2026, 11, 2, 23, 5, tzinfo=timezone(timedelta(hours=2)))
    assert language.day_and_time(at) == "2 November 2026, 21:05 UTC"


def test_a_value_that_is_missing_is_an_error_and_none_is_not_printed():
    with pytest.raises(UndefinedError):
        pages.environment().from_string("{{ missing }}").render()
    assert pages.environment().from_string("[{{ value }}]").render(value=None) == "[]"


@pytest.mark.parametrize("name", ["page.html", "page.txt", "page", "page.js"])
def test_everything_is_escaped_whatever_a_template_is_called(name: str):
    made = pages.environment().overlay()
    assert made.autoescape is True
    assert made.from_string("{{ x }}", template_class=made.template_class).render(x="<b>", name=name) == "&lt;b&gt;"


def test_a_page_becomes_text_block_by_block():
    markup = """<title>no</title><main><h1>A &amp; B</h1><p>one
        two</p><ul><li>x</li><li>y</li></ul><table><tr><th>c<code>d</code></th><td>e</td></tr></table></main><p>no</p>"""
    assert pages.as_text(markup) == "A & B\none two\n- x\n- y\nc d | e\n"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/receipt", True),
        ("/comment-data", True),
        ("/sites/x/comment-data", True),
        ("/sites/x/comment-data.json", False),
        ("/sites/x/comment-data.txt", False),
        ("/api/v1/comments", False),
        ("/nothing", False),
    ],
)
def test_people_read_pages_and_programs_the_rest(path: str, *, expected: bool):
    assert pages.is_page(path) is expected
