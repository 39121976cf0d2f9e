"""From a blocked network all pages can be read, but forms are taken only from accounts that are signed in."""

import logging
from datetime import datetime
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response

# Being signed in does not help with these, because they need no session.
FORMS_OF_VISITORS = frozenset(
    {
        "account.confirm",
        "account.forgot_password",
        "account.register",
        "account.reset_password",
        "account.signin",
    }
)

log = logging.getLogger(__name__)


class BlockedAddressError(Exception):
    """Forms from this address are refused until a date."""

    def __init__(self, until_date: datetime) -> None:
        super().__init__(until_date)
        self.until_date = until_date


def blocked_networks_deriver(view: Any, info: Any) -> Any:
    """Refuse forms from blocked networks before their view sees them. Raises BlockedAddressError."""

    def unblocked_view(context: Any, request: Request) -> Response:
        if request.method == "POST":
            until_date = request.block_service.blocked_until(request.client.ip_address)
            is_for_visitors = request.matched_route is not None and request.matched_route.name in FORMS_OF_VISITORS
            if until_date and (is_for_visitors or request.signed_in is None):
                log.info("event=blocked-address ip=%s", request.client.ip_address)
                raise BlockedAddressError(until_date)
        return view(context, request)

    return view if info.exception_only else unblocked_view


def includeme(config: Configurator) -> None:
    """Look before permissions and tokens are checked."""
    config.add_view_deriver(
        blocked_networks_deriver, name="blocked_networks", under="view_options", over="secured_view"
    )
