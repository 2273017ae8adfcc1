"""Host names: who registered one, and is it a shortener."""

import pytest

from models.domains import is_shortener, registrable

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
