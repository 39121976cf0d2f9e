"""Buys with Stripe, which a double stands in for, and tells the store what Stripe would."""

from typing import Any

from webtest import TestApp, TestResponse

from album_store.worker.payment_task import apply_events
from tests.support.buyer import checkout_form
from tests.support.store_driver import StoreDriver
from tests.support.stripe_double import StripeDouble


def place(browser: TestApp, email: str = "carol@example.org", album: str = "tide") -> TestResponse:
    """Send the checkout form. Returns the answer of the page that opens the session."""
    return checkout_form(browser, album, email).submit(status=303).follow(expect_errors=True)


def session_of(answer: TestResponse) -> str:
    """Return the id of the session that an answer leads to."""
    return answer.location.rpartition("/")[2]


def post_event(shop: StoreDriver, event: tuple[str, dict[str, str]], status: int = 200) -> TestResponse:
    """Post an event as Stripe does, without cookies."""
    body, headers = event
    return shop.browser().post("/payments/stripe", body, headers=headers, status=status)


def buy(shop: StoreDriver, stripe: StripeDouble, email: str = "carol@example.org", album: str = "tide") -> str:
    """Buy an album as a guest. Returns the id of the money that came."""
    session_id = session_of(place(shop.browser(), email, album))
    stripe.pay(session_id)
    tell(shop, stripe.event(session_id))
    return stripe.sessions[session_id]["payment_intent"]


def tell(shop: StoreDriver, *events: Any) -> None:
    """Post events, and apply them as the worker does."""
    for event in events:
        post_event(shop, event)
        apply_events(shop.registry)
