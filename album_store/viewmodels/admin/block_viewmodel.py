"""The form that blocks a network."""

from wtforms import Field, StringField
from wtforms.validators import AnyOf, StopValidation

from album_store.data.visible_text import visible_line
from album_store.infrastructure.security.networks import Network, blockable_networks, parse_address, parse_blockable
from album_store.viewmodels.shared.form_viewmodel import FormViewModel

# Hours, as the form sends them, and their labels.
DURATIONS = {"1": "1 hour", "24": "1 day", "168": "7 days", "720": "30 days"}
NO_NETWORK = (
    "Enter an IP address such as 192.0.2.7, or a network such as 192.0.2.0/24 or 2001:db8::/64. "
    "Larger networks can't be blocked."
)
OWN_NETWORK = (
    "This network includes your own IP address, so blocking it would lock you out. Enter another IP address or network."
)


class BlockViewModel(FormViewModel):
    """The network, and the number of hours."""

    network = StringField(filters=[visible_line])
    hours = StringField(filters=[visible_line], validators=[AnyOf(DURATIONS, "Choose how long to block the network.")])

    @property
    def parsed_network(self) -> Network | None:
        """The typed network, or None; a single IPv6 address becomes its /64, because clients change it at will."""
        return parse_blockable(self.network.data)

    def validate_network(self, _field: Field) -> None:
        """Raise StopValidation for a network that cannot be blocked, or that contains the admin's own address."""
        if self.parsed_network is None:
            raise StopValidation(NO_NETWORK)
        if is_within(self.request.client.ip_address, self.parsed_network):
            raise StopValidation(OWN_NETWORK)


def is_within(ip_address: str, network: Network) -> bool:
    """Whether the network contains the address; False for an invalid address."""
    address = parse_address(ip_address)
    return address is not None and address in network


def choices_around(ip_address: str, own_address: str) -> dict[str, str]:
    """The blockable networks that contain `ip_address` but not `own_address`, mapped to their labels."""
    networks = [network for network in blockable_networks(ip_address) if not is_within(own_address, network)]
    return {str(network): _name(network) for network in networks}


def _name(network: Network) -> str:
    return f"{network.network_address} only" if network.num_addresses == 1 else str(network)
