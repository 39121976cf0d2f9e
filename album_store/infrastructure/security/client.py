"""The client of a request: its address and browser, and the signed-in account."""

from dataclasses import dataclass, field

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.networks import IPV6_CLIENT_BITS, network_around
from album_store.infrastructure.security.secret_codes import looks_like_secret

MAX_DEVICE_TOKENS = 5
_BETWEEN_TOKENS = "."


@dataclass(frozen=True)
class Client:
    """Where a request comes from. All fields are empty for what the store does by itself."""

    ip_address: str = ""
    user_agent: str = ""
    # The device cookie: a token for each account that signed in with this browser, newest first. They distinguish an
    # account's owner from strangers.
    device_tokens: tuple[str, ...] = field(default=(), repr=False)

    @property
    def rate_limit_key(self) -> str:
        """The rate limit key: the IPv4 address, or the /64 around an IPv6 address."""
        network = network_around(self.ip_address, ipv4_bits=32, ipv6_bits=IPV6_CLIENT_BITS)
        return str(network) if network else self.ip_address

    @property
    def network_key(self) -> str:
        """The /48 around an IPv6 address, which one customer may hold; empty for IPv4."""
        network = network_around(self.ip_address, ipv4_bits=32, ipv6_bits=48)
        return str(network) if network and network.version == 6 else ""

    @property
    def is_local(self) -> bool:
        """Whether the request comes from this machine (behind a proxy only with `trusted_proxy` set)."""
        return self.ip_address in {"127.0.0.1", "::1"}


@dataclass(frozen=True)
class SignedIn:
    """The signed-in account. A plain value, so that using it ties no page to a database session."""

    account_id: str
    session_id: str
    email: str
    display_name: str
    roles: frozenset[str]

    @property
    def name(self) -> str:
        """The display name, or else the e-mail address."""
        return self.display_name or self.email


def device_cookie(tokens: tuple[str, ...]) -> str:
    """Return the value of the device cookie: the first MAX_DEVICE_TOKENS of these tokens."""
    return _BETWEEN_TOKENS.join(tokens[:MAX_DEVICE_TOKENS])


def device_tokens_in(cookie: str) -> tuple[str, ...]:
    """Return the tokens among the first MAX_DEVICE_TOKENS parts of a device cookie; all else is ignored."""
    parts = cookie.split(_BETWEEN_TOKENS, MAX_DEVICE_TOKENS)[:MAX_DEVICE_TOKENS]
    return tuple(filter(looks_like_secret, parts))


def client_of(request: Request) -> Client:
    """Return the client of a request.

    `remote_addr` is set by the server (behind a proxy: by waitress's `trusted_proxy`), whereas WebOb's `client_addr`
    trusts any X-Forwarded-For.
    """
    return Client(
        (request.remote_addr or "")[:64],
        (request.user_agent or "").replace("\0", "")[:500],
        device_tokens_in(request.store_cookies.get(cookie_names.DEVICE)),
    )


def includeme(config: Configurator) -> None:
    """Add `request.client`."""
    config.add_request_method(client_of, "client", reify=True)
