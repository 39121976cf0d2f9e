"""An album that can be bought."""

from pathlib import Path

import pytest
from webtest import TestApp

from album_store.data.album import Album
from tests.support.buyer import add_album
from tests.support.store_driver import StoreDriver
from tests.support.stripe_double import StripeDouble, stripe_settings


@pytest.fixture
def tide(store: StoreDriver, tmp_path: Path) -> Album:
    """“Tide” by Ada Sound at €9.00, two tracks with recordings, for sale at /albums/tide."""
    return add_album(store, tmp_path, "Tide", price_cents=900, url="tide")


@pytest.fixture
def gift(store: StoreDriver, tmp_path: Path) -> Album:
    """“Gift” by Ada Sound, free, at /albums/gift."""
    return add_album(store, tmp_path, "Gift", price_cents=0, url="gift")


@pytest.fixture
def shop(make_store, stripe: StripeDouble, tmp_path: Path) -> StoreDriver:
    """A store that sells “Tide” with Stripe."""
    store = make_store(**stripe_settings(stripe))
    add_album(store, tmp_path, "Tide", price_cents=900, url="tide")
    return store


@pytest.fixture
def browser(shop: StoreDriver) -> TestApp:
    """A buyer without an account."""
    return shop.browser()
