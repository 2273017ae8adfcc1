"""A comment is judged, stored with its decision and event, and known again; people's decisions outlive programs'."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from moderation.clock import new_id
from moderation.duties import hosting
from moderation.duties.checking import Checked
from moderation.errors import ModerationError, NotFound, Unauthenticated
from moderation.judging.comment import Form, Page
from moderation.storage import usage
from moderation.storage.comments import MATCH_WINDOW
from moderation.storage.tables import CommentRow, UsageRow
from moderation.vocabulary import Actor, Band, Channel, EventKind, KeyKind, Label, RuleKind, State, Verdict
from tests.support.desk import NOTICE, Desk
from tests.support.factories import KIND_WORDS, NOW, author, comment

LATER = NOW + timedelta(hours=1)
API = {"channel": Channel.API, "is_edit": True}
PILLS = "Cheap pills for you"


def used(desk: Desk) -> dict[str, int]:
    """The site's counters, over all days and blogs."""
    first, last = (NOW - timedelta(days=400)).date(), (NOW + timedelta(days=400)).date()
    with desk.database.snapshot() as db:
        tallies = usage.by_month(db, site_id=desk.site.site.id, first=first, last=last)
    return {name: sum(getattr(tally, name) for tally in tallies) for name in usage.COUNTS}


def test_a_fine_comment_is_published_and_stored_with_its_decision_and_event(desk: Desk):
    checked = desk.check()
    assert (checked.verdict, checked.state, checked.version) == (Verdict.PUBLISH, State.PUBLISHED, 1)
    assert (checked.decision.score, checked.decision.band, checked.notice_version) == (0.1, Band.LIKELY_FINE, NOTICE)
    assert desk.counts() == {"comments": 1, "decisions": 1, "events": 1}
    assert desk.events(checked.comment_id) == [EventKind.RECEIVED]
    (row,) = desk.history(checked.comment_id)
    assert (row.verdict, row.actor, row.model_name, row.policy_version) == (Verdict.PUBLISH, Actor.POLICY, "fixed", 1)


def test_an_unwelcome_comment_is_held(desk: Desk):
    checked = desk.check(PILLS)
    assert (checked.verdict, checked.state, desk.row(checked.comment_id).state) == (
        Verdict.HOLD,
        State.HELD,
        State.HELD,
    )


def test_a_comment_is_stored_in_the_forms_that_the_notice_states(desk: Desk):
    given = comment(
        external_id="7",
        page_external_id="p1",
        parent_external_id="6",
        type="reply",
        author=author(ip="198.51.100.23", email=" Ann@Example.ORG ", roles=frozenset({"b", "a"})),
        submitted_at=NOW - timedelta(minutes=1),
        language="en",
        form=Form(elapsed_ms=5),
        page=Page("Soup", ("food",), "About soup"),
    )
    row = desk.row(desk.check(given).comment_id)
    assert (row.content, row.author_name, row.author_url, row.type) == (
        KIND_WORDS,
        "Ann",
        "https://ann.example",
        "reply",
    )
    assert (row.external_id, row.page_external_id, row.parent_external_id) == ("7", "p1", "6")
    assert (row.author_ip_prefix, row.author_roles, row.language) == ("198.51.100.0/24", ["a", "b"], "en")
    assert (row.submitted_at, row.received_at, row.notice_version) == (NOW - timedelta(minutes=1), NOW, NOTICE)
    assert row.author_email_code == desk.seal.code("email", str(desk.site.site.id), "ann@example.org")
    stored = str(row.model_dump()).lower()
    assert "198.51.100.23" not in stored
    assert "example.org" not in stored


def test_the_receipt_is_given_once_and_kept_as_a_hash(desk: Desk):
    checked, again = desk.check(), desk.check()
    assert checked.receipt is not None
    assert again.receipt is None
    row = desk.row(checked.comment_id)
    assert row.receipt_locator == checked.receipt.locator
    assert checked.receipt.secret not in str(row.model_dump())


def test_the_same_comment_again_is_one_comment_with_a_second_decision(desk: Desk):
    first, again = desk.check(), desk.check(now=LATER)
    assert (again.comment_id, again.version) == (first.comment_id, 2)
    assert desk.counts() == {"comments": 1, "decisions": 2, "events": 2}
    assert desk.events(first.comment_id) == [EventKind.RECEIVED, EventKind.DECIDED]
    assert desk.broken_chains() == []


def test_the_same_comment_twice_in_one_batch_is_one_comment_too(desk: Desk):
    results = desk.record(*[desk.submission(comment()) for _ in range(3)])
    assert [result.version for result in results] == [1, 2, 3]
    assert len({result.comment_id for result in results}) == 1
    assert desk.counts() == {"comments": 1, "decisions": 3, "events": 3}
    assert desk.row(results[0].comment_id).version == 3
    assert desk.broken_chains() == []


@pytest.mark.parametrize(
    "change",
    [
        {"content": KIND_WORDS + "!"},
        {"permalink": "https://blog.example/post/2"},
        {"author": author(name="Bea")},
        {"author": author(email="bea@example.org")},
        {"author": author(ip="192.0.2.8")},
    ],
    ids=["text", "page", "name", "email", "network"],
)
def test_a_comment_that_differs_is_another_comment(desk: Desk, change):
    assert desk.check().comment_id != desk.check(replace(comment(), **change)).comment_id


def test_the_case_of_an_email_address_makes_no_other_author(desk: Desk):
    shouted = comment(author=author(email="ANN@EXAMPLE.ORG"))
    assert desk.check().comment_id == desk.check(shouted).comment_id


def test_after_the_window_the_same_words_are_a_new_comment(desk: Desk):
    first = desk.check()
    assert desk.check(now=NOW + MATCH_WINDOW).comment_id == first.comment_id
    assert desk.check(now=NOW + MATCH_WINDOW + timedelta(microseconds=1)).comment_id != first.comment_id


def test_two_sites_with_the_same_comment_stay_apart(desk: Desk):
    other = desk.add_site("https://other.example")
    submissions = [desk.submission(comment()), desk.submission(comment(), caller=desk.caller(other))]
    mine, theirs = desk.record(*submissions)
    assert mine.comment_id != theirs.comment_id
    assert desk.row(mine.comment_id).fingerprint != submissions[1].arrival.fingerprint
    with pytest.raises(NotFound):
        desk.row(theirs.comment_id)


@pytest.mark.parametrize(("label", "verdict"), [(Label.HAM, Verdict.PUBLISH), (Label.SPAM, Verdict.REMOVE)])
@pytest.mark.parametrize("words", [KIND_WORDS, PILLS], ids=["program likes", "program dislikes"])
def test_a_program_never_overturns_a_person(desk: Desk, label: Label, verdict: Verdict, words: str):
    first = desk.check(words)
    desk.feedback(words, label)
    again = desk.check(words, now=LATER)
    assert (again.comment_id, again.verdict, again.version) == (first.comment_id, verdict, 2)
    assert again.decision.actor is Actor.BLOG
    assert len(desk.history(first.comment_id)) == 2


def test_an_akismet_recheck_for_an_edit_that_changed_nothing_leaves_a_person_s_decision(desk: Desk):
    first = desk.check(PILLS)
    desk.feedback(PILLS, Label.HAM)
    again = desk.check(PILLS, is_edit=True, now=LATER)
    assert (again.comment_id, again.verdict, again.decision.actor) == (first.comment_id, Verdict.PUBLISH, Actor.BLOG)
    assert EventKind.EDITED not in desk.events(first.comment_id)


@pytest.mark.parametrize("channel", Channel)
def test_an_edit_gives_the_same_comment_new_words_and_a_new_decision(desk: Desk, channel: Channel):
    options = {"channel": channel, "is_edit": True}
    first = desk.check(comment(external_id="7"), **options)
    edited = desk.check(comment(PILLS, external_id="7"), now=LATER, **options)
    assert (edited.comment_id, edited.version, edited.state) == (first.comment_id, 2, State.HELD)
    row = desk.row(first.comment_id)
    assert (row.content, row.version, row.changed_at, row.received_at) == (PILLS, 2, LATER, NOW)
    assert desk.events(first.comment_id) == [EventKind.RECEIVED, EventKind.EDITED]
    assert desk.broken_chains() == []


def test_an_edited_comment_is_found_by_its_new_words(desk: Desk):
    first = desk.check(comment(external_id="7"), is_edit=True)
    desk.check(comment(PILLS, external_id="7"), is_edit=True)
    assert desk.check(comment(PILLS), now=LATER).comment_id == first.comment_id
    assert desk.check(comment(), now=LATER).comment_id != first.comment_id


@pytest.mark.parametrize(
    ("label", "before", "after", "verdict", "actor"),
    [
        (Label.HAM, KIND_WORDS, "kind words too", Verdict.PUBLISH, Actor.BLOG),
        (Label.HAM, KIND_WORDS, PILLS, Verdict.HOLD, Actor.POLICY),
        (Label.SPAM, PILLS, "kind words", Verdict.REMOVE, Actor.BLOG),
        (Label.SPAM, PILLS, "more pills", Verdict.REMOVE, Actor.BLOG),
    ],
)
def test_an_edit_overturns_a_person_only_when_it_looks_worse(desk: Desk, label, before, after, verdict, actor):  # noqa: PLR0917 - one table row
    first = desk.check(comment(before, external_id="7"), **API)
    desk.decide(first.comment_id, Verdict.PUBLISH if label is Label.HAM else Verdict.REMOVE, label=label)
    edited = desk.check(comment(after, external_id="7"), now=LATER, **API)
    assert (edited.comment_id, edited.verdict, edited.decision.actor) == (first.comment_id, verdict, actor)
    assert edited.version == 3
    assert desk.row(first.comment_id).content == after
    assert desk.broken_chains() == []


def test_natively_the_same_comment_again_is_answered_with_what_stands(desk: Desk):
    first, again = desk.check(comment(external_id="7"), **API), desk.check(comment(external_id="7"), now=LATER, **API)
    assert (again.comment_id, again.version, again.receipt) == (first.comment_id, 1, None)
    assert desk.counts() == {"comments": 1, "decisions": 1, "events": 1}


def test_natively_comments_without_an_id_of_the_blog_are_never_the_same(desk: Desk):
    results = desk.record(*[desk.submission(comment(), channel=Channel.API) for _ in range(2)])
    assert len({result.comment_id for result in results}) == 2


def test_versions_of_one_native_comment_in_one_batch_follow_each_other(desk: Desk):
    texts = ["one", "two", "two", PILLS]
    results = desk.record(*[desk.submission(comment(text, external_id="7"), **API) for text in texts])
    assert [(result.version, result.verdict) for result in results] == [
        (1, Verdict.PUBLISH),
        (2, Verdict.PUBLISH),
        (2, Verdict.PUBLISH),
        (3, Verdict.HOLD),
    ]
    row = desk.row(results[0].comment_id)
    assert (row.content, row.version, desk.count(CommentRow)) == (PILLS, 3, 1)
    assert desk.broken_chains() == []


def test_the_same_id_at_the_two_doors_names_two_comments(desk: Desk):
    native = desk.check(comment(external_id="7"), **API)
    assert desk.check(comment("other words", external_id="7"), is_edit=True).comment_id != native.comment_id


def test_a_key_revoked_during_the_batch_fails_only_its_own_item(desk: Desk):
    other = desk.add_site("https://other.example")
    mine, theirs = desk.submission(comment()), desk.submission(comment(), caller=desk.caller(other))
    with desk.database.transaction() as db:
        hosting.rotate_key(
            db, seal=desk.seal, site_id=other.site.id, kind=KeyKind.AKISMET, overlap=timedelta(0), now=NOW
        )
    checked, error = desk.record(mine, theirs)
    assert isinstance(checked, Checked)
    assert isinstance(error, Unauthenticated)
    assert desk.count(CommentRow) == 1


def test_thresholds_changed_meanwhile_apply(desk: Desk):
    waiting = desk.submission(comment())
    desk.set_site(hold_at="0.05", name="New name")
    (checked,) = desk.record(waiting)
    assert (checked.verdict, checked.decision.policy_version) == (Verdict.HOLD, 2)


def test_a_rule_added_meanwhile_applies(desk: Desk):
    waiting = desk.submission(comment("soup"))
    with desk.database.transaction() as db:
        rule = hosting.add_rule(
            db, site_id=desk.site.site.id, kind=RuleKind.WORD, pattern="SOUP", verdict=Verdict.HOLD, now=NOW
        )
    (checked,) = desk.record(waiting)
    assert (checked.verdict, checked.decision.main_reason.code) == (Verdict.HOLD, f"rule.{rule.id}")


def test_a_parent_of_this_site_is_kept_and_a_foreign_or_unknown_one_refused(desk: Desk):
    parent = desk.check()
    other = desk.add_site("https://other.example")
    foreign = desk.check(caller=desk.caller(other))
    reply, *refused = desk.record(
        *[
            desk.submission(comment(f"reply {index}"), channel=Channel.API, parent_id=parent_id)
            for index, parent_id in enumerate([parent.comment_id, foreign.comment_id, new_id()])
        ]
    )
    assert desk.row(reply.comment_id).parent_id == parent.comment_id
    assert [(type(error), error.code) for error in refused] == [(NotFound, "parent.not_found")] * 2
    assert desk.count(CommentRow) == 3


def test_what_a_key_was_told_is_counted_per_day_and_blog(desk: Desk):
    desk.record(
        desk.submission(comment("one")),
        desk.submission(comment("two")),
        desk.submission(comment(PILLS)),
        desk.submission(comment("three"), caller=desk.caller(blog="shop.example")),
        desk.submission(comment("four"), now=NOW + timedelta(days=1)),
    )
    with desk.database.snapshot() as db:
        rows = {(row.day, row.blog): (row.calls, row.spam, row.ham) for row in db.exec(select(UsageRow))}
    today, tomorrow = NOW.date(), NOW.date() + timedelta(days=1)
    assert rows == {
        (today, "blog.example"): (3, 1, 2),
        (today, "shop.example"): (1, 0, 1),
        (tomorrow, "blog.example"): (1, 0, 1),
    }


def test_a_test_comment_is_stored_as_one_and_stands_in_no_figure(desk: Desk):
    checked = desk.check(comment(is_test=True))
    assert desk.row(checked.comment_id).is_test
    assert used(desk) == dict.fromkeys(usage.COUNTS, 0)


def test_an_answer_is_counted_by_what_stands_not_by_what_the_program_thought(desk: Desk):
    desk.check(PILLS)
    desk.feedback(PILLS, Label.HAM)
    desk.check(PILLS, now=LATER)
    assert (used(desk)["spam"], used(desk)["ham"], used(desk)["calls"]) == (1, 1, 2)


def test_judging_alone_stores_nothing(desk: Desk):
    decision = desk.checking.judge(desk.site.site, comment(PILLS))
    assert decision.verdict is Verdict.HOLD
    assert desk.counts() == {"comments": 0, "decisions": 0, "events": 0}


steps_of_a_site = st.lists(
    st.tuples(
        st.sampled_from([KIND_WORDS, PILLS, "third words"]),
        st.sampled_from(["check", "native", "edit", "test", "spam", "ham"]),
        st.sampled_from(["7", "8", None]),
    ),
    min_size=1,
    max_size=12,
)
OPTIONS = {"native": API, "edit": {"is_edit": True}}


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps_of_a_site, st.integers(1, 4))
def test_whatever_happens_in_whatever_batches_sums_and_chains_agree_with_what_is_stored(database, seal, steps, size):
    desk = Desk(database, seal)  # a site of its own for each example
    batch = []
    for words, act, external_id in steps:
        said = comment(words, external_id=external_id, is_test=act == "test")
        if act in {"spam", "ham"} or len(batch) == size:
            desk.record(*batch)
            batch = []
        if act in {"spam", "ham"}:
            desk.feedback(said, Label(act))
        else:
            batch.append(desk.submission(said, **OPTIONS.get(act, {})))
    results = desk.record(*batch)
    sums = used(desk)
    assert not any(isinstance(result, ModerationError) for result in results)
    assert desk.broken_chains() == []
    assert sums["spam"] + sums["ham"] == sums["calls"] == sum(act in {"check", "native", "edit"} for _, act, _ in steps)
    assert sums["missed_spam"] + sums["false_positives"] <= sum(act in {"spam", "ham"} for _, act, _ in steps)
