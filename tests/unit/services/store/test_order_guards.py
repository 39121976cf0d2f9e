"""Orders of a browser, and what else happens at the same time."""

import pytest
from sqlalchemy import delete

from album_store.data.album import Album
from album_store.data.order import Order
from album_store.data.track import Track
from album_store.data.types import new_id
from album_store.infrastructure.security.client import Client
from album_store.services.store.item_key import ItemKey
from album_store.services.store.order_service import CartChangedError, UnfinishedPaymentError, Wanted
from album_store.services.store.visitor import Visitor
from album_store.worker.service_request import run_in_transaction, service_request
from tests.support.factories import make_album, make_track
from tests.support.overlap import Work, overlap

pytestmark = pytest.mark.every_database

VISITOR = Visitor(browser_hash="b" * 64, cart_hash="c" * 64)
CLIENT = Client("192.0.2.7")


@pytest.fixture
def seen(registry):
    """The fingerprint of a cart with one album."""
    with registry.db_sessions.begin() as dbsession:
        album = make_album("Tide", tracks=[make_track("Ebb", audio="a.wav")])
        dbsession.add(album)
        dbsession.flush()
        key = ItemKey(album.id)
    run_in_transaction(
        registry,
        lambda request: request.cart_service.add(request.offer_service.find(key), VISITOR, VISITOR.cart_hash),
    )
    with service_request(registry) as request:
        return request.cart_reader.contents(VISITOR).fingerprint


def place(seen, email) -> Work:
    """Return the work of ordering with a form of its own."""
    wanted = Wanted(seen, email, new_id())
    return lambda request: request.order_service.place(wanted, VISITOR, CLIENT)


@pytest.mark.parametrize("early", [True, False])
def test_forms_of_two_tabs_with_different_addresses_make_one_order_that_can_be_paid(registry, seen, early):
    with pytest.raises(UnfinishedPaymentError):
        overlap(registry, place(seen, "carol@example.org"), place(seen, "dave@example.org"), early=early)
    with registry.db_sessions.read() as dbsession:
        assert dbsession.query(Order).count() == 1


def test_an_album_that_is_deleted_while_it_is_ordered_has_left_the_cart(registry, seen):
    def delete_album(request) -> None:
        request.dbsession.execute(delete(Track))
        request.dbsession.execute(delete(Album))

    order = place(seen, "carol@example.org")
    with pytest.raises(CartChangedError):
        overlap(registry, delete_album, lambda _request: run_in_transaction(registry, order))
    with registry.db_sessions.read() as dbsession:
        assert dbsession.query(Order).count() == 0
