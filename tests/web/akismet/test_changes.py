"""What an operator changes beside the running service counts at the next request, not when the process thinks of it."""

from datetime import timedelta

import pytest

from moderation.vocabulary import Label
from tests.support import dialect
from tests.support.asgi import Service
from tests.support.dialect import UNWELCOME, WEEK, Blog

SUSPENDED = ("invalid", "10009")
LONG_AGO = WEEK * 2


def said(answer) -> tuple[str, str | None]:
    return answer.text, answer.headers.get("x-akismet-error")


@pytest.fixture
def warm(blog: Blog) -> Blog:
    """A blog whose key the process has in memory."""
    assert blog.ask("verify-key").text == "valid"
    assert blog.check().text in {"true", "false"}
    return blog


@pytest.mark.parametrize("word", ["spam", "ham"])
def test_a_suspended_site_is_told_so_at_once_by_every_verb_about_comments(warm: Blog, word: str):
    dialect.suspend(warm.service)
    assert said(warm.tell(word)) == SUSPENDED
    assert said(warm.check()) == SUSPENDED


def test_a_check_is_the_first_to_notice_a_suspension(warm: Blog):
    dialect.suspend(warm.service)
    assert said(warm.check()) == SUSPENDED


def test_a_suspended_site_is_told_so_at_once_by_every_verb_about_its_key(warm: Blog):
    dialect.suspend(warm.service)
    assert said(warm.ask("verify-key")) == ("invalid", None)
    for verb in ("usage-limit", "key-sites", "get-stats", "token", "deactivate"):
        assert warm.ask(verb).text == "invalid", verb
    assert warm.ask("get-subscription").json()["status"] == "suspended"


def test_a_suspended_site_is_let_in_again_at_once(warm: Blog):
    dialect.suspend(warm.service)
    assert said(warm.check()) == SUSPENDED
    dialect.suspend(warm.service, is_suspended=False)
    assert warm.check().text in {"true", "false"}
    assert warm.ask("get-subscription").json()["status"] == "active"


def test_a_key_rotated_without_overlap_has_ended_at_once_and_the_new_one_known(warm: Blog):
    new = dialect.rotate(warm.service, timedelta(0))
    assert said(warm.check()) == SUSPENDED
    assert warm.ask("get-subscription").json()["status"] == "suspended"
    assert warm.check(api_key=new).text in {"true", "false"}


def test_during_the_overlap_both_keys_open_the_same_site(warm: Blog):
    new = dialect.rotate(warm.service, WEEK)
    first, second = warm.check(), warm.check(api_key=new)
    assert first.headers["x-akismet-guid"] == second.headers["x-akismet-guid"]


def test_after_the_overlap_the_old_key_is_told_that_it_has_ended(warm: Blog):
    new = dialect.rotate(warm.service, WEEK, ago=LONG_AGO)
    assert said(warm.tell(Label.SPAM)) == SUSPENDED
    assert said(warm.check()) == SUSPENDED
    assert said(warm.ask("verify-key")) == ("invalid", None)
    assert warm.ask("verify-key", api_key=new).text == "valid"


def test_a_removed_site_is_unknown_at_once(warm: Blog):
    dialect.remove(warm.service)
    assert said(warm.check()) == ("invalid", None)
    assert said(warm.ask("verify-key")) == ("invalid", None)


def test_a_new_rule_applies_to_the_next_check(warm: Blog):
    dialect.add_rules(warm.service)
    assert warm.check(f"An {UNWELCOME}.").text == "true"


def test_a_suspension_during_a_batch_spoils_only_that_site(service: Service, warm: Blog):
    other = Blog(service, service.add_site("https://other.example"))
    assert other.ask("verify-key").text == "valid"
    dialect.suspend(service)
    requests = [
        {
            "method": "POST",
            "url": "/1.1/comment-check",
            "data": {"api_key": asker.site.akismet_key, "blog": asker.site.site.home_url, "user_ip": "192.0.2.7"},
        }
        for asker in (warm, other) * 5
    ]
    answers = [said(answer) for answer in service.together(requests)]
    assert answers == [SUSPENDED, ("false", None)] * 5
