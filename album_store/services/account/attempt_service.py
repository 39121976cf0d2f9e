"""Rate limits on forms, sign-in, registration, password resets and e-mail changes."""

import logging
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.rate_limits import Limit, RateLimiter
from album_store.services.account.known_browser_service import FoundBrowser, KnownBrowserService

log = logging.getLogger(__name__)


class TooManyAttemptsError(Exception):
    """A limit is reached; retry after `wait_s` seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Action:
    """The limits of an action.

    `client` holds for an IPv4 address, an IPv6 /64, or a known browser; `network` for an IPv6 /48, of which one
    customer has 65,536 /64s; `target` for what strangers together aim at one account. `alarm` refuses nothing: it is
    how often all together do it before the store raises an alarm.
    """

    name: str
    client: Limit
    network: Limit
    alarm: Limit
    target: Limit | None = None

    @classmethod
    def parse(cls, name: str, **rates: str) -> "Action":
        """Parse the rates of each limit, such as `10/5 minutes; 30/hour`."""
        return cls(name, **{who: Limit.parse(f"{name}-{who}", text) for who, text in rates.items()})


# Any form, accepted or refused, because reading and answering it costs work.
FORM = Action.parse("form", client="120/5 minutes", network="1200/5 minutes", alarm="20000/hour")
# The first figures are from Warehouse (pypi.org) and NIST SP 800-63B; the longer periods make the wait grow.
_PASSWORD_RATES = {
    "client": "10/5 minutes; 50/hour",
    "network": "100/5 minutes; 500/hour",
    "target": "10/5 minutes; 30/hour; 100/day",
    "alarm": "2000/hour",
}
SIGN_IN = Action.parse("signin", **_PASSWORD_RATES)
CHECK_PASSWORD = Action.parse("password-check", **_PASSWORD_RATES)
# How often one address is mailed is limited apart from this, see `mail_spacing`.
RESET = Action.parse("reset", client="5/day", network="50/day", alarm="1000/hour")
REGISTER = Action.parse("registration", client="20/hour; 60/day", network="200/hour; 600/day", alarm="1000/hour")
CHANGE_EMAIL = Action.parse("email-change", client="20/day", network="200/day", target="5/day", alarm="1000/hour")
ACTIONS = (FORM, SIGN_IN, CHECK_PASSWORD, RESET, REGISTER, CHANGE_EMAIL)

# How often the log tells of one alarm.
_ALARM_LOGGED = Limit.parse("alarm-logged", "1/hour")


@dataclass(frozen=True)
class Attempt:
    """A counted try. `wait_s` is 0, or the seconds until the target accepts tries of strangers again."""

    _limiter: RateLimiter
    _counted: list[tuple[Limit, str]]
    ip_address: str
    wait_s: int

    @property
    def allowed(self) -> bool:
        """Whether the try may succeed. If not, the response must be that of a failure, so that it reveals nothing."""
        return self.wait_s == 0

    def refund(self) -> None:
        """Return the hits after a success, once."""
        while self._counted:
            self._limiter.refund(*self._counted.pop(0))


@dataclass(frozen=True)
class AttemptService:
    """Counts tries per client, network and target.

    A browser that has signed in to an account before counts under its own key alone: strangers cannot use up the
    owner's tries, and owners who share an IP address, as phones do, do not use up each other's.
    """

    _limiter: RateLimiter
    _known_browsers: KnownBrowserService
    # What this request has counted. It outlives a run of the request that is repeated, so that each try counts once.
    _begun: dict[tuple[str, str], Attempt | None]

    def begin(
        self, action: Action, client: Client, target: str = "", owner: ColumnElement[bool] | None = None
    ) -> Attempt:
        """Count a client's try at `target`; `owner` selects the account that the target belongs to, if any.

        Raises TooManyAttemptsError if the limit of the client or its network is reached; that of the target sets
        `Attempt.wait_s`.
        """
        key = (action.name, target)
        attempt = self._begun.get(key)
        if attempt is None:
            attempt = self._begun[key] = self._begin(action, client, target, owner)
        return attempt

    def _begin(self, action: Action, client: Client, target: str, owner: ColumnElement[bool] | None) -> Attempt:
        browser = None if owner is None else self._known_browsers.find(client.device_tokens, owner)
        counted = self._count(action, client, _key_of(browser, action))
        wait_s = 0
        if action.target and browser is None:
            counted.append((action.target, target))
            wait_s = self._hit(action.target, target, client)
        return Attempt(self._limiter, counted, client.ip_address, wait_s)

    def count_form(self, client: Client) -> None:
        """Count a form before it is looked at. Raises TooManyAttemptsError.

        That of a known browser counts for one of its accounts, whose browsers count together. If they have used up
        their forms it counts for the client, so that no other holder of such an account can shut this browser out.
        """
        key = (FORM.name, "")
        if key in self._begun:
            return
        self._begun[key] = None
        for account_id in self._known_browsers.accounts_of(client.device_tokens):
            if not self._limiter.hit(FORM.client, account_id):
                return
        self._count(FORM, client)

    def alarms(self) -> list[str]:
        """The names of the actions that all together do more often than usual just now."""
        return [action.name for action in ACTIONS if self._limiter.is_reached(action.alarm, "")]

    def _count(self, action: Action, client: Client, known_as: str = "") -> list[tuple[Limit, str]]:
        """Count the try for a known browser or its account, or else for the client and its network.

        Returns what was counted. Raises TooManyAttemptsError.
        """
        if known_as:
            counted = [(action.client, known_as)]
        else:
            # The client's limit comes first, so that its refused tries do not use up that of its network.
            counted = [(action.client, client.rate_limit_key)]
            if client.network_key:
                counted.append((action.network, client.network_key))
        for limit, who in counted:
            if wait_s := self._hit(limit, who, client):
                raise TooManyAttemptsError(wait_s)
        if self._limiter.hit(action.alarm, "") and not self._limiter.hit(_ALARM_LOGGED, action.name):
            log.warning("event=alarm action=%s", action.name)
        return [*counted, (action.alarm, "")]

    def _hit(self, limit: Limit, who: str, client: Client) -> int:
        wait_s = self._limiter.hit(limit, who)
        if wait_s:
            log.warning("event=limit-reached limit=%s ip=%s", limit.name, client.ip_address)
        return wait_s


def _key_of(browser: FoundBrowser | None, action: Action) -> str:
    """Return the rate limit key of a known browser: its own where a password is guessed, elsewhere its account's.

    A lost device must not use up the tries of the others; but each sign-in can make another known browser.
    """
    if browser is None:
        return ""
    return browser.id if action.target else browser.account_id
