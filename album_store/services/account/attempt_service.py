"""Rate limits on sign-in, registration, password resets and e-mail changes, per client and per target."""

import logging
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.rate_limits import Limit, RateLimiter
from album_store.services.account.known_browser_service import KnownBrowserService

log = logging.getLogger(__name__)


class TooManyAttemptsError(Exception):
    """The client, or all clients together, reached a limit; retry after `wait_s` seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


class TargetLimitError(TooManyAttemptsError):
    """The signed-in account reached its own limit."""


@dataclass(frozen=True)
class Action:
    """The limits of an action: per client, for all unknown browsers together (`everybody`), and per target.

    `newcomer` is how often a client may try a target even after others have used up the target's limit, and `newcomers`
    caps such tries per target. `ceiling` caps all tries of one client, refunded ones and known browsers included.
    """

    client: Limit
    everybody: Limit
    target: Limit
    newcomer: Limit | None = None
    newcomers: Limit | None = None
    ceiling: Limit | None = None

    @classmethod
    def parse(cls, name: str, **rates: str) -> "Action":
        """Parse the rates of each limit, such as `10/5 minutes; 30/hour`."""
        return cls(**{who: Limit.parse(f"{name}-{who}", text) for who, text in rates.items()})


# The first figures are from Warehouse (pypi.org) and NIST SP 800-63B; the longer periods make the wait grow.
_PASSWORD_RATES = {
    "client": "10/5 minutes; 50/hour",
    "everybody": "1000/5 minutes",
    "target": "10/5 minutes; 30/hour; 100/day",
    "ceiling": "60/5 minutes",
}
SIGN_IN = Action.parse("signin", **_PASSWORD_RATES)
CHECK_PASSWORD = Action.parse("password-check", **_PASSWORD_RATES)
# These limit unwanted mail to an address, and must not let an attacker keep the owner from getting a wanted one.
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


@dataclass(frozen=True)
class Attempt:
    """A counted try. `wait_s` is 0, or the seconds until the target accepts tries from such clients again."""

    _limiter: RateLimiter
    _counted: list[tuple[Limit, str]]
    ip_address: str
    wait_s: int

    @property
    def allowed(self) -> bool:
        """Whether the try may succeed. If not, the response must be that of a failure, so that it reveals nothing."""
        return self.wait_s == 0

    def refund(self) -> None:
        """Return the hits after a success."""
        for limit, who in self._counted:
            self._limiter.refund(limit, who)


@dataclass(frozen=True)
class AttemptService:
    """Counts tries per client and per target.

    A browser that has signed in to an account before has its own count there, so attackers cannot use up the owner's
    tries, and owners who share an IP address, as phones do, do not use up each other's.
    """

    _limiter: RateLimiter
    _known_browsers: KnownBrowserService

    def begin(self, action: Action, client: Client, target: str, owner: ColumnElement[bool] | None = None) -> Attempt:
        """Count a client's try at `target`; `owner` selects the account that the target belongs to, if any.

        Raises TooManyAttemptsError if the client's or the shared limit is reached; the target's sets `Attempt.wait_s`.
        """
        known_as = "" if owner is None else self._known_browsers.known_as(client.device_token, owner)
        if action.ceiling:
            self._hit_or_raise(action.ceiling, client.rate_limit_key, client)
        strangers = [(action.client, client.rate_limit_key), (action.everybody, "")]
        # The client's limit comes first, so that its refused tries do not use up the shared one.
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
        """Count the try, and return whether this client is within the `newcomer` limit for this target."""
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
