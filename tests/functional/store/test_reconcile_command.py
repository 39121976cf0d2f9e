"""`album-store reconcile`."""

import pytest
from sqlalchemy import delete

from album_store.bin.main import main
from album_store.data.order import Order
from album_store.data.refund import Refund
from tests.support.factories import PASSWORD, add_account
from tests.support.refunds import order_of, refund_form
from tests.support.stripe_double import stripe_settings
from tests.support.stripe_shop import buy, place, session_of


@pytest.fixture
def admin(shop):
    """Ada's browser."""
    add_account(shop.db_sessions, shop.registry.password_hasher.hash(PASSWORD), "ada@example.org", roles=("admin",))
    return shop.signed_in("ada@example.org")


@pytest.fixture
def ini(shop, stripe, settings, tmp_path):
    """The ini file of that store."""
    changes = {key.replace("__", "."): value for key, value in stripe_settings(stripe).items()}
    lines = settings | changes | {"database.url": shop.registry.store_settings.database_url}
    path = tmp_path / "store.ini"
    path.write_text("\n".join(["[app:main]", "use = egg:album-store", *map(" = ".join, lines.items())]), "utf-8")
    return str(path)


def test_open_payments_lost_orders_and_waiting_refunds_are_completed(shop, stripe, admin, ini, capsys):
    refunded = buy(shop, stripe, "alice@example.org")
    refund_form(admin, order_of(shop).id, amount="1").submit(status=303)
    for number in range(2):
        stripe.pay(session_of(place(shop.browser(), f"buyer{number}@example.org")))
    with shop.db_sessions.begin() as dbsession:
        dbsession.execute(delete(Order).where(Order.email == "buyer1@example.org"))
    assert main(["reconcile", ini]) == 0
    assert capsys.readouterr().out == "2 orders were paid and completed.\n"
    assert sorted(row.email for row in shop.rows(Order) if row.paid_date) == [
        "alice@example.org",
        "buyer0@example.org",
        "buyer1@example.org",
    ]
    assert stripe.refunded(refunded) == 100
    assert [row.has_succeeded for row in shop.rows(Refund)] == [True]
    assert main(["reconcile", ini]) == 0
    assert capsys.readouterr().out == "0 orders were paid and completed.\n"


def test_a_provider_that_does_not_answer_is_said_in_one_sentence(shop, stripe, ini, capsys):
    stripe.pay(session_of(place(shop.browser())))
    stripe.trouble = ["", *["down"] * 20]
    assert main(["reconcile", ini]) == 1
    out, err = capsys.readouterr()
    assert out == "1 order was paid and completed.\n"
    assert err.startswith("The payment provider did not answer: ")
    assert err.count("\n") == 1
