"""Each English sentence that readers and writers meet can be read after eight years of school."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from moderation import clock
from moderation.duties import hosting
from tests.support import factories, reading
from tests.support.asgi import Service

STATES = {
    "silent": {},
    "stated": {
        "controller_name": "Ann",
        "controller_contact": "ann@example.org",
        "dpo": "none",
        "legal_basis": "legitimate interest",
        "hosting": "Example Hosting",
        "security_contact": "ann@example.org",
        "authority": "The authority of Berlin",
        "balancing_test": "https://blog.example/test",
        "server_logs": "the page, for a week",
        "backup_days": "14",
    },
    "keyed and strict": {"network_form": "keyed", "strict_retention": "true", "keep_held_days": "7"},
    "without network, with mail": {"network_form": "none", "smtp_host": "mail.example", "mail_from": "a@example.org"},
}


WISHES = {  # behind /receipt -> what its form holds beside the token
    "": {},
    "/appeal": {"text": "Please look again."},
    "/object": {},
    "/withdraw": {},
    "/freeze": {},
    "/thaw": {},
    "/correct": {"content": "New words", "name": "Ann"},
    "/erase": {},
}


@contextmanager
def at_hand(service: Service, **changes: str) -> Iterator[Service]:
    """The service with a site that uses what it can."""
    with service.runtime.database.transaction() as db:
        hosting.set_site(db, site_id=service.site.id, changes=changes, now=clock.now())
    yield service


def pages_of(service: Service) -> dict[str, str]:
    """The pages for readers, by their addresses."""
    site = f"/sites/{service.site.id}"
    paths = [
        "/",
        "/comment-data",
        f"{site}/comment-data?all=1",
        f"{site}/comment-data/record",
        f"{site}/comment-data/history",
        "/sites/nowhere/comment-data",
        f"{site}/form-notice",
        f"{site}/transparency",
    ]
    return {path: service.get(path).text for path in paths}


def receipts_of(service: Service) -> dict[str, str]:
    """The pages for writers: those that ask for something, what tokens open, and what each right answers."""
    found = {path: service.get(path).text for path in ("/receipt", "/receipt/lost", "/receipt/mailed")}
    found["an address"] = service.post("/receipt/lost", data={"email": "ann@mail.example"}).text
    found["no address"] = service.post("/receipt/lost", data={"email": "ann"}).text
    found["no link"] = service.post("/receipt/mailed", data={"token": "x"}).text
    for words in (factories.KIND_WORDS, factories.SPAM_WORDS):
        sent = service.post("/api/v1/comments", json=factories.native(words), headers=service.bearer).json()
        token = {"token": sent["receipt"]["url"].partition("#")[2]}
        for decided in ("", "remove"):
            if decided:
                decision = {"verdict": decided, "label": "spam"}
                service.post(f"/api/v1/comments/{sent['id']}/decisions", json=decision, headers=service.bearer)
            for name, fields in WISHES.items():
                answer = service.post(f"/receipt{name}", data=token | fields)
                found[f"{name} of {sent['state']} {decided}"] = answer.text
    return found


@pytest.mark.parametrize("state", STATES)
def test_each_sentence_has_a_grade_of_at_most_eight(make_service: Callable[..., Service], state: str):
    with at_hand(make_service(**STATES[state]), removal_by_program="true") as service:
        pages = pages_of(service)
    assert all(len(reading.sentences(markup)) > 1 for markup in pages.values())
    assert {path: found for path, markup in pages.items() if (found := reading.hard(markup))} == {}


@pytest.mark.parametrize("state", ["stated", "without network, with mail"])
def test_each_sentence_of_a_receipt_has_a_grade_of_at_most_eight(make_service: Callable[..., Service], state: str):
    pages = receipts_of(make_service(**STATES[state]))
    assert sum(len(reading.sentences(markup)) > 1 for markup in pages.values()) > len(WISHES)
    assert {path: found for path, markup in pages.items() if (found := reading.hard(markup))} == {}


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("<p>One <b>thing</b> is told. Another is asked?</p>", ["One thing is told.", "Another is asked?"]),
        ("<ul><li>a word</li><li>It is a sentence.<code>not.this one.</code></li></ul>", ["It is a sentence."]),
        ("<table><tr><td><p>A cell of a table.</p></td></tr></table>", []),
        ('<ul class="sources"><li>Where it is from.</li></ul><dl><dt>A term.</dt><dd>Told so.</dd></dl>', ["Told so."]),
        ("<p>Once.</p><p>It is said once. It is said once.</p>", ["It is said once."]),
    ],
)
def test_what_counts_as_a_sentence(markup: str, found: list[str]):
    assert reading.sentences(f"<main>{markup}</main>") == found


def test_a_hard_sentence_is_found():
    hard = "Notwithstanding the aforementioned considerations, administrators retain discretionary authority."
    assert [said for _, said in reading.hard(f"<p>{hard} It is so.</p>")] == [hard]
