"""Orders of a browser, and what else happens at the same time."""

import pytest
from sqlalchemy import delete, select

from album_store.data.account import lock_account
from album_store.data.album import Album
from album_store.data.lock_row import lock_name
from album_store.data.order import Order
from album_store.data.payment import Payment
from album_store.data.track import Track
from album_store.data.types import new_id
from album_store.infrastructure.security.client import Client
from album_store.services.store.item_key import ItemKey
from album_store.services.store.order_access import leave_address
from album_store.services.store.order_service import CartChangedError, UnfinishedPaymentError, Wanted
from album_store.services.store.visitor import Visitor
from album_store.worker.service_request import run_in_transaction, service_request
from tests.support.factories import add_account, make_album, make_track
from tests.support.overlap import Work, overlap

pytestmark = pytest.mark.every_database

EMAIL = "alice@example.org"
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
    put(registry, key, VISITOR)
    with service_request(registry) as request:
        return request.cart_reader.contents(VISITOR).fingerprint


def put(registry, key, visitor) -> None:
    """Put an item into the cart of a visitor."""
    run_in_transaction(
        registry,
        lambda request: request.cart_service.add(request.offer_service.find(key), visitor, visitor.cart_hash),
    )


def place(seen, email, visitor=VISITOR) -> Work:
    """Return the work of ordering with a form of its own."""
    wanted = Wanted(seen, email, new_id())
    return lambda request: request.order_service.place(wanted, visitor, CLIENT)


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


def test_a_free_order_of_a_guest_meets_what_holds_the_account_of_its_address(registry):
    """Both take the account before the name of the address, so that neither waits for the other in turn."""
    account_id = add_account(registry.db_sessions, "hash", EMAIL)
    with registry.db_sessions.begin() as dbsession:
        album = make_album("Gift", tracks=[make_track("Ebb", audio="a.wav")], price_cents=0)
        dbsession.add(album)
        dbsession.flush()
        key = ItemKey(album.id)
    put(registry, key, VISITOR)
    with service_request(registry) as request:
        seen = request.cart_reader.contents(VISITOR).fingerprint

    def hold(request) -> None:
        lock_account(request.dbsession, account_id)
        lock_name(request.dbsession, EMAIL)

    overlap(registry, place(seen, EMAIL), hold, early=True)
    with registry.db_sessions.read() as dbsession:
        assert dbsession.scalars(select(Order)).one().paid_date is not None


def test_an_order_of_an_account_whose_address_changes_meanwhile_has_the_new_one(registry, seen):
    account_id = add_account(registry.db_sessions, "hash", EMAIL)
    visitor = Visitor(account_id, EMAIL)
    with registry.db_sessions.read() as dbsession:
        key = ItemKey(dbsession.scalars(select(Album.id)).one())
    put(registry, key, visitor)

    def change_address(request) -> None:
        account = lock_account(request.dbsession, account_id)
        account.email = "new@example.org"
        request.dbsession.flush()
        leave_address(request.dbsession, account)

    overlap(registry, change_address, place(seen, EMAIL, visitor))
    with registry.db_sessions.read() as dbsession:
        order = dbsession.scalars(select(Order)).one()
        [payment] = dbsession.scalars(select(Payment))
    assert (order.account_id, order.email) == (account_id, "new@example.org")
    assert EMAIL not in payment.parameters
