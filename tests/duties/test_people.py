"""Who decides at a site: roles beside each other, invitations that let nobody in as somebody else, a last operator."""

from datetime import timedelta

import pytest

from moderation.clock import Id, new_id
from moderation.duties import hosting
from moderation.duties.hosting import NewSite
from moderation.errors import Conflict, Invalid, NotFound
from moderation.storage.people_tables import SignInLinkRow
from moderation.vocabulary import Role
from tests.support.desk import Desk
from tests.support.entrance import add, let_in, seen, sign_in
from tests.support.factories import NOW

EMAIL = "ana@example.org"


def invite(desk: Desk, email: str = EMAIL, role: Role = Role.MODERATOR, at: NewSite | None = None) -> tuple[Id, str]:
    site_id = (at or desk.site).site.id
    with desk.database.transaction() as db:
        return hosting.invite(db, site_id=site_id, email=email, role=role, now=NOW, by={Role.OPERATOR})


def roles(desk: Desk, at: NewSite | None = None) -> dict[str, frozenset[Role]]:
    site_id = (at or desk.site).site.id
    with desk.database.snapshot() as db:
        return {each.email: each.roles_at(site_id) for each in hosting.list_moderators(db, site_id=site_id)}


def remove(desk: Desk, moderator_id: Id, role: Role | None = None) -> None:
    with desk.database.transaction() as db:
        hosting.remove_moderator(db, site_id=desk.site.site.id, moderator_id=moderator_id, role=role)


def test_somebody_new_is_let_in_by_a_link(desk: Desk):
    moderator_id, link = invite(desk, " Ana@Example.ORG ", Role.LEAD)
    assert seen(desk, sign_in(desk, link=link)).person.id == moderator_id
    assert roles(desk) == {EMAIL: {Role.LEAD}}


def test_somebody_who_never_came_is_invited_again(desk: Desk):
    first, again = invite(desk), invite(desk)
    assert first[0] == again[0]
    assert first[1] != again[1]
    assert seen(desk, sign_in(desk, link=again[1])).person.id == first[0]


def test_who_has_been_in_gets_the_role_and_the_operator_no_way_in_as_them(desk: Desk):
    moderator_id, link = invite(desk)
    sign_in(desk, link=link)
    links = desk.count(SignInLinkRow)
    assert invite(desk, role=Role.OPERATOR) == (moderator_id, "")
    assert roles(desk) == {EMAIL: {Role.MODERATOR, Role.OPERATOR}}
    assert desk.count(SignInLinkRow) == links


def test_who_has_a_password_is_not_let_in_otherwise(desk: Desk):
    moderator_id, _ = add(desk, EMAIL)
    assert invite(desk, role=Role.LEAD) == (moderator_id, "")


@pytest.mark.parametrize("has_come", [False, True])
def test_the_operator_of_one_site_is_not_let_in_as_the_operator_of_another(desk: Desk, has_come: bool):
    other = desk.add_site("https://other.example")
    moderator_id, link = invite(desk, role=Role.OPERATOR, at=other)
    if has_come:
        sign_in(desk, link=link)
    assert invite(desk, role=Role.MODERATOR) == (moderator_id, "")
    assert roles(desk) == {EMAIL: {Role.MODERATOR}}
    assert roles(desk, other) == {EMAIL: {Role.OPERATOR}}


@pytest.mark.parametrize(
    "email", ["", "ana", "a b@example.org", "ana\x00@example.org", "\ud800@example.org"], ids=ascii
)
def test_an_invitation_needs_an_address(desk: Desk, email: str):
    with pytest.raises(Invalid):
        invite(desk, email)
    assert roles(desk) == {}


def test_a_person_is_found_by_address_at_the_own_site_only(desk: Desk):
    other = desk.add_site("https://other.example")
    moderator_id, _ = invite(desk, at=other)
    with desk.database.snapshot() as db:
        assert hosting.find_moderator(db, site_id=other.site.id, email=" ANA@example.org").id == moderator_id
        with pytest.raises(NotFound, match="candor moderator list"):
            hosting.find_moderator(db, site_id=desk.site.site.id, email=EMAIL)


def test_a_role_is_taken_or_all_of_them_and_other_sites_keep_theirs(desk: Desk):
    other = desk.add_site("https://other.example")
    desk.seat("zoe", Role.OPERATOR)
    ana = desk.seat("ana", Role.LEAD, Role.OPERATOR)
    desk.seat("ana", Role.LEAD, at=other)
    remove(desk, ana.id, Role.LEAD)
    assert roles(desk)[EMAIL] == {Role.OPERATOR}
    with pytest.raises(NotFound):
        remove(desk, ana.id, Role.LEAD)
    remove(desk, ana.id)
    assert (EMAIL in roles(desk), roles(desk, other)) == (False, {EMAIL: {Role.LEAD}})
    for unknown in (ana.id, new_id()):
        with pytest.raises(NotFound):
            remove(desk, unknown)


def test_the_last_operator_stays_until_there_is_another(desk: Desk):
    ana = desk.seat("ana", Role.LEAD, Role.OPERATOR)
    for role in (None, Role.OPERATOR):
        with pytest.raises(Conflict, match="only operator"):
            remove(desk, ana.id, role)
    remove(desk, ana.id, Role.LEAD)
    desk.seat("bob", Role.OPERATOR)
    remove(desk, ana.id)
    assert roles(desk) == {"bob@example.org": {Role.OPERATOR}}


def test_who_left_and_came_back_is_the_same_person(desk: Desk):
    ana = desk.seat("ana")
    secret = let_in(desk)
    remove(desk, ana.id)
    assert seen(desk, secret).person.roles == {}
    assert invite(desk) == (ana.id, "")
    assert seen(desk, secret).person.roles_at(desk.site.site.id) == {Role.MODERATOR}


def test_the_roles_at_a_site_that_is_closed_end_with_it(desk: Desk):
    desk.seat("ana")
    secret = let_in(desk)
    with desk.database.transaction() as db:
        hosting.remove_site(db, site_id=desk.site.site.id, now=NOW + timedelta(minutes=1))
    assert seen(desk, secret).person.roles == {}
