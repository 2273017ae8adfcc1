"""The time machine: with the clock moved, everything that is due is gone, and nothing else is."""

import ipaddress
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from moderation import clock, worker
from moderation.clock import Id
from moderation.duties import correcting, forgetting, rewording
from moderation.duties.correcting import Feedback, Intake
from moderation.duties.forgetting import sweeping
from moderation.errors import Unavailable
from moderation.judging.network import ip_prefix
from moderation.judging.retention import LATE_AFTER, Terms
from moderation.seal import Seal, code_under
from moderation.settings import Settings
from moderation.storage import figures, retaining
from moderation.storage.database import Database, open_database
from moderation.storage.rights_tables import AppealRow, NetworkKeyRow, RetentionRunRow
from moderation.storage.tables import CommentRow
from moderation.vocabulary import Channel, Label, NetworkForm, Verdict
from tests.conftest import SECRET
from tests.support.databases import is_postgres
from tests.support.desk import NOTICE, Desk
from tests.support.factories import NOW, author, comment
from tests.support.forgetting import appeal, shorten, states, sweep

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
DAYS = st.integers(min_value=1, max_value=4_000)
STATES = {
    "published": Verdict.PUBLISH,
    "held": Verdict.HOLD,
    "removed": Verdict.REMOVE,
}


def under(desk: Desk, terms: Terms, *, is_strict: bool = False) -> Desk:
    """The same desk with terms in force."""
    desk.checking = replace(desk.checking, terms=terms, is_strict=is_strict)
    return desk


def arrive(desk: Desk, state: str, *, channel: Channel = Channel.API, now: datetime = NOW, words: str = "Soup") -> Id:
    """A comment that came through a door at a moment, and is in a state."""
    comment_id = desk.check(comment(f"{words} {state} {channel} {now}"), channel=channel, now=now).comment_id
    desk.decide(comment_id, STATES[state], now=now)
    return comment_id


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("state", STATES)
def test_a_comment_goes_in_the_second_that_was_promised_and_not_before(desk: Desk, state: str, channel: Channel):
    terms = Terms(published=2 * DAY, checked=3 * DAY, held=5 * DAY, removed=7 * DAY)
    due_after = {"published": terms.published, "held": terms.held, "removed": terms.removed}
    due_after |= {"published": terms.checked} if channel is Channel.AKISMET else {}
    limit = NOW + due_after[state]
    under(desk, terms)
    comment_id = arrive(desk, state, channel=channel)
    assert sweep(desk, terms=terms, now=limit - SECOND) == 0
    assert states(desk) == {comment_id: state}
    assert sweep(desk, terms=terms, now=limit) == 1
    assert states(desk) == {comment_id: "erased"}
    assert sweep(desk, terms=terms, now=limit + SECOND) == 0


@pytest.fixture(scope="session")
def sqlite_template(_sqlite_template: Path) -> Path:
    """A migrated, empty file, to be copied."""
    return _sqlite_template


@settings(max_examples=25)
@given(
    kept=st.fixed_dictionaries({name: st.none() | DAYS for name in ("published", "checked", "held", "removed")}),
    ages=st.lists(DAYS, min_size=1, max_size=4),
)
def test_under_any_terms_everything_due_is_gone_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, kept: dict[str, int | None], ages: list[int]
):
    path = tmp_path_factory.mktemp("machine") / "candor.db"
    shutil.copy(sqlite_template, path)
    desk = Desk(open_database(f"sqlite:///{path}"), Seal(bytes.fromhex(SECRET)))
    terms = Terms(**{name: days and timedelta(days=days) for name, days in kept.items()})
    under(desk, terms)
    due, living = set(), set()
    for age in ages:
        for state in STATES:
            for channel in Channel:
                name = "checked" if (state, channel) == ("published", Channel.AKISMET) else state
                comment_id = arrive(desk, state, channel=channel, now=NOW - timedelta(days=age))
                (due if kept[name] is not None and kept[name] <= age else living).add(comment_id)
    sweep(desk, terms=terms, now=NOW)
    found = states(desk)
    assert {id_ for id_, state in found.items() if state == "erased"} == due
    assert {id_ for id_, state in found.items() if state != "erased"} == living
    desk.database.close()


def test_raising_a_setting_later_lengthens_nothing(desk: Desk):
    under(desk, Terms(held=10 * DAY))
    comment_id = arrive(desk, "held")
    longer = Terms(held=100 * DAY)
    shorten(desk, longer)
    sweep(desk, terms=longer, now=NOW + 10 * DAY - SECOND)
    assert states(desk) == {comment_id: "held"}
    sweep(desk, terms=longer, now=NOW + 10 * DAY)
    assert states(desk) == {comment_id: "erased"}


@pytest.mark.parametrize("before", [Terms(), Terms(held=100 * DAY)], ids=["no term", "a longer term"])
def test_lowering_it_shortens_for_what_is_there(desk: Desk, before: Terms):
    under(desk, before)
    comment_id = arrive(desk, "held")
    shorter = Terms(held=10 * DAY)
    sweep(desk, terms=shorter, now=NOW + 10 * DAY)
    assert states(desk) == {comment_id: "held"}  # its date is still the old one
    shorten(desk, shorter)
    assert desk.row(comment_id).delete_held_after == NOW + 10 * DAY
    sweep(desk, terms=shorter, now=NOW + 10 * DAY)
    assert states(desk) == {comment_id: "erased"}


def test_a_pass_over_all_dates_goes_on_where_it_was_and_ends(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweeping, "_LIGHT", 2)
    ids = [arrive(desk, "held", words=f"Soup {number}") for number in range(5)]
    pass_ = forgetting.Shortening(Terms(held=DAY))
    rounds = 0
    while True:
        with desk.database.snapshot() as db:
            if not pass_.is_due(db):
                break
        with desk.database.transaction() as db:
            pass_.piece(db)
        rounds += 1
    assert rounds == 3
    assert {desk.row(id_).delete_held_after for id_ in ids} == {NOW + DAY}


def test_what_is_appealed_or_frozen_stays_until_that_ends(desk: Desk):
    terms = Terms(held=DAY)
    under(desk, terms)
    appealed, frozen, both, due = (arrive(desk, "held", words=f"Soup {number}") for number in range(4))
    for comment_id in (appealed, both):
        appeal(desk, comment_id)
    _freeze(desk, [frozen, both], NOW)
    sweep(desk, terms=terms, now=NOW + 2 * DAY)
    assert states(desk) == {appealed: "held", frozen: "held", both: "held", due: "erased"}
    with desk.database.snapshot() as db:
        found = figures.late(db, site_id=desk.site.site.id, now=NOW + 2 * DAY)
        assert (found.appeals, found.frozen) == (2, 1)
        assert not retaining.is_late(db, before=NOW + 2 * DAY)
    _freeze(desk, [frozen, both], None)
    with desk.database.transaction() as db:
        for row in db.exec(select(AppealRow)):
            row.heard_at = NOW
            db.add(row)
    sweep(desk, terms=terms, now=NOW + 2 * DAY)
    assert set(states(desk).values()) == {"erased"}


def _freeze(desk: Desk, ids: list[Id], at: datetime | None) -> None:
    with desk.database.transaction() as db:
        for id_ in ids:
            row = db.get(CommentRow, id_)
            row.frozen_at = at
            db.add(row)


def test_one_transaction_deletes_so_much_and_no_more(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sweeping, "PIECE", 3)
    terms = Terms(held=DAY)
    under(desk, terms)
    for number in range(7):
        arrive(desk, "held", words=f"Soup {number}")
    pieces = []
    for _ in range(4):
        with desk.database.transaction() as db:
            pieces.append(forgetting.sweep(db, seal=lambda: desk.seal, terms=terms, now=NOW + DAY))
    assert pieces == [3, 3, 1, 0]


def test_of_a_network_address_nothing_is_left_after_its_time_and_the_comment_stays(desk: Desk):
    terms = Terms(network=30 * DAY)
    under(desk, terms)
    comment_id = arrive(desk, "published")
    sweep(desk, terms=terms, now=NOW + 30 * DAY - SECOND)
    assert desk.row(comment_id).author_ip_prefix == "192.0.2.0/24"
    sweep(desk, terms=terms, now=NOW + 30 * DAY)
    row = desk.row(comment_id)
    assert (row.author_ip_prefix, row.fingerprint, row.reduce_after) == (None, "", None)
    assert row.content.startswith("Soup")


def test_an_edit_brings_a_new_network_address_with_a_date_of_its_own(desk: Desk):
    terms = Terms(network=30 * DAY)
    under(desk, terms)
    comment_id = desk.edit("b1", "Soup").comment_id
    sweep(desk, terms=terms, now=NOW + 30 * DAY)
    desk.edit("b1", "Bread", now=NOW + 31 * DAY)
    assert desk.row(comment_id).reduce_after == NOW + 61 * DAY
    assert desk.row(comment_id).delete_held_after is None


def test_a_writers_correction_moves_no_date(desk: Desk):
    terms = Terms(held=20 * DAY, network=30 * DAY)
    under(desk, terms)
    comment_id = arrive(desk, "held")
    before = desk.row(comment_id)
    with desk.database.transaction() as db:
        row = db.get(CommentRow, comment_id)
        words = rewording.reworded(row, rewording.Words("Bread", "Ann"))
        rewording.reword(db, seal=desk.seal, row=row, comment=words, judged=None, now=NOW + DAY)
    after = desk.row(comment_id)
    assert after.content == "Bread"
    kept = ("delete_published_after", "delete_held_after", "delete_removed_after", "reduce_after", "author_ip_prefix")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]
    assert after.reduce_after == NOW + 30 * DAY


def test_a_comment_that_comes_with_its_correction_has_its_dates_too(desk: Desk):
    terms = Terms(checked=DAY, held=2 * DAY, removed=3 * DAY, network=4 * DAY)
    with desk.database.transaction() as db:
        feedback = Feedback(comment("Never seen"), Label.SPAM, "blog.example")
        site = desk.site.site
        given_ = {"seal": desk.seal, "site": site, "notice_version": NOTICE, "now": NOW}
        correcting.take_feedback(db, feedback=feedback, intake=Intake(terms), **given_)
    (comment_id,) = states(desk)
    row = desk.row(comment_id)
    dates = (row.delete_published_after, row.delete_held_after, row.delete_removed_after, row.reduce_after)
    assert dates == (NOW + DAY, NOW + 2 * DAY, NOW + 3 * DAY, NOW + 4 * DAY)


def runs(desk: Desk) -> list[tuple[datetime, int, int]]:
    with desk.database.snapshot() as db:
        rows = db.exec(select(RetentionRunRow).order_by(RetentionRunRow.ran_at))
        return [(row.ran_at, row.deleted, row.reduced) for row in rows]


def test_runs_are_noted_and_idle_ones_fill_no_table(desk: Desk):
    terms = Terms(held=DAY, network=2 * DAY)
    under(desk, terms)
    arrive(desk, "held")
    arrive(desk, "published")
    minutes = [timedelta(minutes=number) for number in range(10)]
    for minute in minutes:
        sweep(desk, terms=terms, now=NOW + minute)
    assert runs(desk) == [(NOW + minutes[-1], 0, 0)]
    sweep(desk, terms=terms, now=NOW + DAY)
    sweep(desk, terms=terms, now=NOW + 2 * DAY)
    for minute in minutes:
        sweep(desk, terms=terms, now=NOW + 2 * DAY + minute)
    assert runs(desk) == [
        (NOW + minutes[-1], 0, 0),
        (NOW + DAY, 1, 0),
        (NOW + 2 * DAY, 0, 1),
        (NOW + 2 * DAY + minutes[-1], 0, 0),
    ]


def test_a_clock_behind_the_newest_event_deletes_nothing(desk: Desk):
    terms = Terms(held=DAY)
    under(desk, terms)
    comment_id = arrive(desk, "held", now=NOW - 10 * DAY)
    arrive(desk, "published")
    with pytest.raises(Unavailable, match="clock"):
        sweep(desk, terms=terms, now=NOW - DAY)
    assert states(desk)[comment_id] == "held"


def test_in_strict_mode_nothing_is_taken_in_while_deletion_is_late(desk: Desk):
    terms = Terms(held=DAY)
    under(desk, terms, is_strict=True)
    arrive(desk, "held")
    due = NOW + DAY
    assert desk.check("In time", now=due + LATE_AFTER - SECOND)
    with pytest.raises(Unavailable) as refused:
        desk.check("Too late", now=due + LATE_AFTER)
    assert refused.value.code == "retention.late"
    sweep(desk, terms=terms, now=due + LATE_AFTER)
    assert desk.check("In time again", now=due + LATE_AFTER)


def test_in_strict_mode_a_correction_brings_no_comment_in_while_deletion_is_late(desk: Desk):
    terms = Terms(held=DAY)
    under(desk, terms)
    arrive(desk, "held")
    known = desk.published("Soup")
    late = NOW + DAY + LATE_AFTER
    with desk.database.transaction() as db, pytest.raises(Unavailable):
        correcting.take_feedback(
            db,
            seal=desk.seal,
            site=desk.site.site,
            feedback=Feedback(comment("Never seen"), Label.SPAM, "blog.example"),
            notice_version=NOTICE,
            now=late,
            intake=Intake(terms, is_strict=True),
        )
    assert known in states(desk)


def codes(desk: Desk, *, form: NetworkForm, at: datetime, addresses: list[str]) -> list[str | None]:
    terms = Terms(form=form, key_life=7 * DAY)
    under(desk, terms)
    found = []
    for number, address in enumerate(addresses):
        said = comment(f"Soup {number} {at}", author=author(ip=address))
        comment_id = desk.check(said, now=at).comment_id
        found.append(desk.row(comment_id).author_ip_prefix)
    return found


HOSTS = ["192.0.2.1", "192.0.2.7", "192.0.2.254"]
WIDE_HOSTS = ["2001:db8:beef::1", "2001:db8:beef:1234::77", "2001:db8:beef:ffff:ffff:ffff:ffff:ffff"]


@pytest.mark.parametrize("form", NetworkForm)
@pytest.mark.parametrize("hosts", [HOSTS, WIDE_HOSTS], ids=["ipv4", "ipv6"])
def test_what_is_stored_of_an_address_is_the_same_for_every_host_of_its_network(
    desk: Desk, form: NetworkForm, hosts: list[str]
):
    stored = codes(desk, form=form, at=NOW, addresses=[*hosts, "198.51.100.7"])
    assert len(set(stored[:-1])) == 1
    assert (stored[0] is None) is (form is NetworkForm.NONE)
    assert stored[-1] != stored[0] or form is NetworkForm.NONE
    if form is NetworkForm.KEYED:
        assert not any(host.split(".")[0] in (stored[0] or "").split(".") for host in hosts[:1])
        assert len(stored[0] or "") == 32


def test_codes_of_two_epochs_cannot_be_linked_and_the_old_key_is_gone(desk: Desk):
    first = codes(desk, form=NetworkForm.KEYED, at=NOW, addresses=HOSTS)
    same_epoch = codes(desk, form=NetworkForm.KEYED, at=NOW + 7 * DAY - SECOND, addresses=HOSTS)
    keys = _keys(desk)
    second = codes(desk, form=NetworkForm.KEYED, at=NOW + 7 * DAY, addresses=HOSTS)
    assert set(first) == set(same_epoch)
    assert not set(first) & set(second)
    assert len(_keys(desk)) == 1
    assert _keys(desk) != keys


def _keys(desk: Desk) -> list[bytes]:
    with desk.database.snapshot() as db:
        return [row.key for row in db.exec(select(NetworkKeyRow))]


def test_a_key_goes_on_its_day_without_a_comment_coming_and_with_the_form(desk: Desk):
    terms = Terms(form=NetworkForm.KEYED, key_life=7 * DAY)
    codes(desk, form=NetworkForm.KEYED, at=NOW, addresses=HOSTS)
    sweep(desk, terms=terms, now=NOW + 7 * DAY - SECOND)
    assert len(_keys(desk)) == 1
    sweep(desk, terms=terms, now=NOW + 7 * DAY)
    assert _keys(desk) == []
    codes(desk, form=NetworkForm.KEYED, at=NOW + 8 * DAY, addresses=HOSTS)
    sweep(desk, terms=Terms(), now=NOW + 8 * DAY)
    assert _keys(desk) == []


@given(st.integers(0, 2**32 - 1), st.integers(0, 255))
def test_a_code_says_nothing_about_the_host(network: int, host: int):
    key = b"k" * 32
    one, other = str(ipaddress.ip_address(network)), str(ipaddress.ip_address(network & ~0xFF | host))
    assert code_under(key, "site", ip_prefix(one) or "") == code_under(key, "site", ip_prefix(other) or "")
    assert code_under(key, "site", one) != code_under(b"l" * 32, "site", one)


@pytest.mark.parametrize("form", [NetworkForm.KEYED, NetworkForm.NONE])
def test_where_no_address_is_stored_the_code_of_the_whole_comment_tells_no_network_apart(desk: Desk, form: NetworkForm):
    under(desk, Terms(form=form))
    first = desk.check(comment("Soup", author=author(ip="192.0.2.7")))
    again = desk.check(comment("Soup", author=author(ip="198.51.100.7")))
    assert first.comment_id == again.comment_id


def test_the_loop_does_it_all_by_itself(database: Database, seal, monkeypatch: pytest.MonkeyPatch):
    own = Settings(_env_file=None, secret_key=SECRET, keep_held_days=3)
    for cached in (worker._settings, worker._shortening, worker._settling):
        cached.cache_clear()
    monkeypatch.setattr(worker, "load_settings", lambda: own)
    try:
        desk = Desk(database, seal)
        now = clock.now()
        due = desk.check(comment("Old pills"), now=now - 4 * DAY).comment_id  # without any date: from before there were
        living = desk.check(comment("New pills"), now=now).comment_id
        done = worker.run_once(database)
        assert None not in done.values()
        assert states(desk) == {due: "erased", living: "held"}
        assert desk.broken_chains() == []
        if not is_postgres(database):
            with database.snapshot() as db:
                assert not forgetting.is_unsettled(db)
    finally:
        for cached in (worker._settings, worker._shortening, worker._settling):
            cached.cache_clear()
