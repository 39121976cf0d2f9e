"""Rate limits on forms, sign-in, registration, password resets and email changes."""

import logging
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.rate_limits import Limit, RateLimiter
from album_store.services.account.known_browser_service import FoundBrowser, KnownBrowserService

log = logging.getLogger(__name__)


class TooManyAttemptsError(Exception):
    """A rate limit is reached. The client may retry after `wait_s` seconds."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s


@dataclass(frozen=True)
class Action:
    """The rate limits of an action.

    `client` applies to an IPv4 address, an IPv6 /64 or a known browser. `network` applies to an IPv6 /48, because one
    customer may have all of its 65,536 /64s. `target` applies to all unknown browsers that try one account. `alarm`
    refuses nothing: above this rate, counted over all clients, the store raises an alarm.
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


# Every form counts, accepted or refused, because each costs work.
FORM = Action.parse("form", client="120/5 minutes", network="1200/5 minutes", alarm="20000/hour")
# The first rates follow Warehouse (pypi.org) and NIST SP 800-63B. The longer periods make the wait grow.
_PASSWORD_RATES = {
    "client": "10/5 minutes; 50/hour",
    "network": "100/5 minutes; 500/hour",
    "target": "10/5 minutes; 30/hour; 100/day",
    "alarm": "2000/hour",
}
SIGN_IN = Action.parse("signin", **_PASSWORD_RATES)
CHECK_PASSWORD = Action.parse("password-check", **_PASSWORD_RATES)
# Emails to one address have a separate limit, see `mail_spacing`.
RESET = Action.parse("reset", client="5/day", network="50/day", alarm="1000/hour")
REGISTER = Action.parse("registration", client="20/hour; 60/day", network="200/hour; 600/day", alarm="1000/hour")
CHANGE_EMAIL = Action.parse("email-change", client="20/day", network="200/day", target="5/day", alarm="1000/hour")
# Each new cart of a visitor without an account is a row.
CART = Action.parse("cart", client="120/hour; 600/day", network="1200/hour; 6000/day", alarm="10000/hour")
CHECKOUT = Action.parse("checkout", client="30/hour; 100/day", network="300/hour; 1000/day", alarm="2000/hour")
PURCHASE_LINK = Action.parse("purchase-link", client="10/hour; 30/day", network="100/hour; 300/day", alarm="1000/hour")
ADDRESS_CORRECTION = Action.parse("address-correction", client="20/day", network="200/day", alarm="1000/hour")
# Each question to the payment provider may hold a thread for as long as the provider takes to answer.
PAYMENT_CHECK = Action.parse("payment-check", client="60/hour", network="600/hour", alarm="4000/hour")
ACTIONS = (
    FORM,
    SIGN_IN,
    CHECK_PASSWORD,
    RESET,
    REGISTER,
    CHANGE_EMAIL,
    CART,
    CHECKOUT,
    PURCHASE_LINK,
    ADDRESS_CORRECTION,
    PAYMENT_CHECK,
)

# How often an alarm is logged.
_ALARM_LOGGED = Limit.parse("alarm-logged", "1/hour")


@dataclass(frozen=True)
class Attempt:
    """A counted attempt. `wait_s` is 0, or the seconds until unknown browsers may try the target again."""

    _limiter: RateLimiter
    _counted: list[tuple[Limit, str]]
    ip_address: str
    wait_s: int

    @property
    def allowed(self) -> bool:
        """Whether the attempt may succeed. If not, respond as to a failed attempt, which reveals nothing."""
        return self.wait_s == 0

    def refund(self) -> None:
        """Give back the hits, after a success. Only the first call does."""
        while self._counted:
            self._limiter.refund(*self._counted.pop(0))


@dataclass(frozen=True)
class AttemptService:
    """Counts attempts per client, network and target.

    A browser that has signed in to an account before is counted under its own key only. Strangers cannot use up the
    owner's attempts, and owners who share an IP address, as on mobile networks, do not use up each other's.
    """

    _limiter: RateLimiter
    _known_browsers: KnownBrowserService
    # What this request has counted. It outlives a run of the request that is repeated, so that each try counts once.
    _begun: dict[tuple[str, str], Attempt | None]

    def begin(
        self, action: Action, client: Client, target: str = "", owner: ColumnElement[bool] | None = None
    ) -> Attempt:
        """Count an attempt on `target`. `owner` is the condition for the account that the target belongs to, if any.

        Raises TooManyAttemptsError if the limit of the client or its network is reached. If the limit of the target is
        reached, sets `Attempt.wait_s`.
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
        """Count a form before it is read. Raises TooManyAttemptsError.

        A form from a known browser counts for one of its accounts, together with the account's other browsers. If their
        limit is reached, it counts for the client instead, so that another browser of the account cannot lock it out.
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
        """Return the names of the actions whose alarm rate is currently reached."""
        return [action.name for action in ACTIONS if self._limiter.is_reached(action.alarm, "")]

    def _count(self, action: Action, client: Client, known_as: str = "") -> list[tuple[Limit, str]]:
        """Count the attempt for a known browser or its account, or else for the client and its network.

        Returns the limits and keys that were counted. Raises TooManyAttemptsError.
        """
        if known_as:
            counted = [(action.client, known_as)]
        else:
            # The client's limit comes first, so that its refused attempts do not count against its network.
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
    """Return the rate limit key of a known browser: its own where passwords can be guessed, otherwise its account's.

    A lost device must not use up the attempts of the others, but each sign-in can create another known browser.
    """
    if browser is None:
        return ""
    return browser.id if action.target else browser.account_id
