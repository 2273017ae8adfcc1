"""Host names: who registered one, and is it a shortener."""

import pytest

from models.domains import asked_host, is_shortener, registrable, spellings

CASES = {
    "shop.example.com": "example.com",
    "example.com": "example.com",
    "a.b.example.co.uk": "example.co.uk",
    "ann.blogspot.com": "ann.blogspot.com",
    "x.y.kobe.jp": "x.y.kobe.jp",
    "city.kobe.jp": "city.kobe.jp",
    "www.ck": "www.ck",
    "com": "com",
    "192.0.2.7": "192.0.2.7",
    "localhost": "localhost",
    "WWW.Example.ORG.": "example.org",
    "блог.пример.рф": "xn--e1afmkfd.xn--p1ai",
    "": "",
    "\ud800.com": "xn--ib9b.com",
}


@pytest.mark.parametrize(("host", "domain"), CASES.items())
def test_the_registrable_part_follows_the_public_suffix_list(host, domain):
    assert registrable(host) == domain


def test_known_shorteners_are_known():
    assert is_shortener("bit.ly")
    assert not is_shortener("example.org")


ASKED = {
    "evil.example": "evil.example",
    "EVIL.Example": "evil.example",
    "\u0430pple.com": "xn--pple-43d.com",
    "evil\u3002example": "evil.example",
    "evil\uff0eexample": "evil.example",
    "evil\uff61example": "evil.example",
    "\uff25\uff36\uff29\uff2c\uff0eexample": "evil.example",
    "evil.example\u200b.com": "evil.example.com",
    "ev\u00adil\u2060.exam\ufeffple": "evil.example",
    "ev\u200dil.example": "evil.example",
    "evil%2Eexample": "evil.example",
    "%65vil.example": "evil.example",
    "stra\u00dfe.example": "xn--strae-oqa.example",
    "\u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3.example": "xn--kxa6akbbkh.example",
    "\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.com": "xn--mgba3gch31f060k.com",
    "": "",
}


@pytest.mark.parametrize(("written", "asked"), ASKED.items(), ids=ascii)
def test_a_browser_asks_for_a_name_in_one_spelling_however_it_is_written(written, asked):
    assert asked_host(written) == asked


SPELT = {
    "apple.com": ("apple.com",),
    "Apple.com": ("Apple.com", "apple.com"),
    "\u0430pple.com": ("\u0430pple.com", "xn--pple-43d.com"),
    "xn--pple-43d.com": ("xn--pple-43d.com", "\u0430pple.com"),
    "https://XN--pple-43d.com/x": (
        "https://XN--pple-43d.com/x",
        "https://\u0430pple.com/x",
        "https://xn--pple-43d.com/x",
    ),
    "xn--99999999": ("xn--99999999",),
}


@pytest.mark.parametrize(("name", "spelt"), SPELT.items(), ids=ascii)
def test_a_name_has_a_spelling_for_people_and_one_for_machines(name, spelt):
    assert spellings(name) == spelt
