"""What the pages of buyers cost the database."""

import pytest

from tests.support.buyer import add, buy
from tests.support.statement_log import plan_of, statements_of


@pytest.mark.parametrize("path", ["/purchases", "/albums/tide", "/cart"])
def test_no_page_of_a_browser_with_a_cookie_reads_all_orders_or_carts(store, testapp, tide, gift, path):
    buy(testapp, email="carol@example.org")
    add(testapp, "gift")
    engine = store.db_sessions.engine
    with statements_of(engine) as statements:
        testapp.get(path)
    plans = [plan_of(engine, statement) for statement in statements]
    assert any("BrowserAccess" in plan for plan in plans)
    assert not any(f"SCAN {table}" in plan for plan in plans for table in ("Order", "Purchase", "Cart"))


def test_nothing_is_looked_up_for_the_empty_cart_of_a_browser_that_bought(store, testapp, tide):
    buy(testapp, email="carol@example.org")
    assert "buyer" in testapp.cookies
    assert "cart" not in testapp.cookies
    with statements_of(store.db_sessions.engine) as statements:
        assert "Your cart is empty" in testapp.get("/cart")
    assert not [statement for statement, _ in statements if "BrowserAccess" in statement or "Cart" in statement]
