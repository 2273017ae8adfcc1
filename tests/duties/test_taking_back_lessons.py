"""What a decision taught goes with it: the model is bit for bit what it was, and what others said stays learnt."""

import pytest

from models.delta import pack_layer
from moderation import clock
from moderation.clock import parse_id
from moderation.duties import hosting, learning
from moderation.duties.reviewing import Chosen
from moderation.duties.reviewing import Desk as Place
from moderation.storage import labels, lessons, site_layers
from moderation.storage.labels import Said
from moderation.vocabulary import Actor, Label, Role
from tests.support import factories
from tests.support.asgi import Service
from tests.support.factories import NOW
from tests.support.seats import APPROVE, INSULT, SPAM, Seat

WORDS = (  # none like another, since a campaign counts once
    "Our evening course in bookbinding starts in May, see you there",
    "My children loved the soup that we cooked on Sunday",
    "Cheap watches and handbags, only today, click now",
    "The mayor was wrong about that bridge, and everybody knew it",
    "Earn thousands a week from home, no questions asked",
    "Could somebody tell me when the library opens on holidays?",
)


def seat(service: Service, name: str = "ana") -> Seat:
    with service.runtime.database.transaction() as db:
        moderator_id = hosting.enrol(
            db, site_id=service.site.id, email=f"{name}@example.org", role=Role.LEAD, password=None, now=NOW
        )
    return Seat(
        service.runtime.database,
        Place(service.runtime.settings.seal, service.site, moderator_id, frozenset({Role.LEAD})),
    )


def send(service: Service, content: str):
    answer = service.post("/api/v1/comments", json=factories.native(content), headers=service.bearer)
    return parse_id(answer.json()["id"])


def teach(service: Service) -> None:
    """As the service does after every word, until nothing is left to learn."""
    service.app.state.doors.teacher.teach(service.site.id)
    with service.runtime.database.snapshot() as db:
        assert not lessons.is_waiting(db, site_id=service.site.id)


def model(service: Service) -> bytes:
    """All that the site's model is."""
    with service.runtime.database.snapshot() as db:
        head = lessons.find(db, site_id=service.site.id)
        return pack_layer(site_layers.load(db, site_id=service.site.id, head=head).layer)


@pytest.fixture
def service(service_on_both: Service) -> Service:
    """A site whose model knows three lessons that stay."""
    ana = seat(service_on_both, "founder")
    for words, choice in zip(WORDS[:3], (SPAM, APPROVE, SPAM), strict=True):
        ana.choose(send(service_on_both, words), choice)
    teach(service_on_both)
    return service_on_both


@pytest.mark.parametrize("choice", [SPAM, APPROVE], ids=["spam", "ham"])
def test_one_decision_taken_back_leaves_no_trace_in_the_model(service: Service, choice):
    ana, before = seat(service), model(service)
    ana.choose(send(service, WORDS[3]), choice)
    teach(service)
    assert model(service) != before
    ana.undo()
    teach(service)
    assert model(service) == before


def test_what_was_never_learnt_is_never_learnt(service: Service):
    ana, before = seat(service), model(service)
    ana.choose(send(service, WORDS[3]), SPAM)
    ana.undo()
    teach(service)
    assert model(service) == before


def test_a_batch_taken_back_leaves_no_trace_in_the_model(service: Service):
    ana, before = seat(service), model(service)
    ids = tuple(send(service, words) for words in WORDS[3:])
    ana.decide_many(ana.gather(Chosen(ids), SPAM), SPAM)
    teach(service)
    assert len(ana.undo().withdrawn) == 3
    teach(service)
    assert model(service) == before


def test_steps_back_go_through_every_model_there_was(service: Service):
    ana, models = seat(service), [model(service)]
    for words, choice in zip(WORDS[3:], (SPAM, APPROVE, SPAM), strict=True):
        ana.choose(send(service, words), choice)
        teach(service)
        models.append(model(service))
    for earlier in reversed(models[:-1]):
        ana.undo()
        teach(service)
        assert model(service) == earlier


def test_what_the_website_said_of_it_is_learnt_in_the_place_of_the_moderators_word(service: Service):
    ana, sent = seat(service), send(service, WORDS[3])
    with service.runtime.database.transaction() as db:
        said = Said(sent, Label.SPAM, Actor.BLOG)
        labels.record(db, site_id=service.site.id, said=said, now=clock.now())
    teach(service)
    before = model(service)
    ana.choose(sent, APPROVE)
    teach(service)
    assert model(service) != before
    ana.undo()
    teach(service)
    assert model(service) == before


def test_what_teaches_nothing_is_taken_back_without_touching_the_model(service: Service):
    ana, sent = seat(service), send(service, WORDS[3])
    with service.runtime.database.snapshot() as db:
        revision = lessons.find(db, site_id=service.site.id).revision
    ana.choose(sent, INSULT)
    ana.undo()
    teach(service)
    with service.runtime.database.snapshot() as db:
        assert lessons.find(db, site_id=service.site.id).revision == revision
        assert learning.look(db, site_id=service.site.id).lessons == 3
