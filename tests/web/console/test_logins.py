"""What ends and what limits a login: too many tries, the cookie, signing out; and letters no database holds."""

from collections.abc import Callable

import httpx
import pytest

from moderation import clock
from moderation.duties import hosting
from moderation.seal import digest
from moderation.vocabulary import Role
from tests.support.asgi import Service
from tests.support.console import PASSWORD, SIGN_IN, Guest, link_of, path_of, person, say, seated
from tests.support.factories import SPAM_WORDS

pytestmark = pytest.mark.usefixtures("fresh_counters")


class TestTooManyTries:
    def test_an_account_has_ten_in_a_quarter_of_an_hour(self, shared: Service, known: Guest):
        wrong = {"email": known.email, "password": "wrong horse"}
        assert [Guest(shared).sign_in(**wrong).status_code for _ in range(10)] == [401] * 10
        answer = Guest(shared).sign_in(email=known.email.upper(), password=PASSWORD)
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")
        assert "Too many tries" in answer.text
        assert not answer.cookies

    def test_another_account_is_not_shut_out_with_it(self, shared: Service, known: Guest):
        for _ in range(11):
            Guest(shared).sign_in(email="other@team.example", password="wrong horse")
        assert Guest(shared).sign_in(email=known.email, password=PASSWORD).status_code == 303

    def test_an_account_without_a_person_is_limited_alike(self, shared: Service):
        answers = [Guest(shared).sign_in(email="nobody@team.example", password="x") for _ in range(12)]
        assert [answer.status_code for answer in answers] == [401] * 10 + [429] * 2

    def test_a_network_has_fifty_whatever_is_shown(self, shared: Service, known: Guest):
        shown = [{"link": f"wrong-{number}"} for number in range(50)]
        assert {Guest(shared).sign_in(**one).status_code for one in shown} == {401}
        answers = [
            Guest(shared).sign_in(email=known.email, password=PASSWORD),
            Guest(shared).sign_in(link=link_of(shared, known)),
        ]
        assert [(answer.status_code, answer.headers["retry-after"]) for answer in answers] == [(429, "900")] * 2

    def test_a_network_over_its_limit_uses_up_no_account(self, shared: Service, known: Guest):
        limits = shared.app.state.doors.limits
        for _ in range(50):
            assert limits.allows_sign_in("", "198.51.100.0/24")
        assert not any(limits.allows_sign_in(digest(known.email), "198.51.100.0/24") for _ in range(20))
        assert all(limits.allows_sign_in(digest(known.email), "192.0.2.0/24") for _ in range(10))

    def test_wrong_links_from_elsewhere_shut_nobodys_link_out(self, shared: Service, known: Guest):
        for _ in range(60):
            shared.app.state.doors.limits.allows_sign_in("", "198.51.100.0/24")
        assert Guest(shared).sign_in(link=link_of(shared, known)).status_code == 303

    def test_whoever_found_a_browser_open_cannot_guess_for_ever(self, shared: Service):
        guest = person(shared, "open", Role.MODERATOR, password=PASSWORD)
        wrong = {"current": "wrong horse", "new": "another horse battery"}
        answers = [guest.post("/console/account/password", wrong) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [422] * 10 + [429]
        answer = guest.post("/console/account/second-factor/remove", {"code": "000000"})
        assert (answer.status_code, answer.headers["retry-after"]) == (429, "900")


class TestTheCookie:
    def test_on_a_plain_machine_of_ones_own_it_is_out_of_reach_of_scripts_and_other_sites(
        self, shared: Service, known: Guest
    ):
        answer = Guest(shared).sign_in(email=known.email, password=PASSWORD)
        assert attributes(answer) == ("candor", {"httponly", "samesite=lax", "path=/", "max-age=1209600"})

    def test_under_tls_it_is_bound_to_this_host_and_to_tls(self, make_service: Callable[..., Service]):
        service = make_service(
            public_url="https://candor.example", controller_name="Ann", controller_contact="ann@example.org", dpo="none"
        )
        with service.runtime.database.transaction() as db:
            new = hosting.add_moderator(
                db,
                site_id=service.site.id,
                email="ana@team.example",
                role=Role.MODERATOR,
                password=None,
                now=clock.now(),
            )
        guest = Guest(service)
        answer = guest.post(SIGN_IN, {"link": new[1]})
        name, said = attributes(answer)
        assert name == "__Host-candor"
        assert said == {"httponly", "samesite=lax", "path=/", "max-age=1209600", "secure"}
        assert Guest(service, {"candor": guest.cookies[name]}).get("/console/account").status_code == 303
        guest.take_token()
        gone = guest.post("/console/sign-out")
        assert attributes(gone) == ("__Host-candor", {"httponly", "samesite=lax", "path=/", "max-age=0", "secure"})
        assert "max-age" in gone.headers["strict-transport-security"]


def attributes(answer: httpx.Response) -> tuple[str, set[str]]:
    (said,) = answer.headers.get_list("set-cookie")
    _, *others = [part.strip().lower() for part in said.split(";")]
    kept = {part for part in others if not part.startswith("expires=")}
    return said.partition("=")[0], kept


class TestOut:
    def test_signing_out_ends_this_login_only(self, shared: Service, known: Guest):
        here, there = Guest(shared), Guest(shared)
        for guest in (here, there):
            guest.sign_in(email=known.email, password=PASSWORD)
        kept = dict(here.cookies)
        answer = here.post("/console/sign-out")
        assert (answer.status_code, answer.headers["location"]) == (303, SIGN_IN)
        assert here.cookies == {}
        assert Guest(shared, kept).get("/console/account").status_code == 303
        assert there.get("/console/account").status_code == 200

    @pytest.mark.parametrize(
        ("path", "form", "left"),
        [
            ("/console/sign-out", {"everywhere": "1"}, []),
            ("/console/account/sign-out-everywhere", {"this_too": "1"}, []),
            ("/console/account/sign-out-everywhere", {}, [0]),
        ],
    )
    def test_everywhere_means_every_login_or_every_other(
        self, shared: Service, path: str, form: dict[str, str], left: list[int]
    ):
        first = person(shared, f"everywhere-{len(form)}-{len(path)}", Role.MODERATOR)
        assert first.id
        guests = [first, *(seated(shared, first.id, first.email) for _ in range(2))]
        stranger = person(shared, "stranger", Role.MODERATOR)
        cookies = [dict(guest.cookies) for guest in guests]
        assert guests[0].post(path, form).status_code == 303
        inside = [Guest(shared, kept).get("/console/account").status_code == 200 for kept in cookies]
        assert [number for number, is_in in enumerate(inside) if is_in] == left
        assert stranger.get("/console/account").status_code == 200

    def test_what_somebody_was_on_is_free_again(self, shared: Service):
        ana, ben = person(shared, "ana", Role.MODERATOR), person(shared, "ben", Role.MODERATOR)
        comment = say(shared, SPAM_WORDS)
        assert ana.ask(f"{path_of(shared.sites[0])}/claims", {"id": comment}).json()["had"] == [comment]
        assert ben.ask(f"{path_of(shared.sites[0])}/claims", {"id": comment}).json()["had"] == []
        ana.post("/console/sign-out")
        assert ben.ask(f"{path_of(shared.sites[0])}/claims", {"id": comment}).json()["had"] == [comment]


class TestNul:
    def test_neither_database_stumbles_over_it(self, service_on_both: Service):
        answer = Guest(service_on_both).sign_in(email="\x00@team.example", password="\x00")
        assert answer.status_code == 422
        ana = person(service_on_both, "ana", Role.LEAD)
        here = path_of(service_on_both.sites[0])
        for name in ("q", "author", "host", "state", "reason", "by", "from", "to", "since", "until", "page"):
            assert ana.get(f"{here}/search?{name}=a%00b").status_code in {200, 422}
        for path in ("/console/account/name", f"{here}/rules", f"{here}/bulk"):
            form = dict.fromkeys(("name", "pattern", "search.q"), "a\x00b")
            assert ana.post(path, form).status_code == 422
