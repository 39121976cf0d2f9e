"""Who is asking: the address and the browser of a request, for the audit."""

from dataclasses import dataclass

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.infrastructure.security.networks import IPV6_CLIENT_BITS, network_around


@dataclass(frozen=True)
class Client:
    """The other end of a request."""

    ip_address: str = ""
    user_agent: str = ""

    @property
    def rate_limit_key(self) -> str:
        """What stands for the client where tries are counted: its IPv4 address, or the /64 of its IPv6 address."""
        network = network_around(self.ip_address, ipv4_bits=32, ipv6_bits=IPV6_CLIENT_BITS)
        return str(network) if network else self.ip_address

    @property
    def is_local(self) -> bool:
        """Whether the request comes from this machine itself (behind a proxy only with `trusted_proxy` set)."""
        return self.ip_address in {"127.0.0.1", "::1"}


def client_of(request: Request) -> Client:
    """Read the client.

    `remote_addr` is what the server vouches for (behind a proxy: waitress's `trusted_proxy`), whereas WebOb's
    `client_addr` believes any X-Forwarded-For.
    """
    return Client((request.remote_addr or "")[:64], (request.user_agent or "").replace("\0", "")[:500])


def includeme(config: Configurator) -> None:
    """Make `request.client`."""
    config.add_request_method(client_of, "client", reify=True)
