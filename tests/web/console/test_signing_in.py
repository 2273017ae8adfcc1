"""Getting in: a password, a one-time link, a code; one answer to everything else, and only so many tries."""

import re
from datetime import datetime, timedelta

import pyotp
import pytest

from moderation import clock
from moderation.seal import digest
from moderation.storage.people_tables import ModeratorRow, SessionRow, SignInLinkRow
from moderation.vocabulary import Role
from tests.support.asgi import Service
from tests.support.console import OWN, PASSWORD, SIGN_IN, Guest, contents, link_of, person

REFUSED = "That did not work."
HOUR = timedelta(hours=1)


pytestmark = pytest.mark.usefixtures("fresh_counters")


class TestWithAPassword:
    def test_it_leads_to_where_one_wanted_to_go(self, shared: Service, known: Guest):
        guest = Guest(shared)
        asked = guest.get("/console/account?done=saved")
        assert (asked.status_code, asked.headers["location"]) == (
            303,
            "/console/sign-in?next=%2Fconsole%2Faccount%3Fdone%3Dsaved",
        )
        form = guest.get(asked.headers["location"])
        assert 'name="next" value="/console/account?done=saved"' in form.text
        answer = guest.sign_in(email=known.email, password=PASSWORD, next="/console/account?done=saved")
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/account?done=saved")
        assert guest.get("/console/account").status_code == 200

    def test_the_case_of_the_address_does_not_matter(self, shared: Service, known: Guest):
        assert Guest(shared).sign_in(email=f"  {known.email.upper()} ", password=PASSWORD).status_code == 303

    def test_whoever_is_signed_in_is_not_asked_again(self, known: Guest):
        answer = known.get(f"{SIGN_IN}?next=/console/help")
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/help#main")

    def test_an_unknown_address_and_a_wrong_password_get_one_answer(self, shared: Service, known: Guest):
        before = contents(shared)
        answers = [
            Guest(shared).sign_in(email=email, password=password)
            for email, password in (
                (known.email, "wrong horse battery staple"),
                ("nobody@team.example", PASSWORD),
                ("", ""),
                (known.email, ""),
                ("x" * 5_000, "y" * 50_000),
                ("\ud800", "\ud800"),
            )
        ]
        assert {answer.status_code for answer in answers} == {401}
        assert len({answer.text for answer in answers}) == 1
        assert REFUSED in answers[0].text
        assert contents(shared) == before

    def test_a_person_without_a_password_is_refused_alike(self, shared: Service, known: Guest):
        other = person(shared, "passwordless", Role.LEAD)
        wrong = Guest(shared).sign_in(email=known.email, password="wrong horse")
        assert Guest(shared).sign_in(email=other.email, password="").text == wrong.text

    def test_what_was_typed_is_not_repeated(self, shared: Service):
        answer = Guest(shared).sign_in(email="canary@mail.example", password="canary-password", code="canary-code")
        assert "canary" not in answer.text


class TestWithALink:
    @pytest.mark.parametrize("paste", ["{}", "http://candor.test/console/sign-in#{}", "  https://x.example/a#b#{}  "])
    def test_it_is_pasted_whole_or_by_its_secret(self, shared: Service, known: Guest, paste: str):
        guest = Guest(shared)
        assert guest.sign_in(link=paste.format(link_of(shared, known))).status_code == 303
        assert guest.token

    def test_it_works_once(self, shared: Service, known: Guest):
        link = link_of(shared, known)
        assert [Guest(shared).sign_in(link=link).status_code for _ in range(3)] == [303, 401, 401]

    def test_at_once_it_works_once_too(self, shared: Service, known: Guest):
        form = {"content": f"link={link_of(shared, known)}", "headers": {**OWN}}
        answers = shared.together([{"method": "POST", "url": SIGN_IN, **form} for _ in range(4)])
        shared.client.cookies.clear()
        assert sorted(answer.status_code for answer in answers) == [303, 401, 401, 401]

    def test_it_ends_after_a_quarter_of_an_hour(self, shared: Service, known: Guest):
        link = link_of(shared, known)
        with shared.runtime.database.transaction() as db:
            row = db.get(SignInLinkRow, digest(link))
            assert row
            assert 14 < (row.expires_at - clock.now()).total_seconds() / 60 <= 15
            row.expires_at = clock.now()
            db.add(row)
        answer = Guest(shared).sign_in(link=link)
        assert (answer.status_code, REFUSED in answer.text) == (401, True)

    def test_looking_at_its_address_uses_nothing_up(self, shared: Service, known: Guest):
        link = link_of(shared, known)
        for address in (f"{SIGN_IN}?link={link}", f"{SIGN_IN}?next=/console/&link={link}", f"{SIGN_IN}#{link}"):
            assert Guest(shared).get(address).status_code == 200
        assert Guest(shared).sign_in(link=link).status_code == 303

    def test_a_password_that_the_browser_filled_in_beside_it_is_not_kept(self, shared: Service):
        guest = person(shared, "outdated", Role.MODERATOR)
        weak = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$+KjHOFVsjMnz2nVq5xYdXg"
        with shared.runtime.database.transaction() as db:
            row = db.get(ModeratorRow, guest.id)
            assert row
            row.password_hash = weak
            db.add(row)
        form = {"link": link_of(shared, guest), "email": guest.email, "password": "never checked at all"}
        assert Guest(shared).sign_in(**form).status_code == 303
        with shared.runtime.database.snapshot() as db:
            row = db.get(ModeratorRow, guest.id)
            assert row
            assert row.password_hash == weak


class TestWithACode:
    def test_where_one_is_set_up_nobody_gets_in_without_a_fresh_one(self, shared: Service):
        guest = person(shared, "coded", Role.MODERATOR, password=PASSWORD)
        page = guest.post("/console/account/second-factor").text
        secret = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)
        sealed = re.search(r'name="sealed" value="([0-9a-f]+)"', page)
        assert secret
        assert sealed
        codes = pyotp.TOTP(secret[1].replace(" ", ""))
        now = int(clock.now().timestamp())
        first = {"sealed": sealed[1], "code": codes.at(now)}
        assert guest.post("/console/account/second-factor/confirm", first).status_code == 303

        right = {"email": guest.email, "password": PASSWORD}
        refused = Guest(shared).sign_in(email="nobody@team.example", password=PASSWORD).text
        for wrong in ({}, {"code": "000000"}, {"code": codes.at(now)}, {"code": codes.at(now - 3_000)}):
            answer = Guest(shared).sign_in(**right, **wrong)
            assert (answer.status_code, answer.text) == (401, refused)
        assert Guest(shared).sign_in(link=link_of(shared, guest)).status_code == 401
        code = codes.at(now + 30)
        assert Guest(shared).sign_in(**right, code=f" {code[:3]} {code[3:]} ").status_code == 303
        assert Guest(shared).sign_in(**right, code=code).status_code == 401


class TestTheLogin:
    def test_each_time_there_is_another(self, shared: Service, known: Guest):
        first, second = Guest(shared), Guest(shared)
        first.sign_in(email=known.email, password=PASSWORD)
        second.sign_in(email=known.email, password=PASSWORD)
        assert first.cookies["candor"] != second.cookies["candor"]
        assert first.token != second.token

    @pytest.mark.parametrize("planted", ["planted", "", "0" * 64])
    def test_a_cookie_that_was_there_before_is_never_adopted(self, shared: Service, known: Guest, planted: str):
        guest = Guest(shared, {"candor": planted, "__Host-candor": planted})
        guest.sign_in(email=known.email, password=PASSWORD)
        assert guest.cookies["candor"] != planted
        for name in ("candor", "__Host-candor"):
            assert Guest(shared, {name: planted}).get("/console/account").status_code == 303

    def test_a_login_of_somebody_else_is_not_taken_over(self, shared: Service, known: Guest):
        other = person(shared, "attacker", Role.LEAD)
        victim = Guest(shared, dict(other.cookies))
        victim.post(SIGN_IN, {"email": known.email, "password": PASSWORD})
        assert victim.cookies["candor"] != other.cookies["candor"]
        assert other.email in other.get("/console/account").text
        assert known.email in victim.get("/console/account").text

    def test_only_the_hash_of_its_secret_is_stored(self, shared: Service, known: Guest):
        guest = Guest(shared)
        guest.sign_in(email=known.email, password=PASSWORD)
        stored = str(contents(shared))
        assert guest.cookies["candor"] not in stored
        assert digest(guest.cookies["candor"]) in stored

    def test_it_ends_when_nobody_uses_it_for_twelve_hours(self, shared: Service, known: Guest):
        assert ended_after(shared, known, seen_at=11.9) == 200
        assert ended_after(shared, known, seen_at=12.1) == 303

    def test_it_ends_after_fourteen_days_however_much_it_is_used(self, shared: Service, known: Guest):
        assert ended_after(shared, known, created_at=13.9 * 24) == 200
        assert ended_after(shared, known, created_at=14.1 * 24) == 303

    def test_its_use_is_noted_but_not_each_minute_again(self, shared: Service, known: Guest):
        guest = Guest(shared)
        guest.sign_in(email=known.email, password=PASSWORD)
        first = seen_at(shared, guest)
        guest.get("/console/help")
        assert seen_at(shared, guest) == first
        move(shared, guest, seen_at=1)
        guest.get("/console/help")
        assert seen_at(shared, guest) > first


def move(service: Service, guest: Guest, **hours: float) -> None:
    """Makes a login older, by the columns of its row."""
    with service.runtime.database.transaction() as db:
        row = db.get(SessionRow, digest(guest.cookies["candor"]))
        assert row
        for name, ago in hours.items():
            setattr(row, name, clock.now() - ago * HOUR)
        db.add(row)


def seen_at(service: Service, guest: Guest) -> datetime:
    with service.runtime.database.snapshot() as db:
        row = db.get(SessionRow, digest(guest.cookies["candor"]))
        assert row
        return row.seen_at


def ended_after(service: Service, known: Guest, **hours: float) -> int:
    guest = Guest(service)
    guest.sign_in(email=known.email, password=PASSWORD)
    move(service, guest, **hours)
    return guest.get("/console/account").status_code
