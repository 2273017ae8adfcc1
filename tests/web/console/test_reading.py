"""A GET shows and changes nothing, whoever follows the link: a person, a mail scanner, a browser that looks ahead."""

import pytest

from moderation.clock import now
from moderation.duties import hosting
from moderation.vocabulary import Role
from tests.support.asgi import Service
from tests.support.console import SIGN_IN, Guest, contents, group, path_of, person, routes, say
from tests.support.console_routes import ADDRESSES, Address, parameters
from tests.support.factories import SPAM_WORDS

TIMES = 30
POSTS = [address for address in ADDRESSES if address.method == "POST"]
ASKED = (
    "?token={token}&act=spam&version=1&key=k1&id={comment}&alike={comment}&typed=1&all_found=1",
    "?next=/console/&link={link}&email={email}&password=correct+horse+battery+staple",
    "?revoke={comment}&remove={comment}&kind=api&overlap=0&role=operator&revision=0&said=ham&comment={comment}",
    "?hold_at=0.5&remove_at=0.9&discard_at=0.99&removal_by_program=1&answer_within_hours=1",
    "?name=x&new=another+horse+battery&code=1&sealed=00&this_too=1&everywhere=1&done=saved",
)


@pytest.fixture(scope="module")
def seen(shared: Service) -> dict[str, str]:
    """What a scanner that has read the pages can put into an address."""
    boss = person(shared, "boss", Role.LEAD, Role.OPERATOR)
    comment = say(shared, SPAM_WORDS)
    for _ in range(2):
        say(shared, SPAM_WORDS)
    group(shared)
    assert boss.id
    with shared.runtime.database.transaction() as db:
        link = hosting.sign_in_secret(db, moderator_id=boss.id, now=now())
    return {
        "token": boss.token,
        "comment": comment,
        "link": link,
        "email": boss.email,
        "cookie": boss.cookies["candor"],
    }


def reads(shared: Service) -> list[str]:
    return [route.path for route in routes(shared.app) if "GET" in route.methods]


def addresses(path: str, shared: Service, seen: dict[str, str]) -> list[str]:
    filled = path.replace("{site_id}", str(shared.site.id)).replace("{comment_id}", seen["comment"])
    return [filled, *(filled + asked.format(**seen) for asked in ASKED)]


@pytest.mark.parametrize("is_signed_in", [False, True], ids=["a scanner", "somebody who is signed in"])
def test_following_every_link_thirty_times_changes_no_row(shared: Service, seen: dict[str, str], is_signed_in: bool):
    cookies = {"cookie": f"candor={seen['cookie']}"} if is_signed_in else {}
    paths = reads(shared)
    assert len(paths) == len({address.path for address in ADDRESSES if address.method == "GET"} | {SIGN_IN})
    before = contents(shared)
    for path in paths:
        known = addresses(path, shared, seen)
        asked = [{"method": "GET", "url": known[number % len(known)], "headers": cookies} for number in range(TIMES)]
        shared.client.cookies.clear()
        answers = shared.together(asked)
        assert {answer.status_code for answer in answers} <= ({200, 303, 422} if is_signed_in else {200, 303}), path
        assert [answer.headers["set-cookie"] for answer in answers if "set-cookie" in answer.headers] == []
    assert contents(shared) == before


def test_a_scanner_is_led_to_the_way_in_and_nowhere_else(shared: Service, seen: dict[str, str]):
    for path in reads(shared):
        if path != SIGN_IN:
            for address in addresses(path, shared, seen):
                answer = Guest(shared).get(address)
                assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, SIGN_IN), address
                assert answer.text == ""


def test_a_script_that_is_not_signed_in_is_told_so(shared: Service, seen: dict[str, str]):
    for path in (f"{path_of(shared.sites[0])}/comments/{seen['comment']}/card", "/console/account"):
        answer = Guest(shared).get(path, headers={"accept": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in.missing")


@pytest.mark.parametrize("address", POSTS, ids=lambda address: address.name)
def test_what_a_form_is_sent_to_shows_nothing_to_a_reader(shared: Service, seen: dict[str, str], address: Address):
    path = address.filled(shared.site.id, seen["comment"])
    known = {other.path for other in ADDRESSES if other.method == "GET"}
    if address.path not in known:
        answer = Guest(shared, {"candor": seen["cookie"]}).get(path)
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert Guest(shared).post(path, address.sent(seen["comment"])).status_code == 401
    assert parameters(path) == set()
