"""Client addresses and the networks around them."""

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# An IPv6 client has at least a /64 and can use a different address for every request (RFC 6177).
IPV6_CLIENT_BITS = 64
# One customer may have as many as 65,536 /64 networks (RIPE-690).
IPV6_CUSTOMER_BITS = 48
# The prefix lengths that can be blocked, by IP version. The default comes first.
BLOCKABLE_BITS = {4: (32, 24), 6: (IPV6_CLIENT_BITS, 128)}
# IPv4 clients behind a NAT64 translator. The last 32 bits are the IPv4 address (RFC 6052).
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")


def parse_address(text: str) -> Address | None:
    """Return the address, an IPv4-mapped or translated IPv6 one as IPv4; None if the text is not an address.

    Brackets, a port and a zone are removed, because proxies may add them.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if address in _TRANSLATED:
        return ipaddress.IPv4Address(address.packed[-4:])
    return getattr(address, "ipv4_mapped", None) or address


def network_around(text: str, *, ipv4_bits: int, ipv6_bits: int) -> Network | None:
    """Return the network of the given prefix length around an address; None if the text is not an address."""
    address = parse_address(text)
    if address is None:
        return None
    bits = ipv4_bits if address.version == 4 else ipv6_bits
    return ipaddress.ip_network(f"{address}/{bits}", strict=False)


def blockable_networks(text: str) -> list[Network]:
    """Return the blockable networks that contain an address, the default first; [] if the text is not an address."""
    address = parse_address(text)
    if address is None:
        return []
    return [ipaddress.ip_network(f"{address}/{bits}", strict=False) for bits in BLOCKABLE_BITS[address.version]]


def shown_network(text: str) -> str:
    """Return a network as people write it: a single address without its prefix length. Other text stays as it is."""
    address, _, bits = text.partition("/")
    parsed = parse_address(address)
    return address if parsed and bits == str(parsed.max_prefixlen) else text


def parse_blockable(text: str) -> Network | None:
    """Return the network of a text such as `192.0.2.0/24`, or the default for an address; None if not blockable."""
    address, slash, bits = text.partition("/")
    networks = blockable_networks(address)
    return next((network for network in networks if not slash or str(network.prefixlen) == bits), None)
