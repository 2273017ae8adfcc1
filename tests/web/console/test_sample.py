"""The blind sample: whoever looks sees what was said, not what became of it, and their word is measured."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import delete
from sqlmodel import select

from moderation import clock
from moderation.clock import new_id, parse_id
from moderation.storage import second_looks
from moderation.storage.audits import Fresh
from moderation.storage.second_looks import First
from moderation.storage.tables import AuditRow, DecisionRow
from moderation.vocabulary import Label, Role
from tests.support import chance
from tests.support.asgi import Service
from tests.support.console import Guest, contents, group, path_of, person, say
from tests.support.console_acts import decisions, state, told
from tests.support.factories import KIND_WORDS, SPAM_WORDS
from tests.support.receipts import ask, send, token_of


def draw(service: Service, comment: str) -> None:
    """Lets chance have drawn a comment that the program decided."""
    fresh, id_ = service.site.id, parse_id(comment)
    assert id_
    with service.runtime.database.transaction() as db:
        if db.get(AuditRow, id_) is None:
            chance.draw(db, seal=service.runtime.settings.seal, judged=[Fresh(fresh, id_, clock.now())])


def forget_chance(service: Service) -> None:
    """Lets chance have drawn nothing so far."""
    with service.runtime.database.transaction() as db:
        db.connection().execute(delete(AuditRow))


def draw_second(service: Service, comment: str, guest: Guest, label: Label) -> str:
    """Lets chance have drawn a moderator's decision."""
    decision, id_ = decisions(service, comment)[-1].id, parse_id(comment)
    assert id_
    assert guest.id
    with service.runtime.database.transaction() as db:
        first = First(decision, id_, label, guest.id)
        second_looks.draw(db, site_id=service.site.id, firsts=[first], now=clock.now())
    return str(decision)


class TestSample:
    @pytest.fixture
    def service(self, make_service: Callable[..., Service]) -> Service:
        return make_service()

    def test_whoever_looks_sees_neither_verdict_nor_score_nor_reason_and_then_decides(self, service: Service):
        ana, at = person(service, "ana"), path_of(service.sites[0])
        for _ in range(3):
            comment = say(service, f"{SPAM_WORDS} drawn")
        group(service)
        forget_chance(service)
        draw(service, comment)
        page = ana.get(f"{at}/sample").text
        main = page[page.index("<main") :]
        assert "drawn" in main
        for word in (
            "Likely",
            "Unsure",
            "score",
            "held",
            "published",
            "removed",
            "casino</mark>",
            "model",
            "alike",
            "0.9",
        ):
            assert word not in main, word
        assert (comment in main, "It also decides." in main) == (True, True)
        answer = ana.post(f"{at}/sample", {"comment": comment, "said": "ham"})
        assert answer.headers["location"] == f"{at}/sample?done=looked"
        assert "That is measured." in ana.get(answer.headers["location"]).text
        assert state(service, comment) == "published"
        again = ana.post(f"{at}/sample", {"comment": comment, "said": "spam"})
        assert (again.status_code, state(service, comment)) == (409, "published")
        assert "<b>1 of 1</b>" in ana.get(f"{at}/quality").text

    def test_words_that_were_changed_while_somebody_looked_are_not_decided_by_that_look(self, service: Service):
        ana, at = person(service, "ana"), path_of(service.sites[0])
        sent = send(service, SPAM_WORDS)
        draw(service, sent["id"])
        version = re.search(r'name="version" value="(\d+)"', ana.get(f"{at}/sample").text)
        ask(service, "correct", token_of(sent), content="Buy pills here instead.", name="Ann")
        look = {"comment": sent["id"], "said": "ham", "version": version[1] if version else ""}
        assert (ana.post(f"{at}/sample", look).status_code, state(service, sent["id"])) == (412, "held")
        assert "Buy pills here instead." in ana.get(f"{at}/sample").text

    def test_a_colleagues_decision_is_looked_at_without_a_name_and_not_by_themselves(self, service: Service):
        ana, ben, at = person(service, "ana"), person(service, "ben"), path_of(service.sites[0])
        ana.post("/console/account/name", {"name": "Ana Firstlooker"})
        comment = say(service, f"{SPAM_WORDS} twice")
        told(ana, at, comment, "approve")
        decision = draw_second(service, comment, ana, Label.HAM)
        assert comment not in ana.get(f"{at}/sample").text
        own = ana.ask(f"{at}/sample", {"comment": comment, "decision": decision, "said": "ham"})
        assert (own.status_code, own.json()["code"]) == (403, "recheck.own")
        page = ben.get(f"{at}/sample").text
        main = page[page.index("<main") :]
        assert comment in main
        assert "Firstlooker" not in page
        assert "published" not in main
        assert "It also decides." not in main
        ben.post(f"{at}/sample", {"comment": comment, "decision": decision, "said": "spam"})
        assert state(service, comment) == "published"
        lea = person(service, "lea", Role.LEAD)
        assert comment in lea.get(f"{at}/queue?tab=escalated").text
        assert "<b>0 of 1</b>" in ben.get(f"{at}/quality").text

    def test_one_can_be_passed_over_for_ever(self, service: Service):
        ana, at = person(service, "ana"), path_of(service.sites[0])
        ids = [say(service, f"{SPAM_WORDS} pass {number}") for number in range(3)]
        for comment in ids:
            draw(service, comment)
        address, seen = f"{at}/sample", []
        for _ in range(7):
            page = ana.get(address).text
            following = re.search(r'href="([^"]+skip=\d+)"', page)
            shown = re.search(r'name="comment" value="([^"]+)"', page)
            assert following
            assert shown
            address, seen = following[1], [*seen, shown[1]]
        assert seen == [*ids, *ids, ids[0]] or set(seen) == set(ids)

    @pytest.mark.parametrize(
        ("form", "status"),
        [
            ({"said": "ham"}, 422),
            ({"comment": "0", "said": "ham"}, 422),
            ({"comment": "{drawn}"}, 422),
            ({"comment": "{drawn}", "said": "perhaps"}, 422),
            ({"comment": "{other}", "said": "ham"}, 409),
            ({"comment": "01a2217f-3895-7721-a455-48ae1a5987e9", "said": "ham"}, 404),
            ({"comment": "{drawn}", "said": "ham", "decision": str(new_id())}, 409),
        ],
        ids=lambda value: str(value)[:50],
    )
    def test_what_cannot_be_meant_is_refused(self, service: Service, form: dict[str, str], status: int):
        ana, at = person(service, "ana"), path_of(service.sites[0])
        known = {"drawn": say(service, f"{SPAM_WORDS} drawn"), "other": say(service, f"{KIND_WORDS} other")}
        draw(service, known["drawn"])
        with service.runtime.database.transaction() as db:
            row = db.get(AuditRow, parse_id(known["other"]))
            if row is not None:
                db.delete(row)
        before = contents(service)
        sent = {name: said.format(**known) if "{" in said else said for name, said in form.items()}
        assert ana.post(f"{at}/sample", sent).status_code == status
        assert contents(service) == before
        with service.runtime.database.snapshot() as db:
            assert all(row.moderator_id is None for row in db.exec(select(DecisionRow)))
