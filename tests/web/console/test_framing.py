"""Every answer of the console keeps strangers out: no foreign frame, no inline script or style, no copy kept."""

import re
from collections.abc import Iterator

import httpx
import pytest

from moderation.judging.capabilities import Action
from moderation.vocabulary import Role
from tests.support.asgi import Service
from tests.support.console import JSON, SIGN_IN, Guest, group, path_of, person, say
from tests.support.console_routes import ADDRESSES, Address
from tests.support.factories import SPAM_WORDS
from tests.support.markup import tags

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
ADDRESS_OF = {"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href", "cite", "background"}


@pytest.fixture(scope="module")
def boss(shared: Service) -> Guest:
    """Somebody who may do everything at the first site."""
    return person(shared, "boss", Role.LEAD, Role.OPERATOR)


@pytest.fixture(scope="module")
def comment(shared: Service) -> str:
    first = say(shared, SPAM_WORDS)
    for number in range(3):
        say(
            shared, SPAM_WORDS, author={"name": f"Ann {number}", "email": "ann@example.org", "url": "https://a.example"}
        )
    group(shared)
    return first


def assert_kept_in(answer: httpx.Response) -> None:
    said = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert said == POLICY
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "access-control-allow-origin" not in answer.headers
    assert len(answer.headers.get_list("content-security-policy")) == 1


def assert_plain(markup: str) -> None:
    for tag in tags(markup):
        assert tag.name not in {"style", "base", "iframe", "object", "embed", "template", "frame"}, tag
        assert not any(name.startswith("on") or name in {"style", "srcdoc"} for name in tag.attributes), tag
        if tag.name == "script":
            assert re.fullmatch(r"/static/console\.js\?v=[0-9a-f]{12}", tag.attributes["src"])
        for name in ADDRESS_OF & tag.attributes.keys():
            address = tag.attributes[name]
            is_picture = tag.name == "img" and address.startswith("data:image/svg+xml")
            assert re.match(r"[/#](?!/)", address) or is_picture, tag
    assert re.findall(r"<script[^>]*>([^<]+)</script>", markup) == []


def answers(shared: Service, guest: Guest, address: Address, comment: str) -> Iterator[httpx.Response]:
    path, form = address.filled(shared.site.id, comment), address.sent(comment)
    if address.method == "GET":
        yield guest.get(path)
        yield guest.get(f"{path}?done=publish&order=oldest&tab=all&q=casino&hold_at=0.5&skip=0")
        yield guest.get(f"{path}?hold_at=none&from=none&skip=-1&after=none&state=none")
    else:
        yield guest.post(path, {**form, "token": "wrong"})
        yield guest.ask(path, {**form, "token": "wrong"})
        yield guest.request("POST", path, data=form, headers={"sec-fetch-site": "cross-site"})
        if address.action in {Action.DECIDE, Action.TAKE_OVER} or not address.changes:
            yield guest.ask(path, form)
            yield guest.post(path, form)
    yield Guest(shared).request(address.method, path)
    yield Guest(shared).request(address.method, path, headers=JSON)
    yield guest.request("DELETE", path)


@pytest.mark.parametrize("address", ADDRESSES, ids=lambda address: address.name)
def test_every_answer_of_every_address_is_kept_in(shared: Service, boss: Guest, comment: str, address: Address):
    for answer in answers(shared, boss, address, comment):
        assert_kept_in(answer)
        assert answer.status_code < 500
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert_plain(answer.text)


def test_so_is_what_no_route_takes_and_what_fails(make_service, monkeypatch: pytest.MonkeyPatch):
    service = make_service(reraises=False)
    ana = person(service, "ana")
    for path in ("/console/nothing", "/console/sites/0/queue", f"{path_of(service.sites[0])}/comments/0", "/console/."):
        assert_kept_in(ana.get(path))
        assert_kept_in(ana.get(path, headers=JSON))
    too_long = ana.post("/console/account/name", {"name": "x" * service.runtime.settings.max_body_bytes})
    assert too_long.status_code == 413
    assert_kept_in(too_long)
    monkeypatch.setattr("moderation.web.console.shell.signed", None)
    failed = ana.get("/console/account")
    assert failed.status_code == 500
    assert_kept_in(failed)
    assert "NoneType" not in failed.text


@pytest.mark.parametrize(
    "form",
    [{}, {"email": "a@b.example", "password": "x"}, {"link": "wrong"}, {"token": "x"}],
    ids=["nothing", "a password", "a link", "a token"],
)
def test_so_is_the_way_in(shared: Service, boss: Guest, form: dict[str, str]):
    for answer in (
        Guest(shared).get(SIGN_IN),
        Guest(shared).post(SIGN_IN, form),
        Guest(shared).post(SIGN_IN, form, headers={"sec-fetch-site": "cross-site"}),
        boss.get(SIGN_IN),
    ):
        assert_kept_in(answer)
        if answer.status_code != 303:
            assert_plain(answer.text)


def test_what_somebody_is_shown_once_is_kept_nowhere(shared: Service, boss: Guest):
    here = path_of(shared.sites[0])
    shown = [
        boss.post(f"{here}/keys", {"kind": "api", "overlap": "7"}),
        boss.post(f"{here}/people", {"email": "new@team.example", "role": "moderator"}),
        boss.post("/console/account/second-factor"),
    ]
    for answer in shown:
        assert answer.status_code == 200
        assert 'class="key"' in answer.text
        assert_kept_in(answer)
        assert_plain(answer.text)


def test_the_service_itself_has_the_files_that_the_pages_name(shared: Service, boss: Guest):
    page = boss.get(f"{path_of(shared.sites[0])}/queue").text
    named = {
        address
        for tag in tags(page)
        if tag.name in {"script", "link", "img"}
        for name, address in tag.attributes.items()
        if name in {"src", "href"}
    }
    assert {address.partition("?")[0] for address in named} == {
        "/static/console.js",
        "/static/candor.css",
        "/static/console.css",
        "/static/icon.svg",
    }
    for address in named:
        answer = Guest(shared).get(address)
        assert (answer.status_code, answer.headers["x-content-type-options"]) == (200, "nosniff")


def test_the_consoles_own_script_makes_no_markup_from_text(shared: Service):
    script = shared.get("/static/console.js").text
    assert len(script) > 5_000
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc"):
        assert way not in script
