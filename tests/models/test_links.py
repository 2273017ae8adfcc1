"""Addresses in folded text."""

import pytest

from models.links import find, shape

FOUND = {
    "see https://example.org/a-b?c=1.": ["example.org/a-b?c=1"],
    "www.example.net/page/, or": ["example.net/page"],
    "bare example.com and shop.example.co.uk/x": ["example.com", "shop.example.co.uk/x"],
    "hxxp://bad.example.com": ["bad.example.com"],
    "[url=http://a.ru]text[/url]": ["a.ru"],
    '<a href="http://a.ru/b">x</a>': ["a.ru/b"],
    "write to ann@example.org": [],
    "i.e. nothing, etc.and so on 3.14 file.py": [],
    "": [],
}


@pytest.mark.parametrize(("text", "addresses"), FOUND.items())
def test_addresses_are_found_with_and_without_a_scheme(text, addresses):
    assert [link.address for link in find(text)] == addresses


def test_an_address_knows_its_place():
    text = "see https://example.org/a."
    (link,) = find(text)
    assert text[link.start : link.end] == "https://example.org/a"


@pytest.mark.parametrize(
    ("address", "token"),
    {
        "cheap-pills-online.ru": "link.hyphens",
        "casino777.com": "link.topic:gambling",
        "bit.ly/x": "link.shortener",
        "t.me/+abc": "link.invite",
        "example.org/a/b/c": "link.path:deep",
        "example.org/buy.html": "link.path:file",
        "example.org/?p=1": "link.path:query",
        "shop.example.co.uk": "link.domain:example.co.uk",
    }.items(),
)
def test_the_shape_of_an_address_is_evidence(address, token):
    assert token in shape(address, "link")


SHOWN = {
    "http://pills.example/a": ("pills.example", "pills.example"),
    "http://pills.example:8080/a": ("pills.example", "pills.example"),
    "http://paypal.com@evil.example/": ("paypal.com@evil.example", "evil.example"),
    "http://paypal.com:443@evil.example:80/@x": ("paypal.com:443@evil.example", "evil.example"),
    "http://a@b@evil.example": ("a@b@evil.example", "evil.example"),
    "http://good.example/@evil.example": ("good.example", "good.example"),
    "http://good.example?@evil.example": ("good.example", "good.example"),
    "http://evil.example\\@good.example": ("evil.example", "evil.example"),
}


@pytest.mark.parametrize(("text", "shown"), SHOWN.items())
def test_a_link_leads_to_what_stands_behind_the_last_at_sign(text, shown):
    (link,) = find(text)
    assert (link.authority, link.host) == shown
