"""Every text that readers and writers meet, in every language that the pages offer."""

import re
from collections.abc import Callable

import pytest

from moderation.web import language
from tests.support import factories, sentences, translating
from tests.support.asgi import Service
from tests.web.public.test_reading import STATES, WISHES

NAMES = {("mail.example",)}
"""Values that are said like sentences and are the same in every language."""
OTHERS = [code for code in language.NAMES if code != language.SOURCE]


def ask_everything(service: Service, code: str) -> None:
    """Asks for each page in a language."""
    spoken = {"Accept-Language": code}
    site = f"/sites/{service.site.id}"
    for path in ("/", "/comment-data", f"{site}/comment-data", f"{site}/comment-data/record", f"{site}/form-notice"):
        assert service.get(path, headers=spoken).status_code == 200
    for path in ("/sites/nowhere/comment-data", "/receipt", "/receipt/lost", "/receipt/mailed"):
        service.get(path, headers=spoken)
    assert service.get(f"{site}/transparency", headers=spoken).status_code == 200
    for address in ("ann@mail.example", "no address"):
        assert service.post("/receipt/lost", data={"email": address}, headers=spoken).content
    assert service.post("/receipt/mailed", data={"token": "wrong"}, headers=spoken).content
    for words in (factories.KIND_WORDS, factories.SPAM_WORDS):
        sent = service.post("/api/v1/comments", json=factories.native(words), headers=service.bearer).json()
        token = {"token": sent["receipt"]["url"].partition("#")[2]}
        service.post("/receipt", data={"token": "wrong"}, headers=spoken)
        for decided in ("hold", "publish", "remove"):
            decision = {"verdict": decided}
            service.post(f"/api/v1/comments/{sent['id']}/decisions", json=decision, headers=service.bearer)
            for name, fields in WISHES.items():
                assert service.post(f"/receipt{name}", data=token | fields, headers=spoken).content


@pytest.mark.parametrize("code", OTHERS)
def test_each_text_of_a_template_is_there(code: str):
    assert sorted(translating.lacking(code)) == []


@pytest.mark.parametrize("code", OTHERS)
def test_each_text_that_the_program_can_say_is_there(code: str):
    assert sorted(sentences.of_modules() - language._catalogue(code).texts.keys()) == []


def test_what_no_reader_meets_is_still_said_somewhere():
    assert sentences.ELSEWHERE - sentences.in_rooms() == set()


@pytest.mark.parametrize("code", OTHERS)
def test_each_text_that_the_program_says_is_there(make_service: Callable[..., Service], code: str):
    with translating.listening(code) as missing:
        for state in STATES.values():
            ask_everything(make_service(receipt_delay_minutes=0, **state), code)
    assert sorted(missing - NAMES) == []


@pytest.mark.parametrize("code", OTHERS)
@pytest.mark.parametrize("ending", ["", ".txt"])
def test_each_face_tells_the_same_facts_in_each_language(service: Service, code: str, ending: str):
    path = f"/sites/{service.site.id}/comment-data"
    facts = service.get(f"{path}.json").json()["facts"]
    pattern = r"<li><code>([\w.]+)</code> <b>" if not ending else r"^- ([\w.]+) \("
    faces = [service.get(f"{path}{ending}?all=1&lang={spoken}").text for spoken in (code, language.SOURCE)]
    told = [re.findall(pattern, face, re.MULTILINE) for face in faces]
    assert told[0] == told[1]
    assert set(told[0]) == set(facts)


@pytest.mark.parametrize("code", OTHERS)
def test_each_value_is_the_same_in_each_language(service: Service, code: str):
    """Numbers, addresses, names and codes are in no language; a sentence has the same numbers in each."""
    path = f"/sites/{service.site.id}/comment-data"
    faces = [service.get(f"{path}.txt?lang={spoken}").text for spoken in (code, language.SOURCE)]
    numbers = [sorted(re.findall(r"\b[0-9a-f]{64}\b|https?://[\w.:/-]+[\w/]", face)) for face in faces]
    assert numbers[0] == numbers[1] != []
    columns = [re.findall(r"\b[a-z_]+\.[a-z_]+\b", face.partition("https")[2]) for face in faces]
    assert columns[0] == columns[1]


@pytest.mark.parametrize("code", OTHERS)
def test_a_text_keeps_its_places_and_its_negation(code: str):
    catalogue = language._catalogue(code)
    texts = catalogue.texts | {many: forms[-1] for (_, many), forms in catalogue.plurals.items()}
    place = re.compile(r"%\(\w+\)s")
    assert [text for text, said in texts.items() if set(place.findall(text)) != set(place.findall(said))] == []


@pytest.mark.parametrize("code", OTHERS)
def test_a_text_that_is_missing_stays_english_and_is_never_dropped(
    service: Service, monkeypatch: pytest.MonkeyPatch, code: str
):
    monkeypatch.setattr(language, "_catalogue", lambda _: language.Catalogue({}, {}, "empty"))
    path = f"/sites/{service.site.id}/comment-data"
    facts = service.get(f"{path}.json").json()["facts"]
    page = service.get(f"{path}?lang={code}").text
    assert f'<html lang="{code}">' in page
    assert 'lang="en">A person' in page
    for sentence in (facts["automation.standing"], facts["automation.on_failure"]):
        assert f'<span lang="en">{sentence["value"]}</span>'.replace("'", "&#39;") in page
    assert set(re.findall(r"<li><code>([\w.]+)</code> <b>", page)) == set(facts)
