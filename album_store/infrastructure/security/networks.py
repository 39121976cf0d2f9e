"""Addresses of clients, and the networks they stand for."""

import ipaddress

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# One household or server gets at least a /64 of IPv6 and can take another address for every request (RFC 6177).
IPV6_CLIENT_BITS = 64
# What can be blocked, by version: so many leading bits, what makes most sense first.
BLOCKABLE_BITS = {4: (32, 24), 6: (IPV6_CLIENT_BITS, 128)}


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


def blockable_networks(text: str) -> list[Network]:
    """The networks around an address that can be blocked, what makes most sense first; none for what is no address."""
    address = parse_address(text)
    if address is None:
        return []
    return [ipaddress.ip_network(f"{address}/{bits}", strict=False) for bits in BLOCKABLE_BITS[address.version]]


def parse_blockable(text: str) -> Network | None:
    """The network that a text such as `192.0.2.0/24` means, or what makes most sense for an address alone."""
    address, slash, bits = text.partition("/")
    networks = blockable_networks(address)
    return next((network for network in networks if not slash or str(network.prefixlen) == bits), None)
