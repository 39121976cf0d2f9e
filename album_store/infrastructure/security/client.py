"""The client of a request: its address and browser, and the signed-in account."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.networks import (
    IPV6_CLIENT_BITS,
    IPV6_CUSTOMER_BITS,
    network_around,
    parse_address,
)
from album_store.infrastructure.security.secret_codes import looks_like_secret

MAX_DEVICE_TOKENS = 5
_BETWEEN_TOKENS = "."
# Replaces every address that cannot be parsed, so that they all count as one client.
UNKNOWN_ADDRESS = "unknown"


@dataclass(frozen=True)
class Client:
    """Where a request comes from. All fields are empty if the store itself acts, without a request."""

    ip_address: str = ""
    user_agent: str = ""
    # The device cookie: a token for each account that signed in with this browser, newest first. They show whether the
    # browser is known to the account.
    device_tokens: tuple[str, ...] = field(default=(), repr=False)

    @property
    def rate_limit_key(self) -> str:
        """The rate limit key: the IPv4 address, or the /64 network of an IPv6 address."""
        network = network_around(self.ip_address, ipv4_bits=32, ipv6_bits=IPV6_CLIENT_BITS)
        return str(network) if network else UNKNOWN_ADDRESS

    @property
    def network_key(self) -> str:
        """The /48 network of an IPv6 address, for limits on a customer with many /64 networks; "" for IPv4."""
        network = network_around(self.ip_address, ipv4_bits=32, ipv6_bits=IPV6_CUSTOMER_BITS)
        return str(network) if network and network.version == 6 else ""

    @property
    def is_local(self) -> bool:
        """Whether the request comes from this machine (behind a proxy only with `trusted_proxy` set)."""
        return self.ip_address in {"127.0.0.1", "::1"}


@dataclass(frozen=True)
class SignedIn:
    """The signed-in account, as a plain value that can be used without a database session."""

    account_id: str
    session_id: str
    email: str
    display_name: str
    roles: frozenset[str]

    @property
    def name(self) -> str:
        """The display name, or the email address if there is none."""
        return self.display_name or self.email


def device_cookie(tokens: tuple[str, ...]) -> str:
    """Return the value of a device cookie with the first MAX_DEVICE_TOKENS of these tokens."""
    return _BETWEEN_TOKENS.join(tokens[:MAX_DEVICE_TOKENS])


def device_tokens_in(cookie: str) -> tuple[str, ...]:
    """Return the tokens in the first MAX_DEVICE_TOKENS parts of a device cookie. Everything else is ignored."""
    parts = cookie.split(_BETWEEN_TOKENS, MAX_DEVICE_TOKENS)[:MAX_DEVICE_TOKENS]
    return tuple(filter(looks_like_secret, parts))


def address_of(environ: Mapping[str, Any]) -> str:
    """Return the client's address in canonical form; "" if there is none, UNKNOWN_ADDRESS if it cannot be parsed.

    REMOTE_ADDR and REMOTE_PORT come from the server or, behind a proxy, from the headers that waitress trusts
    (`trusted_proxy`). WebOb's `client_addr` would trust any X-Forwarded-For header.
    """
    text = environ.get("REMOTE_ADDR", "")
    if not text:
        return ""
    port = environ.get("REMOTE_PORT", "")
    if "." in port:  # waitress splits `::ffff:192.0.2.7` at its last colon, as if a port followed
        text = f"{text}:{port}"
    return str(parse_address(text) or UNKNOWN_ADDRESS)


def client_of(request: Request) -> Client:
    """Return the client of a request."""
    return Client(
        address_of(request.environ),
        (request.user_agent or "").replace("\0", "")[:500],
        device_tokens_in(request.store_cookies.get(cookie_names.DEVICE)),
    )


def includeme(config: Configurator) -> None:
    """Add `request.client`."""
    config.add_request_method(client_of, "client", reify=True)
