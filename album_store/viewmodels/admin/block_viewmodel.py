"""The form that blocks a network for a time."""

from wtforms import Field, StringField
from wtforms.validators import AnyOf, StopValidation

from album_store.infrastructure.security.networks import Network, blockable_networks, parse_address, parse_blockable
from album_store.viewmodels.shared.fields import one_line
from album_store.viewmodels.shared.form_viewmodel import FormViewModel

# Hours, as the form sends them, and what they are called.
DURATIONS = {"1": "1 hour", "24": "1 day", "168": "7 days", "720": "30 days"}
NO_NETWORK = (
    "Type an address such as 192.0.2.7, or a network: 192.0.2.0/24, 2001:db8::/64. Larger ones cannot be blocked."
)
OWN_NETWORK = "Your own address is in that network, and you would shut yourself out."


class BlockViewModel(FormViewModel):
    """Which network, and for how many hours."""

    network = StringField(filters=[one_line])
    hours = StringField(filters=[one_line], validators=[AnyOf(DURATIONS, "Choose for how long.")])

    @property
    def parsed_network(self) -> Network | None:
        """The network that was typed; of an IPv6 address alone the /64 around it, because it changes at will."""
        return parse_blockable(self.network.data)

    def validate_network(self, _field: Field) -> None:
        """Raise StopValidation for what cannot be blocked, and for the admin's own network."""
        if self.parsed_network is None:
            raise StopValidation(NO_NETWORK)
        if is_within(self.request.client.ip_address, self.parsed_network):
            raise StopValidation(OWN_NETWORK)


def is_within(ip_address: str, network: Network) -> bool:
    """Whether an address lies in a network."""
    address = parse_address(ip_address)
    return address is not None and address in network


def choices_around(ip_address: str, own_address: str) -> dict[str, str]:
    """The networks around an address that a form may offer, with their names: none that holds one's own address."""
    networks = [network for network in blockable_networks(ip_address) if not is_within(own_address, network)]
    return {str(network): _name(network) for network in networks}


def _name(network: Network) -> str:
    return f"{network.network_address} alone" if network.num_addresses == 1 else str(network)
