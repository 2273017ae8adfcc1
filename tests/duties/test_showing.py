"""Comments are shown one by one, in pages, and as a page's thread, which no reply can break or deepen too far."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.clock import Id, new_id
from moderation.duties import showing
from moderation.duties.showing import Filter, Node
from moderation.errors import NotFound
from moderation.storage.tables import CommentRow
from moderation.vocabulary import Channel, Label, State, Verdict
from tests.support.desk import Desk
from tests.support.factories import NOW, PERMALINK, author, comment

PILLS = "Cheap pills for you"
OTHER_PAGE = "https://blog.example/post/2"


def browse(desk: Desk, limit: int = 100, **wanted) -> tuple[list[str], Id | None]:
    """The texts of a page of comments and where the next page begins."""
    with desk.database.snapshot() as db:
        shown, after = showing.browse(db, site_id=desk.site.site.id, wanted=Filter(**wanted), limit=limit)
    return [one.row.content for one in shown], after


def thread(desk: Desk, permalink: str = PERMALINK) -> tuple[Node, ...]:
    with desk.database.snapshot() as db:
        return showing.thread(db, site_id=desk.site.site.id, permalink=permalink)


def outline(nodes: tuple[Node, ...]) -> list:
    """A tree as nested lists of texts."""
    return [[node.content, *outline(node.replies)] for node in nodes]


def test_a_comment_is_shown_with_the_decision_that_stands(desk: Desk):
    checked = desk.check(PILLS)
    desk.decide(checked.comment_id, Verdict.PUBLISH, reason="Fine.")
    with desk.database.snapshot() as db:
        shown = showing.read(db, site_id=desk.site.site.id, comment_id=checked.comment_id)
    assert (shown.row.content, shown.row.state) == (PILLS, State.PUBLISHED)
    assert (shown.decision.verdict, shown.decision.main_reason.text) == (Verdict.PUBLISH, "Fine.")


def test_a_comment_of_another_site_is_not_there(desk: Desk):
    other = desk.add_site("https://other.example")
    foreign = desk.check(caller=desk.caller(other))
    for wrong in (foreign.comment_id, new_id()):
        with desk.database.snapshot() as db, pytest.raises(NotFound):
            showing.read(db, site_id=desk.site.site.id, comment_id=wrong)
    assert browse(desk) == ([], None)
    assert thread(desk) == ()


def test_a_list_is_filtered_by_state_and_page_newest_first(desk: Desk):
    for text, page in (("one", PERMALINK), (PILLS, PERMALINK), ("two", OTHER_PAGE), ("three", PERMALINK)):
        desk.check(comment(text, permalink=page))
    assert browse(desk)[0] == ["three", "two", PILLS, "one"]
    assert browse(desk, state=State.HELD)[0] == [PILLS]
    assert browse(desk, state=State.PUBLISHED, permalink=PERMALINK)[0] == ["three", "one"]
    assert browse(desk, permalink="https://blog.example/none") == ([], None)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7])
def test_pages_by_cursor_show_everything_once_in_order(desk: Desk, limit: int):
    texts = [f"comment {number}" for number in range(5)]
    desk.record(*[desk.submission(comment(text)) for text in texts])
    seen, after = browse(desk, limit)
    pages = 1
    while after is not None:
        more, after = browse(desk, limit, after=after)
        seen, pages = seen + more, pages + 1
    assert seen == texts[::-1]
    assert pages == -(-5 // limit)


def test_a_thread_shows_what_is_published_oldest_first_with_replies_below(desk: Desk):
    first = desk.check("first", channel=Channel.API)
    desk.check("second", channel=Channel.API)
    reply = desk.check("reply", channel=Channel.API, parent_id=first.comment_id)
    desk.check("reply to reply", channel=Channel.API, parent_id=reply.comment_id)
    desk.check("second reply", channel=Channel.API, parent_id=first.comment_id)
    desk.check(PILLS, channel=Channel.API, parent_id=first.comment_id)
    desk.check(comment("elsewhere", permalink=OTHER_PAGE))
    desk.check(comment("a test", is_test=True))
    assert outline(thread(desk)) == [["first", ["reply", ["reply to reply"]], ["second reply"]], ["second"]]


def test_a_reply_whose_parent_is_not_shown_stands_alone(desk: Desk):
    parent = desk.check("parent", channel=Channel.API)
    desk.check("reply", channel=Channel.API, parent_id=parent.comment_id)
    desk.feedback("parent", Label.SPAM)
    (alone,) = thread(desk)
    assert (alone.content, alone.parent_id) == ("reply", None)


def test_a_parent_on_another_page_is_not_shown_either(desk: Desk):
    parent = desk.check(comment("parent", permalink=OTHER_PAGE), channel=Channel.API)
    desk.check("reply", channel=Channel.API, parent_id=parent.comment_id)
    assert outline(thread(desk)) == [["reply"]]


def test_replies_may_name_the_parent_by_the_blog_s_own_id(desk: Desk):
    desk.check(comment("parent", external_id="1"))
    desk.check(comment("reply", external_id="2", parent_external_id="1"))
    desk.check(comment("lost", external_id="3", parent_external_id="99"))
    assert outline(thread(desk)) == [["parent", ["reply"]], ["lost"]]


def test_replies_that_name_each_other_or_themselves_make_no_circle(desk: Desk):
    desk.check(comment("one", external_id="1", parent_external_id="2"))
    desk.check(comment("two", external_id="2", parent_external_id="1"))
    desk.check(comment("self", external_id="3", parent_external_id="3"))
    assert outline(thread(desk)) == [["one", ["two"]], ["self"]]


def test_a_thread_holds_nothing_personal_but_name_and_address(desk: Desk):
    desk.check(comment(author=author(ip="198.51.100.23")), now=NOW + timedelta(minutes=1))
    (node,) = thread(desk)
    assert (node.author_name, node.author_url, node.received_at) == (
        "Ann",
        "https://ann.example",
        NOW + timedelta(minutes=1),
    )
    assert "198.51" not in repr(node)
    assert "@" not in repr(node)


def row(id_: Id, parent_id: Id | None = None, external_id: str | None = None, parent: str | None = None) -> CommentRow:
    return CommentRow(
        id=id_,
        parent_id=parent_id,
        external_id=external_id,
        parent_external_id=parent,
        author_name="",
        author_url="",
        content="",
        received_at=NOW,
        version=1,
    )


def walk(nodes: tuple[Node, ...]) -> tuple[list[Id], int]:
    """Every id of a tree, and its depth, without recursion."""
    seen, deepest, waiting = [], 0, [(node, 1) for node in nodes]
    while waiting:
        node, depth = waiting.pop()
        seen.append(node.id)
        deepest = max(deepest, depth)
        waiting.extend((reply, depth + 1) for reply in node.replies)
    return seen, deepest


def test_a_chain_of_3000_replies_makes_a_tree_of_that_depth():
    ids = [new_id() for _ in range(3000)]
    seen, depth = walk(showing._tree([row(id_, parent) for id_, parent in zip(ids, [None, *ids], strict=False)]))
    assert (sorted(seen), depth) == (ids, 3000)


@given(
    st.lists(
        st.tuples(st.integers(-1, 9), st.sampled_from([None, *"abc"]), st.sampled_from([None, *"abc"])), max_size=10
    )
)
def test_whatever_replies_claim_every_comment_stands_in_the_tree_once_below_an_older_one(claims):
    ids = [new_id() for _ in range(10)]
    rows = [
        row(id_, ids[at] if at >= 0 else None, own, parent) for id_, (at, own, parent) in zip(ids, claims, strict=False)
    ]
    roots = showing._tree(rows)
    seen, _ = walk(roots)
    assert sorted(seen) == [one.id for one in rows]
    assert [node.id for node in roots] == sorted(node.id for node in roots)
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        assert all(reply.parent_id == node.id < reply.id for reply in node.replies)
        assert [reply.id for reply in node.replies] == sorted(reply.id for reply in node.replies)
        waiting.extend(node.replies)
