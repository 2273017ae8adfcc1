"""Network addresses in their one written form, and the part that may be kept."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.judging.network import ip_prefix, normal_ip


@pytest.mark.parametrize(
    ("text", "normal", "prefix"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.0/24"),
        (" 192.0.2.7\n", "192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.0/24"),
        ("::FFFF:C000:0207", "192.0.2.7", "192.0.2.0/24"),
        ("2001:DB8:1:2:3::4", "2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("fe80::1%eth0", "fe80::1", "fe80::/48"),
        ("::1", "::1", "::/48"),
        ("", "", None),
        ("unknown", "", None),
        ("192.0.2.7:80", "", None),
        ("192.0.2.256", "", None),
        ("192.0.2.07", "", None),
        ("192.0.2.7\x00", "", None),
        ("1" * 10_000, "", None),
    ],
)
def test_an_address_has_one_form_and_one_prefix(text: str, normal: str, prefix: str | None):
    assert (normal_ip(text), ip_prefix(normal_ip(text))) == (normal, prefix)


@given(st.ip_addresses())
def test_every_address_keeps_its_form_and_loses_its_last_part(address):
    normal = normal_ip(str(address))
    assert normal_ip(normal) == normal
    kept = ipaddress.ip_network(ip_prefix(normal))
    assert ipaddress.ip_address(normal) in kept
    assert kept.prefixlen in {24, 48}


@given(st.text(max_size=50))
def test_no_text_raises(text: str):
    assert ip_prefix(normal_ip(text)) is None or normal_ip(text)
