"""Password resets as rows of the admin pages."""

from collections.abc import Iterable
from typing import Any

from pyramid.request import Request

from album_store.data.password_reset import PasswordReset
from album_store.infrastructure.security.user_agents import browser_name

# What people read for a state that the services name otherwise.
STATE_WORDS = {"ended": "cancelled"}


def reset_rows(request: Request, resets: Iterable[PasswordReset]) -> list[dict[str, Any]]:
    """One row per reset."""
    return [_row(request, reset) for reset in resets]


def _row(request: Request, reset: PasswordReset) -> dict[str, Any]:
    state = request.reset_audit_service.state_of(reset)
    return {
        "when": request.wording.moment(reset.created_date),
        "asked": _asker_of(reset),
        "state": STATE_WORDS.get(state, state),
        "uses": [_use_of(request, reset)] if reset.was_used else [],
    }


def _asker_of(reset: PasswordReset) -> str:
    """Where the reset was requested from; one started by an admin has no IP address."""
    if not reset.created_ip_address:
        return "by an admin"
    return f"from {reset.created_ip_address} with {browser_name(reset.created_user_agent)}"


def _use_of(request: Request, reset: PasswordReset) -> dict[str, Any]:
    return {
        "when": request.wording.moment(reset.used_date),
        "ip_address": reset.used_ip_address or "an unknown IP address",
        "browser": browser_name(reset.used_user_agent),
        "is_elsewhere": reset.created_ip_address not in {"", reset.used_ip_address},
    }
