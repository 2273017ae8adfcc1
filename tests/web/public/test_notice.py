"""The notice as readers, crawlers and programs get it."""

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from sqlalchemy import text
from sqlmodel import select

from moderation import clock
from moderation.duties import hosting
from moderation.duties.reporting import Reporting
from moderation.judging.facts import Fact, Provenance
from moderation.judging.judge import judge
from moderation.storage import sites
from moderation.storage.fields import FIELDS
from moderation.storage.tables import CommentRow
from moderation.vocabulary import Verdict
from moderation.web.problems import MEDIA_TYPE
from moderation.web.public.data import SCHEMA, NoticeShown
from tests.support import factories
from tests.support.asgi import Service, bearer
from tests.support.fakes import FixedScorer
from tests.support.source import PROJECT

ROOM = PROJECT / "moderation/web/templates/public"
TEMPLATES = sorted(ROOM.rglob("*.html"))
TITLE = "Learn how your comment data is processed"
DURATION = re.compile(r"P(?:T?\d+[DHM])+")  # which pages say in words
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> {{ 7*7 }} {% include 'x' %}"


class Page(HTMLParser):
    """What a page holds: its tags, its text, the facts its statements name, and every address it links or loads."""

    ADDRESSES: ClassVar = {"href", "src", "action", "formaction", "srcset", "data", "poster", "cite", "background"}

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.said: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.said))

    @property
    def facts(self) -> set[str]:
        return {fact for _, attributes in self.tags for fact in (attributes.get("data-facts") or "").split()}

    @property
    def addresses(self) -> list[str]:
        return [value or "" for _, given in self.tags for name, value in given.items() if name in self.ADDRESSES]


def address(service: Service, ending: str = "") -> str:
    return f"/sites/{service.site.id}/comment-data{ending}"


def change(service: Service, **changes: str) -> None:
    with service.runtime.database.transaction() as db:
        hosting.set_site(db, site_id=service.site.id, changes=changes, now=clock.now())


def facts_of(service: Service) -> dict[str, Any]:
    return service.get(address(service, ".json")).json()["facts"]


@pytest.mark.parametrize("name", ["id", "hex", "host", "capitals"])
def test_a_notice_is_found_by_id_and_by_host(service: Service, name: str):
    named = {
        "id": str(service.site.id),
        "hex": service.site.id.hex,
        "host": "blog.example",
        "capitals": "BLOG.EXAMPLE",
    }[name]
    answer = service.get(f"/sites/{named}/comment-data")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f"<h1>{TITLE}</h1>" in answer.text


@pytest.mark.parametrize("path", ["/sites/nowhere.example/comment-data", "/sites/0/comment-data", "/receipt/x"])
def test_readers_get_a_page_where_nothing_is(service: Service, path: str):
    answer = service.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "<h1>There is no such" in answer.text


@pytest.mark.parametrize("ending", [".json", ".txt"])
def test_programs_get_a_problem_where_nothing_is(service: Service, ending: str):
    answer = service.get(f"/sites/nowhere.example/comment-data{ending}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, MEDIA_TYPE)
    assert answer.json()["code"] == "site.not_found"


def test_a_host_name_that_two_sites_share_names_neither(service: Service):
    twin = service.add_site("https://blog.example/second")
    assert service.get("/sites/blog.example/comment-data").status_code == 404
    assert service.get(f"/sites/{twin.site.id}/comment-data").status_code == 200


def test_a_removed_site_has_no_notice(service: Service):
    with service.runtime.database.transaction() as db:
        sites.remove(db, service.site.id, now=clock.now())
    assert service.get(address(service)).status_code == 404


def test_the_list_names_the_sites_that_let_it(service: Service):
    shy = service.add_site("https://shy.example", name="Shy").site
    with service.runtime.database.transaction() as db:
        hosting.set_site(db, site_id=shy.id, changes={"is_listed": "false"}, now=clock.now())
    page = Page(service.get("/comment-data").text)
    assert address(service) in page.addresses
    assert "Shy" not in page.text
    assert service.get(f"/sites/{shy.id}/comment-data").status_code == 200


def test_every_face_tells_the_same_facts(service: Service):
    told = set(facts_of(service))
    assert Page(service.get(address(service)).text).facts == told
    text = service.get(address(service, ".txt")).text
    assert {fact for fact in told if re.search(rf"^- {re.escape(fact)} \(", text, re.MULTILINE)} == told


def test_each_fact_has_a_section_of_its_own(service: Service):
    """One that no section names is shown all the same, under a heading of its own; on this page none is."""
    assert "Further facts" not in service.get(address(service)).text


def test_a_fact_that_no_section_names_is_shown_all_the_same(service: Service, monkeypatch: pytest.MonkeyPatch):
    whole = Reporting.notice
    surplus = Fact("surplus", {"of": ("something new",)}, Provenance.SCHEMA, "a test")
    monkeypatch.setattr(Reporting, "notice", lambda *given, **more: whole(*given, **more).with_measured([surplus]))
    page = service.get(address(service)).text
    assert "something new" in page.partition("Further facts")[2]
    assert "surplus" in Page(page).facts


def test_what_is_not_true_accuses_itself_on_each_face(service: Service, monkeypatch: pytest.MonkeyPatch):
    whole = Reporting.notice
    broken = {"fields.public": "Everyone can see a score <b>too</b>.", "recipients": "Somebody was contacted."}
    monkeypatch.setattr(Reporting, "notice", lambda *given, **more: replace(whole(*given, **more), failed=broken))
    for ending in ("", ".txt", "?lang=de"):
        face = html.unescape(re.sub(r"<(?!b>|/b>)[^>]*>", "", service.get(address(service, ending)).text))
        assert all(said in face.replace("&lt;", "<") for said in broken.values())
    page = service.get(address(service)).text
    assert page.count("This is not true right now:") >= len(broken)
    assert "<b>too" not in page
    assert page.count('class="said untrue"') >= len(broken)
    assert service.get(address(service, ".json")).json()["failed"] == broken
    graph = {node["@id"]: node for node in service.get(address(service, ".jsonld")).json()["@graph"]}
    told = {name: graph[f"n:{name}"]["dct:description"] for name in broken}
    assert told == {name: f"This is not true right now: {why}" for name, why in broken.items()}
    assert sum("dct:description" in node for node in graph.values()) == len(broken)
    record = service.get(address(service, "/record.json")).json()
    assert record["failed"] == broken


def test_every_face_states_the_same_values(service: Service):
    faces = [Page(service.get(address(service)).text).text, service.get(address(service, ".txt")).text]
    for name, fact in facts_of(service).items():
        values = fact["value"] if isinstance(fact["value"], list) else [fact["value"]]
        for value in values:
            if (
                isinstance(value, str) and name != "receipt.url" and not DURATION.fullmatch(value)
            ):  # the page links it relative to itself
                assert all(value.casefold() in face.casefold() for face in faces), name


def test_every_column_is_on_the_page_and_in_the_text(service: Service):
    for answer in (service.get(address(service)), service.get(address(service, ".txt"))):
        assert {name for name in FIELDS if name not in html.unescape(answer.text)} == set()


def test_each_statement_says_how_it_is_known(service: Service):
    page = Page(service.get(address(service)).text)
    statements = [given for tag, given in page.tags if "data-facts" in given]
    assert page.text.count("ow do we know?") == len(statements) > 20
    for fact in facts_of(service).values():
        assert fact["source"].split(";")[0] in page.text


def test_what_the_operator_states_looks_different(make_service: Callable[..., Service]):
    service = make_service(controller_name="Ann <Example>", controller_contact="ann@example.org")
    markup = service.get(address(service)).text
    assert "Stated by the operator" in markup
    assert "Ann &lt;Example&gt;" in markup
    silent = make_service()
    bare = silent.get(address(silent)).text
    assert "Stated by the operator" not in bare
    assert "not stated by the operator" in bare


def test_what_is_not_known_is_listed(service: Service):
    answer = service.get(address(service, ".json")).json()
    missing = [name for name, fact in answer["facts"].items() if fact["value"] is None]
    assert missing == answer["unknown"] != []
    listed = service.get(address(service)).text.partition('id="unknown"')[2].partition("</ul>")[0]
    assert re.findall(r"<li><code>([\w.]+)</code>", listed) == missing


def test_only_what_is_measured_has_a_moment(service: Service):
    facts = facts_of(service)
    timed = {name for name, fact in facts.items() if fact["observed_at"]}
    assert timed == {name for name, fact in facts.items() if fact["provenance"] == "measured"} != set()


def test_the_page_needs_no_script_cookie_or_other_server(service: Service):
    endings = ("", "?all=1", "?lang=de", "/record", "/history")
    for path in ("/comment-data", "/sites/x/comment-data", *(address(service, ending) for ending in endings)):
        answer = service.get(path)
        page = Page(answer.text)
        assert "set-cookie" not in answer.headers
        assert {tag for tag, _ in page.tags} & {"script", "iframe", "object", "embed", "img", "form"} == set()
        assert [
            given for _, given in page.tags if any(name.startswith("on") or name == "style" for name in given)
        ] == []
        assert {urlsplit(url).netloc for url in page.addresses} == {""}
        assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_no_answer_sets_a_cookie(service: Service):
    paths = ["/comment-data", "/receipt", "/static/candor.css", "/api/v1/transparency?site=blog.example", "/nothing"]
    paths += [address(service, end) for end in ("", ".json", ".txt", ".jsonld", "/record", "/history", "/history.json")]
    paths += [f"/sites/{service.site.id}/form-notice", "/.well-known/gpc.json", "/schemas/candor.notice-2.json"]
    assert [path for path in paths if "set-cookie" in service.get(path).headers] == []
    assert "set-cookie" not in service.post("/receipt", data={"token": "x"}).headers
    assert facts_of(service)["client_storage"]["value"] == []


def test_everything_can_be_unfolded(service: Service):
    folded, unfolded = (Page(service.get(address(service, query)).text) for query in ("", "?all=1"))
    assert [given for tag, given in folded.tags if tag == "details" and "open" in given] == []
    assert [given for tag, given in unfolded.tags if tag == "details" and "open" not in given] == []
    assert folded.text == unfolded.text


def test_the_page_is_structured_for_every_reader(service: Service):
    page = Page(service.get(address(service)).text)
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == tags.count("main") == 1
    assert tags.count("table") == tags.count("caption")
    assert all(given.get("scope") for tag, given in page.tags if tag == "th")
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids))
    assert {url[1:] for url in page.addresses if url.startswith("#")} <= set(ids)


@pytest.mark.parametrize(
    "word", ["compliant", "anonymous", "accuracy", "accurate", "100%", "100 %", "secure", "certified"]
)
def test_words_that_promise_too_much_are_not_on_the_page(service: Service, word: str):
    assert word not in Page(service.get(address(service)).text).text.casefold()


WEASELS = "may might typically usually generally"
ABSOLUTES = "never always only all none nobody anonymous secure compliant accuracy guarantee"
DURATIONS = "second seconds minute minutes hour hours day days week weeks month months year years"


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOM)))
def test_a_template_claims_nothing_by_itself(path: Any):
    """Digits, durations and absolute words come from facts, so that none of them can outlive what it describes."""
    source = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    spoken = " ".join(re.findall(r'_\("(.*?)"\)', path.read_text(encoding="utf-8")))
    words = re.sub(r"<!doctype[^>]*>|<[^>]*>", " ", f"{source} {spoken}").casefold()
    assert re.findall(r"\d+", words) == []
    assert set(re.findall(r"[\w-]+", words)) & set(f"{WEASELS} {ABSOLUTES} {DURATIONS}".split()) == set()


@pytest.mark.parametrize("field", ["name", "home_url"])
def test_a_hostile_site_is_inert_on_its_notice(service: Service, field: str):
    clean = [tag for tag, _ in Page(service.get(address(service)).text).tags]
    change(service, **{field: HOSTILE if field == "name" else f"https://blog.example/{HOSTILE}"})
    for path in (address(service), "/comment-data"):
        page = Page(service.get(path).text)
        assert {tag for tag, _ in page.tags} & {"script", "img"} == set()
    assert [tag for tag, _ in Page(service.get(address(service)).text).tags] == clean
    assert service.get(address(service, ".txt")).headers["x-content-type-options"] == "nosniff"


def test_the_page_and_the_program_change_at_the_same_score(service: Service):
    for told, threshold in {"0.7": 0.7, "0.35": 0.35}.items():
        change(service, hold_at=told)
        page = Page(service.get(address(service)).text)
        assert f"Held at a score of {told} or more." in page.text
        with service.runtime.database.snapshot() as db:
            site = service.runtime.directory.fresh(db).sites[service.site.id]
        at, below = (
            judge(factories.comment(), site.rules, FixedScorer(score), site.policy).verdict
            for score in (threshold, threshold - 1e-9)
        )
        assert (at, below) == (Verdict.HOLD, Verdict.PUBLISH)


@pytest.mark.parametrize("content", [factories.KIND_WORDS, factories.SPAM_WORDS])
def test_what_the_page_says_is_not_seen_changes_no_score(service: Service, content: str):
    author = factories.native()["author"]
    unseen: dict[str, dict[str, Any]] = {
        "the e-mail address": {"author": author | {"email": "buy-pills@casino.example"}},
        "the network address": {"author": author | {"ip": "2001:db8::1"}},
        "the browser": {"author": author | {"user_agent": "SpamBot/1.0"}},
        "the time": {"submitted_at": "2001-01-01T00:00:00Z"},
        "earlier comments of the same writer": {},
    }
    assert set(facts_of(service)["automation.not_inputs"]["value"]) == set(unseen)
    first = service.post("/api/v1/checks", json=factories.native(content), headers=service.bearer).json()
    service.post("/api/v1/comments", json=factories.native(factories.SPAM_WORDS), headers=service.bearer)
    for changed in unseen.values():
        answer = service.post("/api/v1/checks", json=factories.native(content, **changed), headers=service.bearer)
        assert answer.json()["score"] == first["score"]


def test_a_comment_that_cannot_be_stored_is_neither_kept_nor_answered_with_a_verdict(service: Service):
    assert "keeps nothing and says so" in facts_of(service)["automation.on_failure"]["value"]
    with service.runtime.database.transaction() as db:
        db.connection().execute(text("ALTER TABLE decisions RENAME TO elsewhere"))
    native = service.post("/api/v1/comments", json=factories.native(), headers=service.bearer)
    dialect = service.post("/1.1/comment-check", data=dict(factories.akismet(service.akismet_key)))
    assert (native.status_code, native.json()["code"]) == (503, "service.unavailable")
    assert dialect.text not in {"true", "false"}
    with service.runtime.database.snapshot() as db:
        assert db.connection().execute(text("SELECT count(*) FROM comments")).scalar_one() == 0


def test_a_comment_carries_the_version_of_the_page(service: Service):
    for changes in ({}, {"hold_at": "0.3"}):
        change(service, **changes)
        told = service.get(address(service, ".json")).json()["notice_version"]
        sent = service.post("/api/v1/comments", json=factories.native(str(changes)), headers=service.bearer).json()
        assert sent["notice_version"] == told
        assert told in service.get(address(service)).text


def test_whoever_knows_the_facts_is_told_nothing_twice(service: Service):
    path = address(service, ".json")
    first = service.get(path)
    tag = first.headers["etag"]
    assert json.loads(tag) == first.json()["snapshot"]
    again = service.get(path, headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    change(service, hold_at="0.5")
    assert service.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_a_page_can_be_asked_for_by_its_head(service: Service):
    for path in (address(service), "/comment-data", "/receipt"):
        assert service.request("HEAD", path).status_code == 200


def test_the_transparency_facts_are_those_of_the_tokens_site(service: Service):
    service.add_site("https://other.example")
    for new in service.sites:
        answer = service.get("/api/v1/transparency", headers=bearer(new.api_token))
        assert answer.json()["site"]["id"] == str(new.site.id)
        assert NoticeShown.model_validate(answer.json()).schema_ == SCHEMA


def test_a_site_that_is_named_is_meant_whoever_asks(service: Service):
    other = service.add_site("https://other.example")

    def told(site: str, **headers: str) -> tuple[int, str | None]:
        answer = service.get("/api/v1/transparency", params={"site": site}, headers=headers or service.bearer)
        return answer.status_code, answer.json().get("site", {}).get("id")

    assert told("other.example") == told(str(other.site.id)) == (200, str(other.site.id))
    assert told("blog.example") == (200, str(service.site.id))
    assert told("nope")[0] == told("")[0] == 404
    assert told("other.example", **bearer("wrong"))[0] == 401
    for new in (service.site, other.site):
        with service.runtime.database.transaction() as db:
            hosting.set_site(db, site_id=new.id, changes={"is_listed": "false"}, now=clock.now())
    assert told("other.example")[0] == 404
    assert told("blog.example") == (200, str(service.site.id))  # a token shows its own site, listed or not


def test_a_listed_sites_facts_need_no_token_and_anothers_do(service: Service):
    assert service.get("/api/v1/transparency?site=blog.example").json()["site"]["home_url"] == "https://blog.example"
    change(service, is_listed="false")
    assert service.get("/api/v1/transparency?site=blog.example").status_code == 404
    assert service.get("/api/v1/transparency", headers=service.bearer).status_code == 200


@pytest.mark.parametrize(
    ("query", "headers", "code"),
    [
        ("", {}, "key.missing"),
        ("", {"Authorization": "Bearer cdr_wrong"}, "key.invalid"),
        ("?site=blog.example", {"Authorization": "Bearer cdr_wrong"}, "key.invalid"),
        ("?site=nowhere.example", {}, "site.not_found"),
        ("?site=", {}, "site.not_found"),
        (f"?site={'x' * 256}", {}, "request.invalid"),
    ],
)
def test_the_transparency_facts_are_refused_in_words(service: Service, query: str, headers: dict[str, str], code: str):
    answer = service.get(f"/api/v1/transparency{query}", headers=headers)
    assert answer.json()["code"] == code


def test_static_files_are_kept_for_ever_under_their_tag(service: Service):
    loaded = [url for url in Page(service.get("/receipt").text).addresses if url.startswith("/static/")]
    names = sorted(urlsplit(url).path for url in loaded)
    assert names == ["/static/candor.css", "/static/icon.svg", "/static/receipt.js"]
    for url in loaded:
        answer = service.get(url)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["content-type"].startswith(("text/", "image/svg+xml"))
        bare = service.get(urlsplit(url).path, headers={"If-None-Match": answer.headers["etag"]})
        assert (bare.status_code, bare.headers["cache-control"]) == (304, "public, no-cache")


@pytest.mark.parametrize("name", ["nothing.css", "..%2fpages.py", "%2e%2e/pages.py", "candor.css%00", ""])
def test_no_other_file_is_served(service: Service, name: str):
    assert service.get(f"/static/{name}").status_code == 404


def test_the_style_sheet_loads_nothing():
    style = (PROJECT / "moderation/web/static/candor.css").read_text(encoding="utf-8")
    assert re.findall(r"url\(|@import|//", style) == []
    assert all(f"@media {wanted}" in style for wanted in ("print", "(prefers-color-scheme: dark)"))
    assert ":focus-visible" in style


def test_a_notice_that_stores_no_addresses_any_more_speaks_of_new_comments(make_service: Callable[..., Service]):
    """Comments that came before keep theirs until its date: the sentence is not about their writers."""
    before = make_service()
    before.post("/api/v1/comments", json=factories.native(), headers=before.bearer)
    after = make_service(network_form="none")
    with after.runtime.database.snapshot() as db:
        assert list(db.exec(select(CommentRow.author_ip_prefix))) == ["192.0.2.0/24"]
    page = after.get(f"/sites/{before.site.id}/comment-data").text
    assert "The network address of a new comment is not stored." in page
    assert "Your network address is not stored" not in page
