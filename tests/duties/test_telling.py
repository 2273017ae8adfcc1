"""Which words speak for and against a comment here: those that many comments share, and none that only one has."""

from collections.abc import Sequence
from random import Random

import pytest

from moderation.clock import parse_id
from moderation.duties import learning
from moderation.storage import labels
from moderation.storage.labels import Said
from moderation.vocabulary import Actor, Label
from tests.support import factories
from tests.support.asgi import Service
from tests.support.factories import NOW

SYLLABLES = ("ba", "do", "fi", "gu", "ke", "la", "mo", "nu", "po", "ri", "sa", "te", "vo", "wi", "zu")


def teach(service: Service, said: Sequence[tuple[str, Label]]) -> None:
    """Comments by different people, and what a moderator says of each."""
    for number, (content, label) in enumerate(said):
        author = {"name": f"Writer {number}", "email": f"writer{number}@example.org"}
        answer = service.post("/api/v1/comments", json=factories.native(content, author=author), headers=service.bearer)
        with service.runtime.database.transaction() as db:
            about = Said(parse_id(answer.json()["id"]), label, Actor.MODERATOR)
            labels.record(db, site_id=service.site.id, said=about, now=NOW)
    service.app.state.doors.teacher.teach(service.site.id)


def told(service: Service) -> tuple[list[learning.Telling], list[learning.Telling]]:
    classifier = service.runtime.models.taught_of(service.site.id)
    assert classifier is not None
    with service.runtime.database.snapshot() as db:
        return learning.telling(db, site_id=service.site.id, classifier=classifier)


def about(subject: str, count: int) -> list[str]:
    """Comments that share one word and no other."""
    chance = Random(subject)
    return [
        " ".join([*(word(chance) for _ in range(4)), subject, *(word(chance) for _ in range(5))]) for _ in range(count)
    ]


def word(chance: Random) -> str:
    return "".join(chance.choice(SYLLABLES) for _ in range(3))


@pytest.fixture
def taught(service_on_both: Service) -> Service:
    spam = [(content, Label.SPAM) for content in about("bookbinding", 30)]
    teach(service_on_both, spam + [(content, Label.HAM) for content in about("pottery", 30)])
    return service_on_both


def test_a_word_of_thirty_unwelcome_comments_is_named(taught: Service):
    against, in_favour = told(taught)
    assert any("bookbinding" in one.words for one in against), against
    assert not any("bookbinding" in one.words for one in in_favour)
    assert any("pottery" in one.words for one in in_favour), in_favour
    assert not any("pottery" in one.words for one in against)


def test_the_most_telling_come_first_with_their_sign(taught: Service):
    against, in_favour = told(taught)
    assert [one.weight for one in against] == sorted((one.weight for one in against), reverse=True)
    assert [one.weight for one in in_favour] == sorted(one.weight for one in in_favour)
    assert all(one.weight > 0 for one in against)
    assert all(one.weight < 0 for one in in_favour)


def test_what_only_one_comment_said_is_not_quoted(service: Service):
    spam = about("bookbinding", 12)
    spam[5] = "zanzibarine quintessence of gorgonzola at midnight"
    teach(service, [(content, Label.SPAM) for content in spam])
    against, in_favour = told(service)
    assert against
    for one in (*against, *in_favour):
        assert one.comments > 1
        assert sum(one.words in content.casefold() for content in spam) > 1
        assert not {"zanzibarine", "quintessence", "gorgonzola"} & set(one.words.split())


def test_a_site_of_a_single_lesson_tells_nothing(service: Service):
    teach(service, [("Buy bookbinding lessons", Label.SPAM)])
    assert told(service) == ([], [])


def test_another_site_hears_nothing_of_it(taught: Service):
    other = taught.add_site("https://other.example").site
    assert taught.runtime.models.taught_of(other.id) is None
    classifier = taught.runtime.models.taught_of(taught.site.id)
    with taught.runtime.database.snapshot() as db:
        assert learning.telling(db, site_id=other.id, classifier=classifier) == ([], [])
