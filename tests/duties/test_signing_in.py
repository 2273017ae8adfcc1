"""Only moderators get in: a password or a link used once, a code where there is one, and one answer to all the rest."""

from datetime import timedelta

import argon2
import pytest

from moderation import seal as sealing
from moderation.duties import hosting, signing_in
from moderation.duties.signing_in import Secrets
from moderation.errors import Invalid, Unauthenticated
from moderation.storage import people
from moderation.vocabulary import Role
from tests.support.desk import Desk
from tests.support.entrance import OTHER, PASSWORD, STEP, add, code, refusal, seen, sign_in, with_second_factor, write
from tests.support.factories import NOW

MINUTE = timedelta(minutes=1)


def test_a_password_lets_in_and_says_who_is_there(desk: Desk):
    moderator_id, _ = add(desk)
    found = seen(desk, sign_in(desk, email=" Ana@Example.ORG ", password=PASSWORD))
    assert (found.person.id, found.person.email) == (moderator_id, "ana@example.org")
    assert found.person.roles_at(desk.site.site.id) == {Role.MODERATOR}
    assert (found.login.created_at, found.login.network) == (NOW, "192.0.2.0/24")


def test_every_login_has_a_secret_of_its_own_kept_only_as_a_hash(desk: Desk):
    add(desk)
    secrets = {sign_in(desk, email="ana@example.org", password=PASSWORD) for _ in range(3)}
    assert len(secrets) == 3
    logins = write(desk, signing_in.logins_of, person=seen(desk, min(secrets)).person, now=NOW)
    assert {login.digest for login in logins} == {sealing.digest(secret) for secret in secrets}


def test_a_link_lets_in_once(desk: Desk):
    moderator_id, link = add(desk, password=None)
    assert seen(desk, sign_in(desk, link=link)).person.id == moderator_id
    assert refusal(desk, link=link)[0] == "sign_in.refused"


def test_of_two_who_use_one_link_at_the_same_moment_one_gets_in(desk: Desk):
    _, link = add(desk, password=None)
    shown = Secrets(link=link)
    with desk.database.snapshot() as db:
        claimants = [signing_in.claimant_of_link(db, shown, now=NOW) for _ in range(2)]
    enter = {"seal": desk.seal, "shown": shown, "network": "", "now": NOW}
    assert write(desk, signing_in.enter, claimant=claimants[0], **enter)
    with pytest.raises(Unauthenticated):
        write(desk, signing_in.enter, claimant=claimants[1], **enter)


@pytest.mark.parametrize(("minutes", "works"), [(0, True), (14, True), (15, False), (16, False)])
def test_a_link_works_for_fifteen_minutes(desk: Desk, minutes: int, works: bool):
    _, link = add(desk, password=None)
    if works:
        assert sign_in(desk, link=link, now=NOW + minutes * MINUTE)
    else:
        refusal(desk, link=link, now=NOW + minutes * MINUTE)


def test_whatever_does_not_fit_gets_one_answer(desk: Desk):
    secret = with_second_factor(desk)
    _, used = add(desk, "bob@example.org", None)
    sign_in(desk, link=used)
    email = "ana@example.org"
    answers = {
        refusal(desk, email="nobody@example.org", password=PASSWORD),
        refusal(desk, email="", password=""),
        refusal(desk, email=email, password=OTHER, code=code(secret)),
        refusal(desk, email=email, password="", code=code(secret)),
        refusal(desk, email=email, password=PASSWORD),
        refusal(desk, email=email, password=PASSWORD, code="000000"),
        refusal(desk, email=email, password="x" * 100_000),
        refusal(desk, email="ana\x00@example.org", password="\ud800" * 20),
        refusal(desk, email="bob@example.org", password=PASSWORD),
        refusal(desk, link=used),
        refusal(desk, link="never made"),
        refusal(desk, link="\ud800\x00"),
        refusal(desk, link="never made", email=email, password=PASSWORD, code=code(secret)),
    }
    assert len(answers) == 1


@pytest.mark.parametrize("email", ["ana@example.org", "linked@example.org", "nobody@example.org", "", "@"])
def test_the_same_work_is_done_for_everybody(desk: Desk, email: str, monkeypatch: pytest.MonkeyPatch):
    add(desk)
    add(desk, "linked@example.org", None)
    sealing.is_password(None, "warm")  # the hash that stands for nobody's password is made once
    verified: list[str] = []
    verify = argon2.PasswordHasher.verify

    def counted(self: argon2.PasswordHasher, hashed: str, password: bytes) -> bool:
        verified.append(hashed.rpartition("$")[0].rpartition("$")[0])  # the parameters, without salt and hash
        return verify(self, hashed, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    refusal(desk, email=email, password=OTHER)
    assert len(verified) == 1
    assert verified[0] == sealing.hash_password("x").rpartition("$")[0].rpartition("$")[0]


@pytest.mark.parametrize("steps", [-2, -1, 0, 1, 2])
def test_a_code_counts_in_its_half_minute_and_the_ones_beside_it(desk: Desk, steps: int):
    secret = with_second_factor(desk)
    shown = {"email": "ana@example.org", "password": PASSWORD, "code": code(secret, NOW + steps * STEP)}
    if abs(steps) <= 1:
        assert sign_in(desk, **shown)
    else:
        refusal(desk, **shown)


def test_a_code_is_read_with_the_spaces_that_applications_show(desk: Desk):
    said = code(with_second_factor(desk))
    assert sign_in(desk, email="ana@example.org", password=PASSWORD, code=f" {said[:3]} {said[3:]} ")


def test_a_code_and_all_before_it_are_refused_once_it_was_used(desk: Desk):
    secret = with_second_factor(desk)
    shown = {"email": "ana@example.org", "password": PASSWORD}
    sign_in(desk, **shown, code=code(secret))
    refusal(desk, **shown, code=code(secret))
    refusal(desk, **shown, code=code(secret, NOW - STEP))
    assert sign_in(desk, **shown, code=code(secret, NOW + STEP))


def test_of_two_who_use_one_code_at_the_same_moment_one_gets_in(desk: Desk):
    shown = Secrets("ana@example.org", PASSWORD, code=code(with_second_factor(desk)))
    with desk.database.snapshot() as db:
        claimants = [signing_in.claimant_of_password(db, shown) for _ in range(2)]
    enter = {"seal": desk.seal, "shown": shown, "network": "", "now": NOW}
    assert write(desk, signing_in.enter, claimant=claimants[0], **enter)
    with pytest.raises(Unauthenticated):
        write(desk, signing_in.enter, claimant=claimants[1], **enter)


def test_a_link_does_not_replace_the_second_factor(desk: Desk):
    secret = with_second_factor(desk)
    with desk.database.transaction() as db:
        row = people.find_row(db, email="ana@example.org")
        link = hosting.sign_in_secret(db, moderator_id=row.id, now=NOW)
    refusal(desk, link=link)
    assert sign_in(desk, link=link, code=code(secret))


def test_a_link_is_no_password_for_somebody_else(desk: Desk):
    add(desk)
    _, link = add(desk, "bob@example.org", None)
    shown = Secrets("ana@example.org", "", link)
    with desk.database.snapshot() as db:
        claimant = signing_in.claimant_of_password(db, shown)
    with pytest.raises(Unauthenticated):
        write(desk, signing_in.enter, seal=desk.seal, claimant=claimant, shown=shown, network="", now=NOW)


def test_a_factor_sealed_for_another_person_or_secret_opens_nothing(desk: Desk):
    secret = with_second_factor(desk)
    bob, _ = add(desk, "bob@example.org")
    with desk.database.transaction() as db:
        row = people.find_row(db, email="ana@example.org")
        people.change(db, bob, totp_secret=row.totp_secret)
    refusal(desk, email="bob@example.org", password=PASSWORD, code=code(secret))


def test_a_password_kept_under_weaker_parameters_is_kept_anew_when_it_is_shown(desk: Desk):
    moderator_id, _ = add(desk)
    weak = argon2.PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD)
    write(desk, people.change, moderator_id=moderator_id, password_hash=weak)
    refusal(desk, email="ana@example.org", password=OTHER)
    with desk.database.snapshot() as db:
        assert people.get_row(db, moderator_id).password_hash == weak
    sign_in(desk, email="ana@example.org", password=PASSWORD)
    with desk.database.snapshot() as db:
        kept = people.get_row(db, moderator_id).password_hash
    assert not sealing.is_outdated(kept)
    assert sign_in(desk, email="ana@example.org", password=PASSWORD)


@pytest.mark.parametrize("length", [12, 1_024])
def test_the_shortest_and_the_longest_password_work_and_a_longer_one_is_another(desk: Desk, length: int):
    words = "rain on a roof, " * 65
    add(desk, password=words[:length])
    assert sign_in(desk, email="ana@example.org", password=words[:length])
    refusal(desk, email="ana@example.org", password=words[: length + 1])


@pytest.mark.parametrize("length", [11, 1_025])
def test_no_password_is_set_with_which_nobody_could_sign_in(desk: Desk, length: int):
    with pytest.raises(Invalid, match="12 to 1,024"):
        add(desk, password="x" * length)
