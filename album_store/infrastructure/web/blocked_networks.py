"""Blocked networks can read all pages, but only signed-in accounts can submit forms from them."""

import logging
from datetime import datetime
from typing import Any

from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response

# Refused even to signed-in accounts, because these forms need no session.
FORMS_OF_VISITORS = frozenset(
    {
        "account.confirm",
        "account.confirm_email",
        "account.forgot_password",
        "account.register",
        "account.register_sent",
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
    """Refuse forms from blocked networks before their view runs. Raises BlockedAddressError."""

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
    """Check for blocks before permissions and CSRF tokens."""
    config.add_view_deriver(blocked_networks_deriver, name="blocked_networks", under="writes", over="secured_view")
