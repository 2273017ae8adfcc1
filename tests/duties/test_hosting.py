"""Sites, keys, moderators, thresholds and rules: what operators may set, and what is refused with a helpful word."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from moderation.clock import new_id
from moderation.duties import hosting
from moderation.errors import Conflict, Invalid, ModerationError, NotFound, Unauthenticated
from moderation.judging.policy import Policy
from moderation.seal import is_token
from moderation.storage.people_tables import MembershipRow, ModeratorRow, SignInLinkRow
from moderation.storage.tables import EventRow, KeyRow, SiteRow
from moderation.vocabulary import EventKind, KeyKind, Role, RuleKind, Scope, Verdict
from tests.support.desk import Desk
from tests.support.factories import NOW

WEEK = timedelta(days=7)


def granted(desk: Desk, kind: KeyKind, key: str, now=NOW):
    """What a key opens as the directory stands now."""
    with desk.database.snapshot() as db:
        return desk.checking.directory.fresh(db).grant(hosting.key_digest(desk.seal, kind, key), kind, now)


def rows(desk: Desk, table: type) -> list:
    with desk.database.snapshot() as db:
        return list(db.scalars(select(table)))


def test_a_new_site_has_two_working_keys_and_cautious_thresholds(desk: Desk):
    new = desk.add_site("https://Blog.Example:8443/path")
    assert (new.site.name, new.site.host, new.site.policy) == ("blog.example", "blog.example", Policy())
    by_key, by_token = granted(desk, KeyKind.AKISMET, new.akismet_key), granted(desk, KeyKind.API, new.api_token)
    assert by_key.site.id == by_token.site.id == new.site.id
    assert (by_key.scopes, by_token.scopes) == (frozenset(), frozenset(Scope))
    assert is_token(new.api_token)


def test_keys_are_stored_only_as_hashes_and_shown_in_no_repr(desk: Desk):
    stored = " ".join(str(row.model_dump()) for row in rows(desk, KeyRow))
    for key in (desk.site.akismet_key, desk.site.api_token):
        assert key not in stored
        assert key not in repr(desk.site)


def test_an_akismet_key_may_be_written_in_capitals_and_a_token_not(desk: Desk):
    assert granted(desk, KeyKind.AKISMET, desk.site.akismet_key.upper()).site.id == desk.site.site.id
    with pytest.raises(Unauthenticated):
        granted(desk, KeyKind.API, desk.site.api_token.swapcase())


def test_a_key_opens_only_its_own_door(desk: Desk):
    for kind, key in ((KeyKind.API, desk.site.akismet_key), (KeyKind.AKISMET, desk.site.api_token)):
        with pytest.raises(Unauthenticated):
            granted(desk, kind, key)


@pytest.mark.parametrize(
    "home_url",
    [
        "",
        "blog.example",
        "ftp://blog.example",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "http://[::1",
        "https://b.example/" + "x" * 2048,
        "https://b.example/\x00",
        "https://b.example/\ud800",
        "https://ann:secret@b.example",
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_home_that_is_no_web_address_is_refused(desk: Desk, home_url: str):
    for act in (
        lambda db: hosting.add_site(db, seal=desk.seal, home_url=home_url, name="x", now=NOW),
        lambda db: hosting.set_site(db, site_id=desk.site.site.id, changes={"home_url": home_url}, now=NOW),
    ):
        with pytest.raises(Invalid, match="for example"), desk.database.transaction() as db:
            act(db)
    assert len(rows(desk, KeyRow)) == 2


@pytest.mark.parametrize("name", [" ", "\x00", "half \ud800", "x" * 251], ids=lambda value: ascii(value)[:40])
def test_a_name_that_cannot_be_stored_is_refused(desk: Desk, name: str):
    for act in (
        lambda db: hosting.add_site(db, seal=desk.seal, home_url="https://b.example", name=name, now=NOW),
        lambda db: hosting.set_site(db, site_id=desk.site.site.id, changes={"name": name}, now=NOW),
    ):
        with pytest.raises(Invalid, match="name"), desk.database.transaction() as db:
            act(db)


@pytest.mark.parametrize("kind", KeyKind)
def test_a_rotated_key_works_until_the_overlap_ends_and_not_a_moment_longer(desk: Desk, kind: KeyKind):
    old = desk.site.akismet_key if kind is KeyKind.AKISMET else desk.site.api_token
    with desk.database.transaction() as db:
        new = hosting.rotate_key(db, seal=desk.seal, site_id=desk.site.site.id, kind=kind, overlap=WEEK, now=NOW)
    assert new != old
    granted(desk, kind, old, NOW + WEEK - timedelta(microseconds=1))
    with pytest.raises(Unauthenticated):
        granted(desk, kind, old, NOW + WEEK)
    granted(desk, kind, new, NOW + timedelta(days=3650))


def test_without_overlap_the_old_key_ends_at_once_and_the_other_kind_works_on(desk: Desk):
    with desk.database.transaction() as db:
        hosting.rotate_key(
            db, seal=desk.seal, site_id=desk.site.site.id, kind=KeyKind.API, overlap=timedelta(0), now=NOW
        )
    with pytest.raises(Unauthenticated):
        granted(desk, KeyKind.API, desk.site.api_token)
    granted(desk, KeyKind.AKISMET, desk.site.akismet_key)


def test_a_second_rotation_does_not_lengthen_the_first_key_s_overlap(desk: Desk):
    for overlap in (timedelta(days=1), WEEK):
        with desk.database.transaction() as db:
            hosting.rotate_key(
                db, seal=desk.seal, site_id=desk.site.site.id, kind=KeyKind.API, overlap=overlap, now=NOW
            )
    with pytest.raises(Unauthenticated):
        granted(desk, KeyKind.API, desk.site.api_token, NOW + timedelta(days=2))


def test_unknown_revoked_expired_suspended_and_removed_look_alike(desk: Desk):
    refusals = set()

    def refused(now=NOW, key=desk.site.api_token):
        with pytest.raises(Unauthenticated) as refusal:
            granted(desk, KeyKind.API, key, now)
        refusals.add((refusal.value.code, refusal.value.message))

    refused(key="cdr_unknown")
    desk.set_site(suspended="yes")
    refused()
    desk.set_site(suspended="no")
    granted(desk, KeyKind.API, desk.site.api_token)
    with desk.database.transaction() as db:
        hosting.remove_site(db, site_id=desk.site.site.id, now=NOW)
    refused()
    assert len(refusals) == 1


def test_a_removed_site_is_gone_but_its_comments_stay(desk: Desk):
    desk.check()
    with desk.database.transaction() as db:
        hosting.remove_site(db, site_id=desk.site.site.id, now=NOW)
        assert hosting.list_sites(db) == []
        with pytest.raises(NotFound):
            hosting.remove_site(db, site_id=desk.site.site.id, now=NOW)
    assert desk.counts()["comments"] == 1


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"hold_at": "0.6"}, Policy(hold_at=0.6, version=2)),
        ({"hold_at": "0.97", "remove_at": "0.98", "discard_at": "0.99"}, Policy(0.97, 0.98, 0.99, version=2)),
        ({"discard_at": "0.5", "remove_at": "0.4", "hold_at": "0.3"}, Policy(0.3, 0.4, 0.5, version=2)),
        ({"removal_by_program": "on", "discards": "1"}, Policy(removal_by_program=True, discards=True, version=2)),
        ({"trusts_administrators": "FALSE"}, Policy(trusts_administrators=False, version=2)),
    ],
)
def test_thresholds_and_switches_are_set_together(desk: Desk, changes, expected: Policy):
    desk.set_site(**changes)
    with desk.database.snapshot() as db:
        (site,) = hosting.list_sites(db)
    assert site.policy == expected


def test_a_change_keeps_everything_else(desk: Desk):
    desk.set_site(name="Soup", is_listed="no", hold_at="0.6")
    desk.set_site(home_url="https://new.example")
    with desk.database.snapshot() as db:
        (site,) = hosting.list_sites(db)
    old = desk.site.site
    policy = Policy(hold_at=0.6, version=3)
    assert site == replace(old, name="Soup", home_url="https://new.example", is_listed=False, policy=policy)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"hold_at": "x"}, r"“Hold from a score of” \(hold_at\) takes a number from 0 to 1"),
        ({"hold_at": "nan"}, "none is lower than the one before"),
        ({"hold_at": "0"}, "none is lower than the one before"),
        ({"remove_at": "0.1"}, "none is lower than the one before"),
        ({"discard_at": "inf"}, "none is lower than the one before"),
        ({"discards": "maybe"}, "discards takes true or false"),
        ({"suspended": ""}, "suspended takes true or false"),
        ({"colour": "red"}, "no site setting colour; there are name,"),
        ({"policy_version": "9"}, "no site setting policy_version"),
    ],
)
def test_a_bad_change_names_what_is_wrong_and_changes_nothing(desk: Desk, changes, said: str):
    with pytest.raises(Invalid, match=said):
        desk.set_site(**{"name": "New name"} | changes)
    with desk.database.snapshot() as db:
        assert hosting.list_sites(db) == [desk.site.site]


@pytest.mark.parametrize("name", ["https://blog.example", "https://blog.example/", "blog.example", "BLOG.example"])
def test_a_site_is_found_by_its_address_or_host(desk: Desk, name: str):
    desk.add_site("https://other.example")
    with desk.database.snapshot() as db:
        assert hosting.find_site(db, name).id == desk.site.site.id
        assert hosting.find_site(db, str(desk.site.site.id).upper()).id == desk.site.site.id


@pytest.mark.parametrize(
    "name", ["", "unknown.example", "http://[::1", "\x00", "https://"], ids=lambda value: ascii(value)[:40]
)
def test_a_name_that_no_site_has_is_not_found(desk: Desk, name: str):
    with desk.database.snapshot() as db, pytest.raises(NotFound, match="candor site list"):
        hosting.find_site(db, name)


def test_a_host_that_two_sites_share_must_be_named_by_id(desk: Desk):
    desk.add_site("https://blog.example/second")
    with desk.database.snapshot() as db:
        with pytest.raises(Conflict, match="2 sites"):
            hosting.find_site(db, "blog.example")
        assert hosting.find_site(db, "https://blog.example/second").id == desk.sites[1].site.id


def test_a_rule_serves_its_own_site_until_it_is_retired(desk: Desk):
    other, site_id = desk.add_site("https://other.example"), desk.site.site.id
    with desk.database.transaction() as db:
        rule = hosting.add_rule(db, site_id=site_id, kind=RuleKind.WORD, pattern="soup", verdict=Verdict.HOLD, now=NOW)
    assert desk.check("soup").verdict is Verdict.HOLD
    assert desk.check("soup", caller=desk.caller(other)).verdict is Verdict.PUBLISH
    with desk.database.transaction() as db:
        assert hosting.list_rules(db, site_id=site_id) == [rule]
        with pytest.raises(NotFound):
            hosting.remove_rule(db, site_id=other.site.id, rule_id=rule.id, now=NOW)
        hosting.remove_rule(db, site_id=site_id, rule_id=rule.id, now=NOW)
        with pytest.raises(NotFound):
            hosting.remove_rule(db, site_id=site_id, rule_id=rule.id, now=NOW)
        assert hosting.list_rules(db, site_id=site_id) == []
    assert desk.check("soup again").verdict is Verdict.PUBLISH


@pytest.mark.parametrize(
    ("kind", "pattern"),
    [
        (RuleKind.PATTERN, "("),
        (RuleKind.LINKS_OVER, "many"),
        (RuleKind.WORD, ""),
        (RuleKind.WORD, "\x00"),
        (RuleKind.WORD, "\ud800"),
        (RuleKind.PATTERN, "\ud800"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_rule_that_cannot_be_used_is_refused(desk: Desk, kind: RuleKind, pattern: str):
    with pytest.raises(Invalid) as refusal, desk.database.transaction() as db:
        hosting.add_rule(db, site_id=desk.site.site.id, kind=kind, pattern=pattern, verdict=Verdict.HOLD, now=NOW)
    assert refusal.value.code == "rule.invalid"


def test_a_suspended_site_keeps_the_moment_of_its_suspension(desk: Desk):
    desk.set_site(suspended="yes")
    with desk.database.transaction() as db:
        changes = {"name": "Soup", "suspended": "yes"}
        hosting.set_site(db, site_id=desk.site.site.id, changes=changes, now=NOW + WEEK)
    assert [row.suspended_at for row in rows(desk, SiteRow)] == [NOW]
    desk.set_site(suspended="no")
    assert [row.suspended_at for row in rows(desk, SiteRow)] == [None]


def test_a_site_has_a_bounded_number_of_rules(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hosting, "RULES", 2)
    rule = {"kind": RuleKind.WORD, "verdict": Verdict.HOLD, "now": NOW}
    with desk.database.transaction() as db:
        for pattern in ("soup", "stew"):
            hosting.add_rule(db, site_id=desk.site.site.id, pattern=pattern, **rule)
        with pytest.raises(Invalid, match="at most 2 rules"):
            hosting.add_rule(db, site_id=desk.site.site.id, pattern="broth", **rule)


def test_a_moderator_without_a_password_gets_a_link_kept_only_as_a_hash(desk: Desk):
    with desk.database.transaction() as db:
        moderator_id, secret = hosting.add_moderator(
            db, site_id=desk.site.site.id, email=" Ann@Example.ORG ", role=Role.LEAD, password=None, now=NOW
        )
    (person,), (link,), (member,) = (rows(desk, table) for table in (ModeratorRow, SignInLinkRow, MembershipRow))
    assert (person.id, person.email, person.password_hash) == (moderator_id, "ann@example.org", None)
    assert (link.moderator_id, link.expires_at, link.used_at) == (moderator_id, NOW + timedelta(minutes=15), None)
    assert secret not in str(link.model_dump())
    assert (member.site_id, member.role) == (desk.site.site.id, Role.LEAD)


def test_a_moderator_added_again_is_the_same_person_and_moderator_and_lead_take_each_others_place(desk: Desk):
    site_id = desk.site.site.id
    added = []
    given = ((Role.MODERATOR, "correct horse battery"), (Role.OPERATOR, None), (Role.LEAD, None), (Role.LEAD, None))
    with desk.database.transaction() as db:
        for role, password in given:
            added.append(
                hosting.add_moderator(
                    db, site_id=site_id, email="ann@example.org", role=role, password=password, now=NOW
                )
            )
    assert added[0] == (added[1][0], "")
    (person,) = rows(desk, ModeratorRow)
    assert {moderator_id for moderator_id, _ in added} == {person.id}
    assert person.password_hash.startswith("$argon2id$")
    assert {member.role for member in rows(desk, MembershipRow)} == {Role.LEAD, Role.OPERATOR}


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("", None),
        ("ann", None),
        ("ann@localhost", None),
        ("@example.org", None),
        ("a b@example.org", None),
        ("ann@example.org", "too short"),
        ("ann\x00@example.org", None),
        ("ann\ud800@example.org", None),
        ("a" * 320 + "@example.org", None),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_moderator_without_address_or_with_a_short_password_is_refused(desk: Desk, email: str, password: str | None):
    with pytest.raises(Invalid), desk.database.transaction() as db:
        hosting.add_moderator(
            db, site_id=desk.site.site.id, email=email, role=Role.MODERATOR, password=password, now=NOW
        )
    assert rows(desk, ModeratorRow) == []


def test_a_client_that_said_goodbye_leaves_an_event_and_a_working_key(desk: Desk):
    with desk.database.transaction() as db:
        hosting.note_disconnected(db, site_id=desk.site.site.id, now=NOW)
    (event,) = rows(desk, EventRow)
    assert (event.kind, event.comment_id, event.happened_at) == (EventKind.DISCONNECTED, None, NOW)
    granted(desk, KeyKind.AKISMET, desk.site.akismet_key)


@pytest.mark.parametrize("overlap", [WEEK, timedelta(0)])
def test_a_key_that_has_ended_is_told_from_one_never_known(desk: Desk, overlap: timedelta):
    digest = hosting.key_digest(desk.seal, KeyKind.AKISMET, desk.site.akismet_key)
    with desk.database.transaction() as db:
        hosting.rotate_key(
            db, seal=desk.seal, site_id=desk.site.site.id, kind=KeyKind.AKISMET, overlap=overlap, now=NOW
        )
    with desk.database.snapshot() as db:
        directory = desk.checking.directory.fresh(db)
    assert [directory.has_ended(digest, now) for now in (NOW, NOW + WEEK)] == [not overlap, True]
    assert not directory.has_ended("unknown", NOW)


@pytest.mark.parametrize(
    "act",
    [
        lambda db, seal, id_: hosting.add_key(db, seal=seal, site_id=id_, kind=KeyKind.API, now=NOW),
        lambda db, seal, id_: hosting.set_site(db, site_id=id_, changes={"name": "x"}, now=NOW),
        lambda db, seal, id_: hosting.add_rule(
            db, site_id=id_, kind=RuleKind.WORD, pattern="x", verdict=Verdict.HOLD, now=NOW
        ),
        lambda db, seal, id_: hosting.add_moderator(
            db, site_id=id_, email="a@b.example", role=Role.LEAD, password=None, now=NOW
        ),
    ],
    ids=["add_key", "set_site", "add_rule", "add_moderator"],
)
def test_nothing_can_be_added_to_a_site_that_is_not_there(desk: Desk, act):
    with pytest.raises(ModerationError) as refusal, desk.database.transaction() as db:
        act(db, desk.seal, new_id())
    assert refusal.value.code == "site.not_found"
