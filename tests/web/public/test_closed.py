"""A site that is closed takes nothing in, and what it has stored can still be read about, copied and erased."""

import pytest

from moderation import clock
from moderation.duties import hosting
from moderation.duties.hosting import NewSite
from tests.support import factories, receipts
from tests.support.asgi import Service

CLOSED = "This website is closed here. No new comments are taken, and people do not decide about those that are left."
PAGES = ("comment-data", "comment-data/history", "transparency")
FACES = (
    *PAGES,
    "comment-data.json",
    "comment-data.jsonld",
    "comment-data.txt",
    "comment-data/record",
    "transparency.csv",
)


def close(service: Service, new: NewSite) -> None:
    with service.runtime.database.transaction() as db:
        hosting.remove_site(db, site_id=new.site.id, now=clock.now())


@pytest.fixture
def token(service: Service) -> str:
    """The token of a comment at the site, which is closed then."""
    found = receipts.token_of(receipts.send(service))
    close(service, service.sites[0])
    return found


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("name", ["id", "host"])
@pytest.mark.parametrize("face", FACES)
def test_every_face_is_still_there(service: Service, face: str, name: str):
    called = service.site.id if name == "id" else service.site.host
    answer = service.get(f"/sites/{called}/{face}")
    assert answer.status_code == 200, answer.text


@pytest.mark.usefixtures("token")
@pytest.mark.parametrize("page", PAGES)
def test_the_pages_say_that_it_is_closed(service: Service, page: str):
    assert CLOSED in service.get(f"/sites/{service.site.id}/{page}").text
    german = service.get(f"/sites/{service.site.id}/{page}?lang=de").text
    assert "Diese Website ist hier geschlossen" in german


@pytest.mark.usefixtures("token")
def test_everything_that_is_said_of_it_holds(service: Service):
    told = service.get(f"/sites/{service.site.id}/comment-data.json").json()
    assert told["failed"] == {}
    assert told["facts"]["site.closed"]["value"] is True
    assert [right for right, there in told["facts"]["receipt.can"]["value"].items() if not there] == [
        "ask for another look"
    ]


def test_of_an_open_site_it_is_not_said(service: Service):
    receipts.send(service)
    assert CLOSED not in service.get(f"/sites/{service.site.id}/comment-data").text


@pytest.mark.usefixtures("token")
def test_its_end_is_a_version_of_its_notice(service: Service):
    with service.runtime.database.transaction() as db:
        assert service.app.state.doors.recording.in_force(db, now=clock.now()) == 1
    told = service.get(f"/sites/{service.site.id}/comment-data/history.json").json()
    changed = [change["id"] for change in told["versions"][-1]["changes"]]
    assert {"site.closed", "receipt.can"} <= set(changed)
    assert told["in_force"] == told["versions"][-1]["version"]


@pytest.mark.usefixtures("token")
def test_nobody_is_led_there_and_both_doors_are_shut(service: Service):
    assert str(service.site.id) not in service.get("/comment-data").text
    assert service.get(f"/sites/{service.site.id}/form-notice").status_code == 404
    assert service.get("/api/v1/transparency", params={"site": service.site.host}).status_code == 404
    sent = service.post("/api/v1/comments", json=factories.native("More."), headers=service.bearer)
    assert sent.status_code == 401
    asked = service.post("/1.1/comment-check", data=dict(factories.akismet(service.akismet_key)))
    assert asked.text == "invalid"


def test_a_closed_site_without_a_comment_has_no_page(service: Service):
    close(service, service.sites[0])
    assert service.get(f"/sites/{service.site.id}/comment-data").status_code == 404


def test_the_host_is_that_of_the_open_site_where_there_is_one(service: Service, token: str):
    again = service.add_site(service.site.home_url)
    told = service.get(f"/sites/{service.site.host}/comment-data.json").json()
    assert told["site"]["id"] == str(again.site.id)
    assert service.get(f"/sites/{service.site.id}/comment-data.json").json()["site"]["id"] == str(service.site.id)
    assert token


def test_the_receipt_and_its_rights_work_on(service: Service, token: str):
    assert "closed here" in receipts.opened(service, token).text
    assert receipts.ask(service, "export", token).json()["site_id"] == str(service.site.id)
    assert receipts.ask(service, "erase", token, sure="yes").is_success
