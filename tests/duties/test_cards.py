"""A card holds all that a decision needs, and nothing that somebody wrote can keep it from being shown."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import text

from moderation.clock import new_id
from moderation.duties import hosting, reviewing
from moderation.duties.reviewing import Card, words_of_author
from moderation.errors import NotFound
from moderation.judging.comment import LIMITS, Comment, is_storable
from moderation.judging.moderating import Choice
from moderation.judging.signal import ModelRef, Reason, Signal, Span
from moderation.storage.database import Database
from moderation.storage.model_shelf import ModelShelf
from moderation.vocabulary import Actor, Category, Channel, Label, Role, RuleKind, State, Verdict
from tests.support.desk import Desk
from tests.support.factories import NOW, PERMALINK, author, comment
from tests.support.hostile import PAYLOADS, Payload, fits
from tests.support.seats import APPROVE, INSULT, SPAM

SOON = NOW + timedelta(minutes=1)


@dataclass(frozen=True)
class PointingScorer:
    """A scorer that points at a word; what it is asked is noted."""

    asked: list[Comment]

    def weigh(self, said: Comment) -> Signal:
        self.asked.append(said)
        start = said.content.find("pills")
        spans = (Span("content", start, start + 5),) if start >= 0 else ()
        return Signal(0.9, (Reason("model.text", "Words.", 2.0, spans), Reason("model.name", "Name.", 1.0)), None)


def marked(card: Card) -> list[str]:
    return [piece.text for piece in card.content if piece.is_marked]


def test_a_card_says_what_the_program_thought_why_and_which_model(desk: Desk):
    held = desk.held()
    card = desk.seat().card(held)
    assert (card.row.id, card.program.verdict, card.program.score) == (held, Verdict.HOLD, 0.9)
    assert ([reason.code for reason in card.reasons], card.by) == (["model.text"], "model fixed 1")
    assert (card.alike, card.on_it, card.is_unread_to_the_end) == (1, "", False)


def test_what_the_program_thought_stays_on_the_card_after_people_decided(desk: Desk):
    ana, held = desk.seat(), desk.held()
    ana.choose(held, APPROVE)
    desk.decide(held, Verdict.REMOVE)
    card = ana.card(held)
    assert (card.row.state, card.program.verdict, card.program.actor) == (State.REMOVED, Verdict.HOLD, Actor.POLICY)


def test_a_comment_that_only_feedback_brought_has_no_program_behind_it(desk: Desk):
    desk.feedback("Never seen before", Label.SPAM)
    ana = desk.seat()
    (row,) = ana.read(lambda db: reviewing.find(db, desk=ana.place, filters=reviewing.Filters(), limit=2)).rows
    card = ana.card(row.id)
    assert (card.program, card.reasons, card.by) == (None, (), "")


def test_a_rule_is_called_a_rule_and_a_fixed_step_that(desk: Desk):
    with desk.database.transaction() as db:
        hosting.add_rule(
            db, site_id=desk.site.site.id, kind=RuleKind.WORD, pattern="casino", verdict=Verdict.HOLD, now=NOW
        )
    ana = desk.seat()
    ruled = desk.check("A casino").comment_id
    trusted = desk.check(comment("Mine", author=author(roles=frozenset({"administrator"})))).comment_id
    assert (ana.card(ruled).by, ana.card(trusted).by) == ("a rule", "a fixed step, without the model")


def test_reasons_without_places_get_them_from_the_scorer_and_keep_their_words(desk: Desk):
    held, scorer = desk.held("Buy my"), PointingScorer([])
    card = desk.seat().card(held, scorer)
    assert marked(card) == ["pills"]
    assert [(reason.code, reason.text, len(reason.spans)) for reason in card.reasons] == [
        ("model.text", "The test says so.", 1)
    ]
    (asked,) = scorer.asked
    assert (asked.content, asked.author.name, asked.author.url) == ("Buy my pills", "Ann", "https://ann.example")


def test_reasons_that_have_places_are_not_asked_for_again(desk: Desk):
    scorer = PointingScorer([])
    desk = Desk(desk.database, desk.seal, scorer)
    held = desk.edit("7", "Buy my pills").comment_id
    scorer.asked.clear()
    assert (marked(desk.seat().card(held, scorer)), scorer.asked) == (["pills"], [])


def test_a_rules_reasons_are_never_asked_of_the_model(desk: Desk):
    trusted = desk.check(comment("pills", author=author(roles=frozenset({"administrator"})))).comment_id
    scorer = PointingScorer([])
    desk.seat().card(trusted, scorer)
    assert scorer.asked == []


def test_new_words_are_not_marked_where_the_old_ones_stood(desk: Desk):
    desk = Desk(desk.database, desk.seal, PointingScorer([]))
    ana, posted = desk.seat(), desk.edit("7", "pills for you").comment_id
    assert not ana.card(posted, PointingScorer([])).is_outdated
    ana.choose(posted, SPAM)
    desk.edit("7", "I never sold pills", now=SOON)
    card = ana.card(posted, PointingScorer([]))
    assert (marked(card), card.is_outdated) == (["pills"], True)


def test_new_words_that_the_program_judged_are_what_it_thinks_of(desk: Desk):
    posted = desk.edit("7", "Buy pills").comment_id
    desk.edit("7", "Buy more pills", now=SOON)
    assert not desk.seat().card(posted).is_outdated


def test_the_history_tells_everything_in_order_with_names(desk: Desk):
    ana, lead = desk.seat("ana"), desk.seat("lead", Role.LEAD)
    posted = desk.edit("7", "My soup").comment_id
    minutes = iter(NOW + timedelta(minutes=number) for number in range(1, 20))
    desk.report(posted, now=next(minutes))
    ana.defer(posted, next(minutes))
    ana.note(posted, "Hm.", now=next(minutes))
    ana.note(posted, "Kind.", about_author=True, now=next(minutes))
    ana.escalate(posted, now=next(minutes))
    lead.take_over(posted, next(minutes))
    lead.choose(posted, INSULT, now=next(minutes))
    lead.undo(now=next(minutes))
    lead.choose(posted, APPROVE, now=next(minutes))
    desk.edit("7", "My broth", now=next(minutes))
    desk.decide(posted, Verdict.REMOVE, now=next(minutes))
    told = ana.card(posted).history
    assert [(line.who, line.what) for line in told] == [
        ("The program", "published it"),
        ("A reader reported it", "insult"),
        ("ana", "put it off"),
        ("ana, a note", "Hm."),
        ("ana, about the author", "Kind."),
        ("ana", "handed it to a lead"),
        ("lead", "took it over"),
        ("lead", "removed it"),
        ("lead", "took a decision back: published again"),
        ("lead", "published it"),
        ("The writer", "changed the words"),
        ("The website", "removed it"),
    ]
    assert [line.at for line in told] == sorted(line.at for line in told)
    assert [line.is_note for line in told].count(True) == 2
    assert told[0].reasons[0].code == "model.text"


def test_the_thread_and_the_authors_other_comments_stand_beside(desk: Desk):
    first = desk.check(comment("The first", external_id="1"), channel=Channel.API).comment_id
    answer = desk.check(
        comment("An answer", parent_external_id="1", author=author(email="bob@example.org", name="Bob")),
        channel=Channel.API,
    ).comment_id
    elsewhere = desk.published("Elsewhere", permalink="https://blog.example/post/2")
    desk.check("Theirs", caller=desk.caller(desk.add_site("https://other.example")))
    ana = desk.seat()
    card = ana.card(answer)
    assert (card.parent.id, [row.id for row in card.around], card.others) == (first, [first, answer], ())
    assert [row.id for row in ana.card(first).others] == [elsewhere]
    assert [row.id for row in ana.card(elsewhere).around] == [elsewhere]


def test_an_authors_history_is_told_in_numbers(desk: Desk):
    ana = desk.seat()
    ids = [desk.published(f"Soup {number}") for number in range(3)] + [desk.held("one"), desk.held("two")]
    ana.choose(ids[0], INSULT)
    said = {id_: words_of_author((card := ana.card(id_)).author, card.row) for id_ in (ids[0], ids[1], ids[3])}
    assert said == {
        ids[0]: "2 approved, 2 waiting",
        ids[1]: "1 approved, 2 waiting, 1 removed",
        ids[3]: "2 approved, 1 waiting, 1 removed",
    }
    first = ana.card(desk.published("New", author=author(email="eve@example.org")))
    nameless = ana.card(desk.published("Nameless", author=author(email="", name="")))
    assert words_of_author(first.author, first.row) == "first comment here"
    assert words_of_author(nameless.author, nameless.row).startswith("no name and no e-mail")


def test_an_author_without_an_address_is_known_by_name_and_network(desk: Desk):
    ana = desk.seat()
    one, other = (desk.published(f"Soup {n}", author=author(email="")) for n in range(2))
    desk.published("Another Ann", author=author(email="", ip="198.51.100.9"))
    assert [row.id for row in ana.card(one).others] == [other]


def test_hosts_are_shown_as_written_and_as_asked_for(desk: Desk):
    said = "See http://pills.example/a, https://раураl.example and www.pills.example/b"
    hosts = desk.seat().card(desk.published(said, author=author(url="https://ann.example/x"))).hosts
    assert [(host.written, host.asked) for host in hosts] == [
        ("pills.example", "pills.example"),
        ("раураl.example", "xn--l-7sba6dbr.example"),
        ("ann.example", "ann.example"),
    ]
    assert [host.is_disguised for host in hosts] == [False, True, False]


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("http://\u0430pple.com", "xn--pple-43d.com"),
        ("http://paypal.com@evil.example/", "evil.example"),
        ("http://evil\u3002example/", "evil.example"),
        ("http://\uff25\uff36\uff29\uff2c\uff0eexample/", "evil.example"),
        ("http://evil.example\u200b.com/", "evil.example.com"),
    ],
    ids=ascii,
)
def test_a_disguised_link_is_one_and_leads_where_a_browser_would_go(desk: Desk, said: str, asked: str):
    (host,) = desk.seat().card(desk.published(f"See {said} now", author=author(url=""))).hosts
    assert (host.asked, host.is_disguised) == (asked, True)


def test_a_link_without_a_host_leads_nowhere(desk: Desk):
    assert desk.seat().card(desk.published("See http://a@/ and http://:80/", author=author(url=""))).hosts == ()


@pytest.mark.parametrize(("length", "is_unread"), [(8_000, False), (8_001, True)])
def test_it_says_where_the_model_stopped_reading(desk: Desk, length: int, is_unread: bool):
    assert desk.seat().card(desk.published("x" * length)).is_unread_to_the_end is is_unread


def test_an_erased_or_unknown_comment_has_no_card(desk: Desk):
    ana, held = desk.seat(), desk.held()
    with desk.database.transaction() as db:
        hexed = held.hex if desk.database.is_embedded else str(held)
        db.connection().execute(text("UPDATE comments SET state = 'erased' WHERE id = :id"), {"id": hexed})
    for id_ in (held, new_id()):
        with pytest.raises(NotFound):
            ana.card(id_)


def hostile(payload: Payload) -> Comment:
    """A comment with a payload in every field; what no door lets in is left out."""
    said = payload.text.replace("\x00", "").encode("utf-8", "ignore").decode()
    cut = {name: fits(Payload(payload.name, payload.kind, said), limit) for name, limit in LIMITS.items()}
    assert all(is_storable(value) for value in cut.values())
    return Comment(
        permalink=cut["permalink"] or PERMALINK,
        content=cut["content"],
        type=cut["type"],
        external_id=payload.name[:255],
        parent_external_id=cut["external_id"],
        page_external_id=cut["external_id"],
        author=author(name=cut["name"], email=cut["email"], url=cut["url"]),
        language=cut["language"],
    )


def check_cards(desk: Desk, scorer) -> None:
    caller = desk.caller()
    ids = [
        result.comment_id
        for start in range(0, len(PAYLOADS), 100)
        for result in desk.record(
            *(desk.submission(hostile(each), caller=caller) for each in PAYLOADS[start : start + 100])
        )
    ]
    ana = desk.seat()
    with desk.database.snapshot() as db:
        for payload, id_ in zip(PAYLOADS, ids, strict=True):
            card = reviewing.card(db, desk=ana.place, comment_id=id_, scorer=scorer, now=NOW)
            assert not any(sign in piece.text for piece in card.content for sign in "\u202e\u200b\ufeff"), payload.name
            assert words_of_author(card.author, card.row)
    for id_ in ids[::25]:
        ana.choose(id_, SPAM)


def test_no_text_in_any_field_keeps_a_card_from_being_shown_or_decided(desk: Desk):
    check_cards(desk, desk.scorer)


def test_nor_when_the_shipped_model_is_asked_for_places(sqlite_database: Database, seal):
    check_cards(Desk(sqlite_database, seal), ModelShelf().scorer)


@pytest.mark.parametrize("payload", PAYLOADS[::50], ids=lambda payload: payload.name)
def test_no_note_name_or_sentence_of_a_moderator_does_either(desk: Desk, payload: Payload):
    said = payload.text.replace("\x00", "").encode("utf-8", "ignore").decode()[:2_000]
    ana, held = desk.seat(), desk.held()
    if said.strip():
        ana.note(held, said)
    ana.choose(held, Choice(Verdict.REMOVE, Category.INSULT, said), now=SOON)
    assert ana.card(held).history[-1].reasons[0].text.endswith(said)


def test_a_model_is_named_with_its_revision_here(desk: Desk):
    @dataclass(frozen=True)
    class Taught:
        def weigh(self, said: Comment) -> Signal:
            return Signal(0.9, (Reason("model.text", "Words."),), ModelRef("fixed", "1", site_revision=7))

    desk = Desk(desk.database, desk.seal, Taught())
    assert desk.seat().card(desk.held()).by == "model fixed 1, revision 7 here"


def test_notes_and_who_handed_it_over_stand_on_the_card_itself(desk: Desk):
    ana, lead, one, other = desk.seat("ana"), desk.seat("lead", Role.LEAD), desk.held("one"), desk.held("other")
    ana.note(one, "Kind at heart.", about_author=True)
    ana.escalate(one, "Known troll?", SOON)
    card, beside = lead.card(one), lead.card(other)
    assert [line.what for line in card.notes] == ["Known troll?", "Kind at heart."]
    assert [line.what for line in card.notes_on_author] == ["Kind at heart."]
    assert (card.handed_over.who, card.handed_over.at) == ("ana", SOON)
    assert ([line.what for line in beside.notes], beside.handed_over) == (["Kind at heart."], None)
    lead.choose(one, INSULT)
    assert lead.card(one).handed_over is None
