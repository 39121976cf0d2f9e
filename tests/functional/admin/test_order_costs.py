"""What the admin pages of orders and of selling cost in a store with many orders and albums."""

import pytest
from sqlalchemy import select

from album_store.data.album import Album
from album_store.services.admin.sale_count_service import MAX_ALBUMS
from tests.support.factories import make_album, make_artist
from tests.support.many_orders import fill_orders, order_id
from tests.support.rows_read import rows_read
from tests.support.statement_log import statements_of

pytestmark = pytest.mark.every_database

FEW, MANY = 1_500, 4_500
# Path -> number of queries, of which one finds the session and one counts what is in the cart.
QUERIES = {
    "/admin": 6,
    "/admin/orders": 5,
    "/admin/orders?show=problems": 4,
    "/admin/orders?show=disputed": 4,
    "/admin/orders?q=1001": 5,
    "/admin/orders?q=buyer": 5,
    "/admin/orders?q=tide": 8,
    "/admin/orders?q=nothing": 5,
    f"/admin/orders/{order_id(51)}": 17,
    "/admin/selling": 7,
}


def add_orders(store, numbers):
    with store.db_sessions.read() as dbsession:
        album_ids = dbsession.scalars(select(Album.id).order_by(Album.id)).all()
    fill_orders(store.db_sessions, numbers, album_ids, owner="ada@example.org")
    with store.db_sessions.engine.begin() as connection:
        tables = "AuditEntry, `Order`, OrderLine, OrderProblem, OutgoingMail"
        connection.exec_driver_sql(f"ANALYZE TABLE {tables}" if connection.dialect.name == "mariadb" else "ANALYZE")


def costs(store, browser):
    """The number of queries of each page, and how many rows they read."""
    engine = store.db_sessions.engine
    found = {}
    for path in QUERIES:
        with statements_of(engine) as statements:
            browser.get(path, status=200)
        found[path] = len(statements), sum(rows_read(engine, statement) for statement in statements)
    return found


def test_no_page_reads_more_in_a_store_with_more_orders(store, ada_at):
    store.add(*(make_album(f"Tide {number}", make_artist(f"Ada {number}")) for number in range(20)))
    add_orders(store, range(1, FEW + 1))
    before = costs(store, ada_at)
    assert {path: queries for path, (queries, _) in before.items()} == QUERIES
    add_orders(store, range(FEW + 1, MANY + 1))
    after = costs(store, ada_at)
    assert {path: queries for path, (queries, _) in after.items()} == QUERIES
    grown = {path: (before[path], after[path]) for path in QUERIES if after[path][1] > 1.5 * before[path][1] + 10}
    assert grown == {}


def test_the_page_about_selling_reads_no_more_in_a_larger_catalogue(store, ada_at):
    engine = store.db_sessions.engine
    artist = make_artist()

    def reads() -> int:
        with statements_of(engine) as statements:
            ada_at.get("/admin/selling")
        assert len(statements) == QUERIES["/admin/selling"]
        return sum(rows_read(engine, statement) for statement in statements)

    store.add(*(make_album(f"Tide {number}", artist) for number in range(MAX_ALBUMS)))
    few = reads()
    store.add(*(make_album(f"Ebb {number}", make_artist(f"Ada {number}")) for number in range(2 * MAX_ALBUMS)))
    assert len(store.rows(Album)) == 3 * MAX_ALBUMS
    assert reads() < 1.2 * few
