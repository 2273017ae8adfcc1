"""Every hostile text in every field stays text on every page: no element or attribute that a template did not make."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from moderation import clock
from moderation.clock import parse_id
from moderation.duties import hosting
from moderation.errors import ModerationError
from moderation.judging.comment import LIMITS, is_storable
from moderation.judging.marking import pieces
from moderation.judging.moderating import NOTE_LENGTH
from moderation.storage import audits
from moderation.storage.audits import Fresh
from moderation.vocabulary import Role, RuleKind, Verdict
from tests.support import chance
from tests.support.asgi import Service
from tests.support.console import SIGN_IN, Guest, group, path_of, person, say
from tests.support.factories import KIND_WORDS, SPAM_WORDS, native
from tests.support.hostile import PAYLOADS, SCRIPT_KINDS, fits, native_bodies
from tests.support.markup import Tag, tags

TOGETHER = 40
AT_ONCE = 6
SCRIPTS = [payload for payload in PAYLOADS if payload.kind in SCRIPT_KINDS]
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href", "ping", "background"}
OWN_PLACES = ("/console/", "/console", "/static/", "/sites/", "#main")


@pytest.fixture(scope="module")
def boss(shared: Service) -> Guest:
    """Somebody who may do everything at the first site."""
    return person(shared, "boss", Role.LEAD, Role.OPERATOR)


@pytest.fixture(scope="module")
def usual(shared: Service, boss: Guest) -> frozenset[tuple[str, ...]]:
    """What the templates make: every element with its attributes' names, on pages with harmless content."""
    return frozenset(tag.shape for page in harmless(shared, boss) for tag in tags(page))


@pytest.fixture(scope="module")
def planted(shared: Service, usual: frozenset[tuple[str, ...]]) -> dict[str, str]:
    """Comments that hold every payload in every field of the native door, by their id: the text of each."""
    assert usual
    stored = {}
    for start in range(0, len(bodies := some(list(native_bodies()))), TOGETHER):
        for body, answer in sent(shared, bodies[start : start + TOGETHER]):
            if answer.status_code == httpx.codes.CREATED:
                stored[answer.json()["id"]] = body["content"]
    assert len(stored) > 0.95 * len(bodies) > 500
    return stored


def some(bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each payload in a third of the fields, in turn; in all of them what tries to run, every now and then."""
    return [body for number, body in enumerate(bodies) if number % 3 == number // 3 % 3 or number % 12 == 2]


def sent(service: Service, bodies: Sequence[dict[str, Any]]) -> list[tuple[dict[str, Any], httpx.Response]]:
    headers = service.bearer | {"content-type": "application/json"}
    wanted = [json.dumps(body) for body in bodies]
    answers = service.together(
        [{"method": "POST", "url": "/api/v1/comments", "content": said_, "headers": headers} for said_ in wanted]
    )
    return list(zip(bodies, answers, strict=True))


def harmless(service: Service, boss: Guest) -> Iterator[str]:
    """Pages that show everything that a page can show, of people who mean well."""
    here = path_of(service.sites[0])
    author = {"name": "Ann\u200b \u202e", "email": "ann@example.org", "url": "https://b\u00fccher.example/"}
    marked = f"{SPAM_WORDS} http://b\u00fccher.example \u202eturned"
    first = say(service, marked, author=author, language="de", external_id="first")
    answer = say(service, f"{SPAM_WORDS} in reply", parent_id=first)
    for number in range(4):
        say(service, f"{SPAM_WORDS} alike alike alike", author={"name": f"Ann {number}"})
    nobody = say(service, "x" * 9_000 + " https://a.example https://b.example", author={})
    group(service)
    draw(service, answer)
    for act, more in (("note", {"note": "Hm."}), ("note_author", {"note": "Hm."}), ("defer", {}), ("escalate", {})):
        boss.ask(f"{here}/comments/{first}/act", {"act": act, "version": "1", **more})
    published = say(service, f"{KIND_WORDS} fine")
    assert len(sent(service, [native(f"{SPAM_WORDS} filler {number}") for number in range(55)])) == 55
    boss.post(f"{here}/rules", {"kind": "word", "pattern": "zebra", "verdict": "hold"})
    refused = boss.post(f"{here}/comments/{first}/act", {"act": "spam", "version": "9", "note": "a", "sentence": "b"})
    yield refused.text
    for comment in (first, answer, nobody, published):
        yield boss.get(f"{here}/comments/{comment}").text
        yield boss.get(f"{here}/comments/{comment}/card").text
    for query in ("", "?tab=escalated", "?tab=held", "?tab=edited"):
        yield boss.get(f"{here}/queue{query}").text
    yield boss.get(f"{here}/search?q=alike&author=ann&from=0&to=1&since=2020-01-01&until=2030-01-01&host=a").text
    yield boss.get(f"{here}/search?q=filler&state=held&reason=model&by=policy").text
    yield boss.post(f"{here}/bulk", {"act": "spam", "all_found": "1", "search.q": "filler", "here": "tab=held"}).text
    yield boss.get(f"{here}/queue?order=oldest&after=0_0_{first}_0").text
    yield boss.get(f"{here}/search?from=much").text
    yield boss.post(f"{here}/bulk", {"act": "spam", "all_found": "1", "search.q": "nothing-of-this"}).text
    for page in ("sample", "quality", "learning", "rules", "keys", "people", "thresholds?hold_at=0.01"):
        yield boss.get(f"{here}/{page}").text
    yield boss.post(f"{here}/rules", {"kind": "word", "pattern": "", "verdict": "hold"}).text
    yield boss.post(f"{here}/people", {"email": "x", "role": "lead"}).text
    yield boss.post(f"{here}/people", {"email": "somebody.new@team.example", "role": "moderator"}).text
    for page in ("/console/", "/console/account?done=saved", "/console/help", "/console/nothing"):
        yield boss.get(page).text
    yield Guest(service).post(SIGN_IN, {"link": "x"}).text


def draw(service: Service, comment: str) -> None:
    id_ = parse_id(comment)
    assert id_
    seal, drawn = service.runtime.settings.seal, [Fresh(service.site.id, id_, clock.now())]
    with service.runtime.database.transaction() as db:
        if not audits.is_audited(db, site_id=service.site.id, comment_id=id_):
            chance.draw(db, seal=seal, judged=drawn)


def assert_only_usual(page: str, usual: frozenset[tuple[str, ...]]) -> list[Tag]:
    """Every element is one that a template makes, and every address leads to a place of our own."""
    found = tags(page)
    assert {tag.shape for tag in found} - usual == set()
    for tag in found:
        for name in ADDRESSES & tag.attributes.keys():
            assert tag.attributes[name].startswith(OWN_PLACES), tag
        assert not any(name.startswith("on") for name in tag.attributes), tag
    ids = Counter(tag.attributes["id"] for tag in found if "id" in tag.attributes)
    assert [name for name, count in ids.items() if count > 1] == []
    return found


class _Said(HTMLParser):
    """The text of the one element that holds a comment's words."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._depth += (tag == "div" and ("class", "said-text") in attrs) or (self._depth > 0 and tag == "div")

    def handle_endtag(self, tag: str) -> None:
        self._depth -= self._depth > 0 and tag == "div"

    def handle_data(self, data: str) -> None:
        if self._depth:
            self.text.append(data)


def said(page: str) -> str:
    reader = _Said()
    reader.feed(page)
    reader.close()
    return "".join(reader.text)


def asked(service: Service, guest: Guest, addresses: Sequence[str]) -> Iterator[httpx.Response]:
    headers = {"cookie": f"candor={guest.cookies['candor']}"}
    service.client.cookies.clear()
    for start in range(0, len(addresses), AT_ONCE):
        yield from service.together(
            [{"method": "GET", "url": one, "headers": headers} for one in addresses[start : start + AT_ONCE]]
        )


def test_every_card_shows_the_whole_text_and_nothing_else_comes_of_it(
    shared: Service, boss: Guest, usual: frozenset[tuple[str, ...]], planted: dict[str, str]
):
    here = path_of(shared.sites[0])
    ids = list(planted)
    for comment, answer in zip(ids, asked(shared, boss, [f"{here}/comments/{one}/card" for one in ids]), strict=True):
        assert answer.status_code == 200, (comment, planted[comment][:80])
        assert_only_usual(answer.text, usual)
        if is_storable(planted[comment]):
            assert said(answer.text) == "".join(piece.text for piece in pieces(planted[comment]))


def test_the_lists_that_quote_them_stay_lists(
    shared: Service, boss: Guest, usual: frozenset[tuple[str, ...]], planted: dict[str, str]
):
    assert planted
    here = path_of(shared.sites[0])
    address, pages = f"{here}/queue?order=newest", 0
    while address:
        page = boss.get(address).text
        assert_only_usual(page, usual)
        following = re.search(r'id="next-page" href="([^"]+)"', page)
        address, pages = (following[1].replace("&amp;", "&") if following else ""), pages + 1
    address = f"{here}/search?state=published"
    while address:
        page = boss.get(address).text
        assert_only_usual(page, usual)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address, pages = (following[1].replace("&amp;", "&") if following else ""), pages + 1
    assert pages > 10
    for page in ("learning", "thresholds?hold_at=0.01", "quality"):
        assert_only_usual(boss.get(f"{here}/{page}").text, usual)


def test_a_comments_own_page_its_thread_its_alike_and_the_sample_too(
    shared: Service, boss: Guest, usual: frozenset[tuple[str, ...]], planted: dict[str, str]
):
    here, ids = path_of(shared.sites[0]), list(planted)[::25]
    group(shared)
    for comment in ids:
        draw(shared, comment)
    addresses = [f"{here}/comments/{one}" for one in ids] + [f"{here}/queue?card={one}" for one in ids[::5]]
    addresses += [f"{here}/sample?skip={number}" for number in range(len(ids))]
    for answer in asked(shared, boss, addresses):
        assert answer.status_code == 200
        assert_only_usual(answer.text, usual)
    for start in range(0, len(ids), 3):
        page = boss.post(f"{here}/bulk", {"act": "note", "id": ids[start : start + 3]})
        assert_only_usual(page.text, usual)
    many = list(planted)[:60]
    assert_only_usual(boss.post(f"{here}/bulk", {"act": "spam", "id": many}).text, usual)


def test_what_stands_in_an_address_stays_text_too(shared: Service, boss: Guest, usual: frozenset[tuple[str, ...]]):
    here = path_of(shared.sites[0])
    names = ("q", "author", "host", "page", "from", "to", "since", "until", "state", "reason", "by", "after", "done")
    texts = [quote(fits(payload, 300), safe="", errors="replace") for payload in SCRIPTS]
    addresses = [f"{here}/search?" + "&".join(f"{name}={text}" for name in names) for text in texts[::9]]
    addresses += [f"{here}/search?{names[n % len(names)]}={text}" for n, text in enumerate(texts[::2])]
    for n, text in enumerate(texts[::5]):
        page = ("queue", "sample", "thresholds", "rules", "learning", "keys", "people")[n % 7]
        query = "&".join(f"{name}={text}" for name in ("tab", "order", "after", "card", "done", "hold_at", "skip"))
        addresses += [f"{here}/{page}?{query}", f"{here}/queue?tab={text}&order={text}&done={text}"]
    for text in texts[::15]:
        addresses += [f"/console/{text}", f"/console/sites/{text}/queue", f"{here}/comments/{text}"]
    statuses = set()
    for address, answer in zip(addresses, asked(shared, boss, addresses), strict=True):
        statuses.add(answer.status_code)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/console/"), address
        else:
            assert_only_usual(answer.text, usual)
    assert statuses <= {200, 303, 404, 422}
    for text in texts[1::4]:
        answer = Guest(shared).get(f"{SIGN_IN}?next={text}")
        assert_only_usual(answer.text, usual)


def test_so_does_what_the_team_writes_itself(shared: Service, boss: Guest, usual: frozenset[tuple[str, ...]]):
    here = path_of(shared.sites[0])
    for number, payload in enumerate(SCRIPTS[::11]):
        text = fits(payload, NOTE_LENGTH)
        comment = say(shared, f"{SPAM_WORDS} written about {number}")
        path = f"{here}/comments/{comment}"
        boss.post(f"{path}/act", {"act": "note", "version": "1", "note": text})
        boss.post("/console/account/name", {"name": fits(payload, LIMITS["name"])})
        refused = boss.post(f"{path}/act", {"act": "remove:other", "version": "7", "note": text, "sentence": text})
        assert refused.status_code in {412, 422}
        assert_only_usual(refused.text, usual)
        boss.post(f"{path}/act", {"act": "remove:other", "version": "1", "sentence": text})
        boss.ask(f"{here}/claims", {"id": comment})
        page = boss.get(path).text
        assert_only_usual(page, usual)
        assert 'class="typed"' in page
        for form in ({"act": text, "here": text}, {"act": "spam", "all_found": "1", "search.q": text, text: text}):
            assert_only_usual(boss.post(f"{here}/bulk", form).text or boss.get(f"{here}/queue").text, usual)
    boss.post("/console/account/name", {"name": ""})


def test_so_do_rules_people_and_the_names_of_sites(shared: Service, usual: frozenset[tuple[str, ...]]):
    new = shared.add_site("https://hostile.example", "Hostile")
    boss = person(shared, "tester", Role.LEAD, Role.OPERATOR, at=new)
    here, rules = path_of(new), 0
    for payload in SCRIPTS[::6]:
        pattern = fits(payload, 1_000)
        with shared.runtime.database.transaction() as db:
            try:
                hosting.set_site(db, site_id=new.site.id, changes={"name": fits(payload, 250)}, now=clock.now())
            except ModerationError:
                continue
        answer = boss.post(f"{here}/rules", {"kind": RuleKind.WORD.value, "pattern": pattern, "verdict": Verdict.HOLD})
        rules += answer.status_code == 303
        if answer.status_code != 303:
            assert_only_usual(answer.text, usual)
        mailbox = re.sub(r"\s", "", fits(payload, 200))
        answer = boss.post(f"{here}/people", {"email": f"{mailbox}@evil.example", "role": "moderator"})
        assert_only_usual(answer.text, usual)
        assert_only_usual(boss.get(f"{here}/queue").text, usual)
    assert rules > 10
    for page in ("rules", "people", "keys", "thresholds", "quality", "learning", "search?q=x"):
        assert_only_usual(boss.get(f"{here}/{page}").text, usual)
    other = shared.add_site("https://second.example", SCRIPTS[0].text[:250])
    with shared.runtime.database.transaction() as db:
        hosting.enrol(db, site_id=other.site.id, email=boss.email, role=Role.LEAD, password=None, now=clock.now())
    for page in ("/console/", "/console/account", f"{here}/queue"):
        assert_only_usual(boss.get(page).text, usual)
