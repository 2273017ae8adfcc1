"""People by their roles at each site: moderator and lead take each other's place, an operator is beside them."""

from datetime import timedelta
from itertools import permutations

import pytest

from moderation.clock import Id, new_id
from moderation.storage import people, sites
from moderation.storage.database import Db
from moderation.storage.people import NewModerator, Person
from moderation.storage.people_tables import MembershipRow, ModeratorRow
from moderation.vocabulary import Role
from tests.support.desk import Desk
from tests.support.factories import NOW

ANA = "ana@example.org"
MODERATOR, LEAD, OPERATOR = Role.MODERATOR, Role.LEAD, Role.OPERATOR


def add(db: Db, site_id: Id, role: Role, email: str = ANA, password_hash: str | None = None) -> Id:
    return people.add(db, site_id=site_id, person=NewModerator(email, password_hash, role), now=NOW)


def roles_at(desk: Desk, site_id: Id, email: str = ANA) -> set[Role]:
    with desk.database.snapshot() as db:
        row = people.find_row(db, email=email)
        person = people.find(db, row.id) if row else None
        return set(person.roles_at(site_id)) if person else set()


@pytest.mark.parametrize("order", [*permutations(Role), (MODERATOR, LEAD, MODERATOR), (LEAD, MODERATOR, LEAD)], ids=str)
@pytest.mark.parametrize("is_one_act", [True, False])
def test_moderator_and_lead_take_each_other_s_place_and_an_operator_is_beside(
    desk: Desk, order: tuple[Role, ...], is_one_act: bool
):
    site_id = desk.site.site.id
    if is_one_act:
        with desk.database.transaction() as db:
            assert len({add(db, site_id, role) for role in order}) == 1
    else:
        for role in order:
            with desk.database.transaction() as db:
                add(db, site_id, role)
    last = [role for role in order if role is not OPERATOR][-1]
    assert roles_at(desk, site_id) == {last} | ({OPERATOR} & set(order))


def test_the_same_role_twice_is_one_role(desk: Desk):
    for _ in range(2):
        with desk.database.transaction() as db:
            add(db, desk.site.site.id, LEAD)
    assert (desk.count(ModeratorRow), desk.count(MembershipRow)) == (1, 1)


def test_one_person_has_the_roles_of_each_site_there_and_nowhere_else(desk: Desk):
    here, there, nowhere = (
        desk.site.site.id,
        *[desk.add_site(f"https://{name}.example").site.id for name in ("there", "nowhere")],
    )
    with desk.database.transaction() as db:
        add(db, here, LEAD)
        add(db, there, MODERATOR)
        add(db, there, MODERATOR, "ben@example.org")
    assert (roles_at(desk, here), roles_at(desk, there), roles_at(desk, nowhere)) == ({LEAD}, {MODERATOR}, set())
    with desk.database.snapshot() as db:
        assert [(one.email, dict(one.roles)) for one in people.of_site(db, site_id=there)] == [
            (ANA, {there: {MODERATOR}}),
            ("ben@example.org", {there: {MODERATOR}}),
        ]
        assert people.of_site(db, site_id=nowhere) == []


def test_a_removed_site_s_roles_are_nobody_s(desk: Desk):
    with desk.database.transaction() as db:
        add(db, desk.site.site.id, LEAD)
        sites.remove(db, desk.site.site.id, now=NOW)
    assert roles_at(desk, desk.site.site.id) == set()


def test_roles_are_taken_one_by_one_or_all(desk: Desk):
    site_id = desk.site.site.id
    with desk.database.transaction() as db:
        id_ = add(db, site_id, LEAD)
        add(db, site_id, OPERATOR)
        assert people.remove(db, site_id=site_id, moderator_id=id_, roles={OPERATOR, MODERATOR}) == 1
    assert roles_at(desk, site_id) == {LEAD}
    with desk.database.transaction() as db:
        add(db, site_id, OPERATOR)
        assert people.remove(db, site_id=site_id, moderator_id=id_) == 2
        assert people.remove(db, site_id=site_id, moderator_id=id_) == 0
    assert roles_at(desk, site_id) == set()
    with desk.database.snapshot() as db:
        assert people.find(db, id_) is not None, "the person stays, for the history that names them"


def test_adding_again_without_a_password_keeps_the_one_there_is(desk: Desk):
    with desk.database.transaction() as db:
        id_ = add(db, desk.site.site.id, LEAD, password_hash="first")
        add(db, desk.site.site.id, LEAD)
        assert people.get_row(db, id_).password_hash == "first"
        add(db, desk.site.site.id, LEAD, password_hash="second")
    with desk.database.snapshot() as db:
        assert people.get_row(db, id_).password_hash == "second"


def test_a_person_is_known_by_name_or_by_the_address_before_the_at(desk: Desk):
    with desk.database.transaction() as db:
        id_ = add(db, desk.site.site.id, LEAD)
    with desk.database.transaction() as db:
        assert people.find(db, id_) == Person(id_, ANA, "ana", {desk.site.site.id: frozenset({LEAD})})
        people.change(db, id_, name="Ana B.", totp_secret=b"secret", preferences={"fold": "nothing"})
    with desk.database.snapshot() as db:
        person = people.find(db, id_)
        assert (person.name, person.has_second_factor, person.has_password) == ("Ana B.", True, False)
        assert person.preferences == {"fold": "nothing"}
        assert people.names(db, [id_, new_id()]) == {id_: "Ana B."}
        assert people.find(db, new_id()) is None


def test_a_link_works_once_for_whose_it_is_until_it_ends(desk: Desk):
    end = NOW + timedelta(minutes=30)
    with desk.database.transaction() as db:
        id_ = add(db, desk.site.site.id, LEAD)
        people.add_link(db, moderator_id=id_, digest="one", expires_at=end)
        people.add_link(db, moderator_id=id_, digest="two", expires_at=end)
    with desk.database.transaction() as db:
        assert people.find_link(db, digest="one", now=end - timedelta(microseconds=1)) == id_
        assert people.find_link(db, digest="one", now=end) is None
        assert people.find_link(db, digest="none", now=NOW) is None
        assert [people.use_link(db, digest="one", now=NOW) for _ in range(2)] == [True, False]
        assert people.find_link(db, digest="one", now=NOW) is None
        assert people.find_link(db, digest="two", now=NOW) == id_


def test_a_one_time_code_works_once_and_never_one_before_it(desk: Desk):
    with desk.database.transaction() as db:
        id_ = add(db, desk.site.site.id, LEAD)
        used = [people.use_code(db, id_, step=step) for step in (7, 7, 6, 8, 7)]
    assert used == [True, False, False, True, False]


def test_who_has_been_in_is_known(desk: Desk):
    with desk.database.transaction() as db:
        by_link = add(db, desk.site.site.id, LEAD)
        by_password = add(db, desk.site.site.id, LEAD, "ben@example.org", "hash")
        people.add_link(db, moderator_id=by_link, digest="one", expires_at=NOW)
        db.flush()
        assert [people.has_been_in(db, id_) for id_ in (by_link, by_password, new_id())] == [False, True, False]
        people.use_link(db, digest="one", now=NOW)
        assert people.has_been_in(db, by_link)
