"""How often somebody may try something, and who counts as the same somebody."""

import logging
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.rate_limits import Limit, RateLimiter
from album_store.services.account.known_browser_service import KnownBrowserService

log = logging.getLogger(__name__)


class TooManyAttemptsError(Exception):
    """The client, or all clients together, reached a limit; it works again after `wait_s` seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class TargetLimitError(TooManyAttemptsError):
    """The signed-in account reached its own limit."""


@dataclass(frozen=True)
class Action:
    """An action that is limited: for one client, for all strangers together, and for its target.

    `newcomer` is what one client may always do to a target, whatever others have used up, and `newcomers` how much of
    that there is for a target. `ceiling` is what one client may do in all, tries that are forgiven included.
    """

    client: Limit
    everybody: Limit
    target: Limit
    newcomer: Limit | None = None
    newcomers: Limit | None = None
    ceiling: Limit | None = None

    @classmethod
    def parse(cls, name: str, **rates: str) -> "Action":
        """Read the rates of each, such as `10/5 minutes; 30/hour`."""
        return cls(**{who: Limit.parse(f"{name}-{who}", text) for who, text in rates.items()})


# The first figures are those of Warehouse (pypi.org) and of NIST SP 800-63B; the longer times make the wait grow.
_PASSWORD_RATES = {
    "client": "10/5 minutes; 50/hour",
    "everybody": "1000/5 minutes",
    "target": "10/5 minutes; 30/hour; 100/day",
    "ceiling": "60/5 minutes",
}
SIGN_IN = Action.parse("signin", **_PASSWORD_RATES)
CHECK_PASSWORD = Action.parse("password-check", **_PASSWORD_RATES)
# What is limited here is mail to somebody who may not want it. No stranger may keep it from somebody who does.
RESET = Action.parse(
    "reset", client="5/day", everybody="1000/hour", target="5/day", newcomer="1/day", newcomers="5/day"
)
REGISTER = Action.parse(
    "registration",
    client="20/hour; 60/day",
    everybody="1000/5 minutes",
    target="10/day",
    newcomer="1/day",
    newcomers="5/day",
)
CHANGE_EMAIL = Action.parse("email-change", client="20/hour; 60/day", everybody="1000/5 minutes", target="5/day")


class Attempt:
    """A try that was counted. `wait_s` is 0, or how long what it is aimed at takes no more tries from such clients."""

    def __init__(self, limiter: RateLimiter, counted: list[tuple[Limit, str]], ip_address: str, wait_s: int) -> None:
        self._limiter = limiter
        self._counted = counted
        self.ip_address = ip_address
        self.wait_s = wait_s

    @property
    def allowed(self) -> bool:
        """Whether it may succeed. If not, a stranger must not be able to tell: the answer is that of a failure."""
        return self.wait_s == 0

    def refund(self) -> None:
        """Return the hits after a success."""
        for limit, who in self._counted:
            self._limiter.refund(limit, who)


class AttemptService:
    """Counts tries by client and by target.

    A browser that has signed in to an account before is counted on its own there. So no stranger can use up the tries
    of an owner, and those who share an address, as phones do, do not stand in each other's way.
    """

    def __init__(self, limiter: RateLimiter, known_browsers: KnownBrowserService) -> None:
        self._limiter = limiter
        self._known_browsers = known_browsers

    def begin(self, action: Action, client: Client, target: str, owner: ColumnElement[bool] | None = None) -> Attempt:
        """Count a client's try at `target`; `owner` selects the account that it belongs to, if any.

        Raises TooManyAttemptsError where the limit is not the target's.
        """
        known_as = "" if owner is None else self._known_browsers.known_as(client.device_token, owner)
        if action.ceiling:
            self._hit_or_raise(action.ceiling, client.rate_limit_key, client)
        strangers = [(action.client, client.rate_limit_key), (action.everybody, "")]
        # First the client: what it is refused does not use up what all share.
        shared = [] if known_as else strangers
        for limit, who in shared:
            self._hit_or_raise(limit, who, client)
        aimed_at = (action.target, f"{known_as} {target}")
        is_newcomer = self._is_newcomer(action, target, client)
        wait_s = self._hit(*aimed_at, client)
        if wait_s and is_newcomer and not self._hit(action.newcomers, target, client):
            wait_s = 0
        return Attempt(self._limiter, [*shared, aimed_at], client.ip_address, wait_s)

    def _is_newcomer(self, action: Action, target: str, client: Client) -> bool:
        """Whether this client has hardly tried this target yet; every try is counted for that."""
        if action.newcomer is None:
            return False
        return not self._hit(action.newcomer, f"{client.rate_limit_key} {target}", client)

    def _hit_or_raise(self, limit: Limit, who: str, client: Client) -> None:
        if wait_s := self._hit(limit, who, client):
            raise TooManyAttemptsError(wait_s)

    def _hit(self, limit: Limit, who: str, client: Client) -> int:
        wait_s = self._limiter.hit(limit, who)
        if wait_s and not limit.name.endswith("-newcomer"):
            log.warning("event=limit-reached limit=%s ip=%s", limit.name, client.ip_address)
        return wait_s
