"""Network addresses: their one written form, and what may be kept of them; it looks nothing up."""

import ipaddress


def normal_ip(text: str) -> str:
    """Returns an IP address in its one written form, `::ffff:192.0.2.7` as `192.0.2.7`, or "" for anything else."""
    try:
        address = ipaddress.ip_address(text.strip())
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address).partition("%")[0]


def ip_prefix(ip: str) -> str | None:
    """Returns a normal IP address with its last part removed (/24 or /48, candour.md C4), or None for ""."""
    if not ip:
        return None
    bits = 48 if ":" in ip else 24
    return str(ipaddress.ip_network(f"{ip}/{bits}", strict=False))
