"""The form that blocks a network for a time."""

from typing import Any

from pyramid.request import Request
from wtforms import Form
from wtforms.validators import AnyOf

from album_store.infrastructure.security.networks import Network, blockable_networks, parse_address, parse_blockable
from album_store.viewmodels.shared.fields import TextField
from album_store.viewmodels.shared.form_viewmodel import FormViewModel

# Hours, as the form sends them, and what they are called.
DURATIONS = {"1": "1 hour", "24": "1 day", "168": "7 days", "720": "30 days"}
NO_NETWORK = (
    "Type an address such as 192.0.2.7, or a network: 192.0.2.0/24, 2001:db8::/64. Larger ones cannot be blocked."
)
OWN_NETWORK = "Your own address is in that network, and you would shut yourself out."


class BlockForm(Form):
    """Which network, and for how many hours."""

    network = TextField()
    hours = TextField(validators=[AnyOf(DURATIONS, message="Choose for how long.")])


class BlockViewModel(FormViewModel):
    """Somebody who runs the store and has had enough of a network."""

    form_class = BlockForm

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self._own_address = request.client.ip_address

    @property
    def network(self) -> Network | None:
        """The network that was typed; of an IPv6 address alone the /64 around it, because it changes at will."""
        return parse_blockable(self.value("network"))

    def validate(self) -> bool:
        """A network that can be blocked and is not one's own."""
        super().validate()
        if self.network is None:
            self.errors["network"] = NO_NETWORK
        elif is_within(self._own_address, self.network):
            self.errors["network"] = OWN_NETWORK
        return not self.errors

    def to_dict(self) -> dict[str, Any]:
        """The form as it was typed."""
        return {**super().to_dict(), "network": self.value("network"), "hours": self.value("hours")}


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
