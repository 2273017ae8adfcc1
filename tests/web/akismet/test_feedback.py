"""What a blog says about a comment finds it, stands from then on, moves the figures once, and stays at its site."""

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from moderation.storage.tables import CommentRow, LabelRow
from moderation.vocabulary import Actor, Label, State
from tests.support import dialect
from tests.support.asgi import Service, bearer
from tests.support.dialect import UNWELCOME, WELCOME, Blog

FINE, BAD = f"A {WELCOME}.", f"An {UNWELCOME}."
ANSWERED = {"spam": "true", "ham": "false"}
STATES = {"spam": State.REMOVED, "ham": State.PUBLISHED}


@pytest.fixture
def blog(blog_on_both: Blog) -> Blog:
    """A blog whose rules make the program's answers certain."""
    dialect.add_rules(blog_on_both.service)
    return blog_on_both


@pytest.fixture
def other(blog: Blog) -> Blog:
    """Another site of the same service, with no rules."""
    return Blog(blog.service, blog.service.add_site("https://other.example"))


def rows(service: Service, table: Any) -> list[Any]:
    with service.runtime.database.snapshot() as db:
        return list(db.connection().execute(select(table)).all())


def row_of(blog: Blog, answer: Any) -> Any:
    """The stored comment behind a check's answer."""
    (row,) = [row for row in rows(blog.service, CommentRow) if row.id == UUID(answer.headers["x-akismet-guid"])]
    return row


def mistakes(blog: Blog) -> tuple[int, int]:
    figures = blog.statistics()
    return figures["missed_spam"], figures["false_positives"]


@pytest.mark.parametrize(("text", "word"), [(FINE, "spam"), (BAD, "ham"), (FINE, "ham"), (BAD, "spam")])
def test_feedback_finds_the_comment_that_was_checked_and_stands_from_then_on(blog: Blog, text: str, word: str):
    checked = blog.check(text)
    blog.tell(word, text)
    row = row_of(blog, checked)
    assert (row.state, row.decided_by) == (STATES[word], Actor.BLOG)
    assert [(label.comment_id, label.label) for label in rows(blog.service, LabelRow)] == [(row.id, Label(word))]
    again = blog.check(text)
    assert (again.text, again.headers["x-akismet-guid"]) == (ANSWERED[word], checked.headers["x-akismet-guid"])
    assert again.headers["x-candor-reason"] == f"blog.{word}"
    assert len(rows(blog.service, CommentRow)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"comment_author": "Ann B."},
        {"comment_author_email": "ann@elsewhere.example"},
        {"user_ip": "203.0.113.9"},
        {"comment_author": "", "comment_author_email": "", "user_ip": "203.0.113.9"},
    ],
    ids=["name", "e-mail", "address", "all"],
)
def test_feedback_with_changed_author_fields_finds_it_by_words_and_page(blog: Blog, changed: dict[str, str]):
    checked = blog.check(FINE)
    blog.tell("spam", f"  {FINE}\n", **changed)
    assert row_of(blog, checked).state is State.REMOVED
    assert len(rows(blog.service, CommentRow)) == 1


def test_feedback_with_a_guid_finds_it_whatever_the_blog_s_filters_made_of_the_words(blog: Blog):
    checked = blog.check(FINE)
    blog.tell(
        "spam", "<p>rewritten</p>", guid=checked.headers["x-akismet-guid"], permalink="https://blog.example/moved"
    )
    assert row_of(blog, checked).state is State.REMOVED
    assert len(rows(blog.service, CommentRow)) == 1


@pytest.mark.parametrize("guid", ["5d1f0a9c7b3e4f2a8d6c1b0e9f8a7d6c", "no guid"])
def test_a_guid_that_is_not_ours_leaves_the_finding_to_the_words(blog: Blog, guid: str):
    checked = blog.check(FINE)
    blog.tell("spam", FINE, guid=guid)
    assert row_of(blog, checked).state is State.REMOVED
    assert len(rows(blog.service, CommentRow)) == 1


@pytest.mark.parametrize("word", ["spam", "ham"])
def test_a_comment_never_seen_is_stored_with_its_label_and_known_afterwards(blog: Blog, word: str):
    blog.tell(word, "Never seen.")
    (row,), (label,) = rows(blog.service, CommentRow), rows(blog.service, LabelRow)
    assert (row.state, row.decided_by, label.comment_id, label.label) == (STATES[word], Actor.BLOG, row.id, Label(word))
    assert blog.check("Never seen.").text == ANSWERED[word]
    assert len(rows(blog.service, CommentRow)) == 1


def test_corrections_move_the_figures_as_the_mistakes_they_correct(blog: Blog):
    for number in range(3):
        blog.check(f"{FINE} {number}")
        blog.check(f"{BAD} {number}")
    blog.tell("spam", f"{FINE} 0")
    blog.tell("ham", f"{BAD} 0")
    blog.tell("ham", f"{BAD} 1")
    figures = blog.statistics()
    assert (figures["spam"], figures["ham"], mistakes(blog), figures["accuracy"]) == (3, 3, (1, 2), "50.00")
    row = _only_site(blog)
    assert (row["api_calls"], row["missed_spam"], row["false_positives"]) == ("6", "1", "2")


def test_feedback_that_agrees_is_no_mistake(blog: Blog):
    blog.check(FINE)
    blog.check(BAD)
    blog.tell("ham", FINE)
    blog.tell("spam", BAD)
    assert mistakes(blog) == (0, 0)


def test_what_the_client_says_it_was_told_counts_where_nothing_else_is_known(blog: Blog):
    blog.tell("spam", "Never seen.", comment_check_response="false")
    blog.tell("ham", "Never seen either.", comment_check_response="true")
    blog.tell("spam", "Nor this.")
    assert mistakes(blog) == (1, 1)


def test_equal_feedback_twice_counts_once(blog: Blog):
    checked = blog.check(FINE)
    for _ in range(3):
        blog.tell("spam", FINE, reporter="ann", comment_check_response="false")
    assert (mistakes(blog), len(rows(blog.service, LabelRow)), row_of(blog, checked).version) == ((1, 0), 1, 2)


def test_a_word_repeated_after_somebody_else_s_counts_once_but_stands_again(blog: Blog):
    checked = blog.check(FINE)
    blog.tell("spam", FINE, reporter="ann")
    blog.tell("ham", FINE, reporter="bea")
    blog.tell("spam", FINE, reporter="ann")
    assert row_of(blog, checked).state is State.REMOVED
    assert (mistakes(blog), len(rows(blog.service, LabelRow))) == ((1, 0), 2)


def test_two_people_who_say_the_same_are_one_mistake(blog: Blog):
    blog.check(FINE)
    for reporter in ("ann", "bea"):
        blog.tell("spam", FINE, reporter=reporter, comment_check_response="false")
    assert (mistakes(blog), len(rows(blog.service, LabelRow))) == ((1, 0), 2)


def test_a_mistake_counts_once_however_often_minds_change(blog: Blog):
    blog.check(FINE)
    for word in ("spam", "ham", "spam", "ham"):
        blog.tell(word, FINE, comment_check_response="false")
    assert mistakes(blog) == (1, 0)


def test_tests_are_in_no_figure(blog: Blog):
    assert blog.check(BAD, is_test="1").text == "true"
    blog.tell("ham", BAD, is_test="1", comment_check_response="true")
    blog.tell("spam", "Never seen.", is_test="1", comment_check_response="false")
    figures = blog.statistics()
    assert (figures["spam"], figures["ham"], mistakes(blog), figures["breakdown"]) == (0, 0, (0, 0), {})
    assert blog.ask("usage-limit").json()["usage"] == 0
    assert rows(blog.service, LabelRow) == []
    assert blog.check(BAD, is_test="1").text == "true"


def test_a_test_and_the_same_words_in_earnest_are_two_comments(blog: Blog):
    tested, earnest = blog.check(BAD, is_test="1"), blog.check(BAD)
    assert (row_of(blog, tested).is_test, row_of(blog, earnest).is_test) == (True, False)
    blog.check(BAD, is_test="1")
    blog.tell("ham", BAD)
    assert (row_of(blog, tested).state, row_of(blog, earnest).state) == (State.HELD, State.PUBLISHED)
    assert (row_of(blog, tested).version, row_of(blog, earnest).version) == (2, 2)
    assert blog.check(BAD, is_test="1").text == "true"


def test_feedback_in_earnest_on_a_test_changes_nothing(blog: Blog):
    tested = blog.check(BAD, is_test="1")
    blog.tell("ham", BAD, guid=tested.headers["x-akismet-guid"])
    assert (row_of(blog, tested).version, mistakes(blog)) == (1, (0, 0))


def test_a_test_edits_no_comment_in_earnest_nor_the_other_way_round(blog: Blog):
    earnest = blog.check(FINE, comment_ID="7")
    tested = blog.check(BAD, comment_ID="7", recheck_reason="edit", is_test="1")
    assert (row_of(blog, earnest).content, row_of(blog, tested).is_test) == (FINE, True)
    edited = blog.check("Neither.", comment_ID="8", is_test="1"), blog.check(BAD, comment_ID="8", recheck_reason="edit")
    assert [row_of(blog, answer).is_test for answer in edited] == [True, False]


def test_a_decision_made_at_the_native_door_answers_later_checks(blog: Blog):
    checked = blog.check(BAD)
    path = f"/api/v1/comments/{UUID(checked.headers['x-akismet-guid'])}/decisions"
    decided = blog.service.post(path, json={"verdict": "publish"}, headers=bearer(blog.site.api_token))
    assert decided.is_success
    assert blog.check(BAD).text == "false"
    assert blog.check(BAD, recheck_reason="recheck_queue").text == "false"


def test_a_recheck_without_a_person_s_word_is_judged_again(blog: Blog):
    first = blog.check("Neither word.", user_role="administrator")
    again = blog.check("Neither word.", recheck_reason="recheck", comment_author="Ann", user_role="administrator")
    assert first.headers["x-akismet-guid"] == again.headers["x-akismet-guid"]
    assert row_of(blog, again).version == 2


def test_an_edit_that_looks_worse_is_a_new_version_that_a_person_s_word_does_not_cover(blog: Blog):
    checked = blog.check(FINE, comment_ID="7")
    blog.tell("ham", FINE, comment_ID="7")
    edited = blog.check(BAD, comment_ID="7", recheck_reason="edit")
    assert (edited.text, edited.headers["x-akismet-guid"]) == ("true", checked.headers["x-akismet-guid"])
    assert row_of(blog, checked).content == BAD


def test_another_site_s_key_neither_finds_nor_changes_a_comment(blog: Blog, other: Blog):
    checked = blog.check(BAD)
    before = row_of(blog, checked)
    same = {"blog": "https://blog.example", "guid": checked.headers["x-akismet-guid"]}
    for word in ("spam", "ham"):
        other.tell(word, BAD, **same)
        other.tell(word, BAD, **same | {"guid": ""})
    assert row_of(blog, checked) == before
    assert mistakes(blog) == (0, 0)
    again = blog.check(BAD)
    assert (again.text, again.headers["x-candor-reason"][:5]) == ("true", "rule.")
    theirs = other.check(BAD, blog="https://blog.example")
    assert theirs.text == "false"  # its own blog's word stands there, and the first site's rules do not
    assert theirs.headers["x-akismet-guid"] != checked.headers["x-akismet-guid"]


def test_another_site_sees_nothing_in_its_figures(blog: Blog, other: Blog):
    blog.check(FINE)
    blog.check(BAD)
    figures = other.statistics()
    assert (figures["spam"], figures["ham"], figures["breakdown"]) == (0, 0, {})
    assert other.ask("key-sites", blog="https://blog.example").json()["total"] == 0


def _only_site(blog: Blog) -> dict[str, str]:
    answer = blog.ask("key-sites", version="1.2").json()
    (bucket,) = [value for value in answer.values() if isinstance(value, list)]
    (site,) = bucket
    return site
