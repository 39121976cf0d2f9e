"""How often somebody may try something, and who counts as the same somebody."""

import logging
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from album_store.infrastructure.client import Client
from album_store.infrastructure.rate_limits import Limit, RateLimiter
from album_store.services.known_browser_service import KnownBrowserService

log = logging.getLogger(__name__)


class TooManyAttemptsError(Exception):
    """Whoever asks has tried too often, or everybody together has; it works again after `wait_s` seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Action:
    """Something that is limited: for one client, for all strangers together, and for what it is aimed at."""

    client: Limit
    everybody: Limit
    target: Limit

    @classmethod
    def parse(cls, name: str, *, client: str, everybody: str, target: str) -> "Action":
        """Read the rates of each, such as `10/5 minutes; 30/hour`."""
        rates = {"client": client, "everybody": everybody, "target": target}
        return cls(**{who: Limit.parse(f"{name}-{who}", text) for who, text in rates.items()})


# The first figures are those of Warehouse (pypi.org) and of NIST SP 800-63B; the longer times make the wait grow.
SIGN_IN = Action.parse(
    "signin",
    client="10/5 minutes; 50/hour",
    everybody="1000/5 minutes",
    target="10/5 minutes; 30/hour; 100/day",
)
CHECK_PASSWORD = Action.parse(
    "password-check",
    client="10/5 minutes; 50/hour",
    everybody="1000/5 minutes",
    target="10/5 minutes; 30/hour; 100/day",
)
# What is limited here is mail to somebody who may not want it.
RESET = Action.parse("reset", client="5/day", everybody="1000/hour", target="5/day")
REGISTER = Action.parse("registration", client="20/hour; 60/day", everybody="1000/5 minutes", target="10/day")
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

    def forgive(self) -> None:
        """Count it no more: it was the owner's."""
        for limit, who in self._counted:
            self._limiter.give_back(limit, who)


class AttemptService:
    """Counts the tries of one client.

    A browser that has signed in to an account before is counted on its own there. So no stranger can use up the tries
    of an owner, and those who share an address, as phones do, do not stand in each other's way.
    """

    def __init__(self, limiter: RateLimiter, client: Client, known_browsers: KnownBrowserService) -> None:
        self._limiter = limiter
        self._client = client
        self._known_browsers = known_browsers

    def begin(self, action: Action, target: str, owner: ColumnElement[bool] | None = None) -> Attempt:
        """Count a try at `target`; `owner` says whose account it is, if any.

        Raises TooManyAttemptsError where the limit is not the target's.
        """
        known_as = "" if owner is None else self._known_browsers.known_as(owner)
        strangers = [(action.client, self._client.household), (action.everybody, "")]
        # First the client: what it is refused does not use up what all share.
        wanted = [*([] if known_as else strangers), (action.target, f"{known_as} {target}")]
        wait_s = 0
        for limit, who in wanted:
            if wait_s := self._limiter.take(limit, who):
                log.warning("event=limit-reached limit=%s ip=%s", limit.name, self._client.ip_address)
                if limit is not action.target:
                    raise TooManyAttemptsError(wait_s)
        return Attempt(self._limiter, wanted, self._client.ip_address, wait_s)
