"""Addresses of clients, and the networks they stand for."""

import ipaddress

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# One household or server gets at least a /64 of IPv6 and can take another address for every request (RFC 6177).
IPV6_HOUSEHOLD = 64


def parse_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address, an IPv4 one even where it came wrapped in IPv6; None if it is none."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def network_around(text: str, *, ipv4_bits: int, ipv6_bits: int) -> Network | None:
    """The network of so many leading bits in which an address lies; None if it is no address."""
    address = parse_address(text)
    if address is None:
        return None
    bits = ipv4_bits if address.version == 4 else ipv6_bits
    return ipaddress.ip_network(f"{address}/{bits}", strict=False)
