"""Sentences that know their pattern and values."""

import copy
import json

from moderation.judging.said import Said
from moderation.web import language


def test_a_sentence_is_the_text_it_says():
    told = Said("Held at %(score)s by %(who)s.", score=0.7, who="a program")
    assert told == "Held at 0.7 by a program."
    assert json.dumps({"text": told}) == '{"text": "Held at 0.7 by a program."}'
    assert Said("100% as it stands") == "100% as it stands"


def test_a_copy_knows_pattern_and_values_too():
    told = copy.deepcopy(Said("Held at %(score)s.", score=0.7))
    assert (told, told.pattern, told.facts) == ("Held at 0.7.", "Held at %(score)s.", {"score": 0.7})


def test_values_keep_their_places_in_another_language(monkeypatch):
    german = language.Catalogue({"Held at %(score)s by %(who)s.": "Von %(who)s ab %(score)s.", "a": "einem"}, {}, "")
    monkeypatch.setattr(language, "_catalogue", lambda _: german)
    told = Said("Held at %(score)s by %(who)s.", score=0.5, who="a")
    assert language.translated(told) == told
    with language.speaking("de"):
        assert language.translated(told) == "Von einem ab 0,5."
        assert language.translated(Said("Missing %(x)s", x=1)) is None


def test_sentences_that_stand_together_are_each_said_in_the_other_language(monkeypatch):
    german = language.Catalogue({"One.": "Eins.", "Two.": "Zwei."}, {}, "")
    monkeypatch.setattr(language, "_catalogue", lambda _: german)
    with language.speaking("de"):
        assert language.translated(Said("%(a)s %(b)s", a="One.", b="Two.")) == "Eins. Zwei."
        assert language.translated(Said("%(a)s %(b)s", a="One.", b="Three.")) is None
