"""The export of orders as CSV."""

import csv
import io
import tracemalloc
from datetime import timedelta
from typing import Any

import pytest

from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.order_problem import OrderProblem
from album_store.data.payment import Payment
from album_store.data.receipt import Receipt
from album_store.data.types import new_id
from album_store.services.admin import order_export_service
from tests.support.buyer import add_album, buy
from tests.support.clock import NOON
from tests.support.factories import make_album
from tests.support.store_driver import form_at


def export(browser, **days: str):
    """Return the rows of the export as dictionaries."""
    answer = browser.get("/admin/orders.csv", days)
    assert answer.content_type == "text/csv"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="orders')
    return list(csv.DictReader(io.StringIO(answer.body.decode("utf-8-sig"))))


def export_form(page):
    """Return the form that exports orders."""
    return form_at(page, "/admin/orders.csv")


def paid_order(album, number, **values: Any):
    """Return a paid order with its payment, and a receipt of this number."""
    when = NOON + timedelta(days=number // 10)
    order = Order(
        id=new_id(),
        checkout_key=new_id(),
        email=values.pop("email", f"buyer{number}@example.org"),
        series=values.pop("series", "live"),
        currency="EUR",
        total_cents=900,
        paid_date=when,
        lines=[OrderLine(album=album, title=values.pop("title", "Tide"), artist_name="Ada", amount_cents=900)],
        **values,
    )
    payment = Payment(
        order=order,
        gateway="stripe",
        parameters="{}",
        session_id=f"cs_{order.id}",
        charge_id="pi_1",
        paid_date=when,
        received_cents=900,
        received_currency="EUR",
        fee_cents=48,
        fee_currency="EUR",
        country="DE",
        is_delivered=True,
        refunded_cents=order.refunded_cents or 0,
    )
    return [payment, Receipt(order_id=order.id, series=order.series, number=number + 1)]


def add_orders(store, count, **values: Any):
    """Add paid orders of one album, ten a day."""
    album = make_album("Tide")
    with store.db_sessions.begin() as dbsession:
        for number in range(count):
            payment, receipt = paid_order(album, number, **values)
            dbsession.add(payment)
            dbsession.flush()
            dbsession.add(receipt)


def test_an_order_is_exported_with_what_bookkeeping_needs(store, ada_at):
    add_orders(store, 1, refunded_cents=250)
    [row] = export(ada_at)
    assert row | {"order": ""} == {
        "paid": "2026-03-31T12:00:00+00:00",
        "receipt": "1",
        "order": "",
        "email": "buyer0@example.org",
        "country": "DE",
        "items": "Tide",
        "currency": "EUR",
        "total": "9.00",
        "refunded": "2.50",
        "received": "9.00",
        "received_currency": "EUR",
        "fee": "0.48",
        "fee_currency": "EUR",
        "payment": "pi_1",
        "kind": "live",
        "problem": "",
    }


@pytest.mark.every_database
def test_all_orders_are_exported_once_batch_by_batch(store, ada_at, monkeypatch):
    monkeypatch.setattr(order_export_service, "BATCH", 7)
    add_orders(store, 50)
    rows = export(ada_at)
    assert [row["receipt"] for row in sorted(rows, key=lambda row: int(row["receipt"]))] == [
        str(number) for number in range(1, 51)
    ]
    assert [row["paid"] for row in rows] == sorted(row["paid"] for row in rows)


@pytest.mark.parametrize(
    ("days", "count"),
    [
        ({"from": "2026-04-01"}, 40),
        ({"to": "2026-03-31"}, 10),
        ({"from": "2026-04-01", "to": "2026-04-02"}, 20),
        ({"from": "2026-04-01", "to": "2026-04-01"}, 10),
        ({"from": "2027-01-01"}, 0),
        ({"from": "", "to": ""}, 50),
    ],
)
def test_the_export_is_of_the_chosen_days(store, ada_at, days, count):
    add_orders(store, 50)
    assert len(export(ada_at, **days)) == count


@pytest.mark.parametrize("day", ["x", "2026-13-01", "0001-01-01", "9999-12-31", "2026-01-01T00:00"])
@pytest.mark.parametrize("name", ["from", "to"])
def test_what_is_no_day_is_explained_beside_its_field(store, ada_at, name, day):
    typed = {"from": "2026-03-01", "to": "2026-03-31", "tests": "1", name: day}
    page = ada_at.get("/admin/orders.csv", typed, status=400)
    form = export_form(page)
    assert {field: form[field].value for field in typed} == typed
    assert page.html.find(id=f"export-{name}-error").text == "Enter a day from 2000 to 2199, such as 2026-03-31."
    assert len(page.html.select(".field-error")) == 1


def test_days_in_the_wrong_order_are_explained(store, ada_at):
    page = ada_at.get("/admin/orders.csv", {"from": "2026-04-02", "to": "2026-04-01"}, status=400)
    assert page.html.find(id="export-to-error").text == "Enter a day that is not before the first."
    assert page.html.select_one('.error-summary a[href="#export-to"]')


def test_test_payments_are_no_sales_and_left_out_unless_asked_for(store, testapp, ada_at, tmp_path):
    add_album(store, tmp_path, "Tide", price_cents=900, url="tide")
    buy(testapp, email="carol@example.org")
    assert export(ada_at) == []
    [row] = export(ada_at, tests="1")
    assert (row["kind"], row["receipt"], row["email"]) == ("local", "LOCAL-1", "carol@example.org")


@pytest.mark.parametrize("title", ["=1+1", "+1", "-1", "@x", "\t=1", "=cmd|' /C calc'!A0"])
def test_no_cell_is_a_formula(store, ada_at, title):
    add_orders(store, 1, title=title, email=f"{title[:1].strip() or 'x'}a@example.org")
    [row] = export(ada_at)
    assert row["items"] == f"'{title}"
    assert row["email"][0] not in "=+-@"


def test_money_that_bought_nothing_is_exported_with_what_is_refunded_of_it(store, ada_at):
    add_orders(store, 1)
    [order] = store.rows(Order)
    came = {"order_id": order.id, "gateway": "stripe", "parameters": "{}", "paid_date": NOON + timedelta(days=2)}
    store.add(Payment(**came, charge_id="pi_2", received_cents=900, received_currency="EUR", refunded_cents=900))
    store.add(Payment(**came, charge_id="pi_3", received_cents=1_200, received_currency="USD", refunded_cents=500))
    store.add(Payment(**came | {"paid_date": None}))
    rows = {row["payment"]: row for row in export(ada_at)}
    assert len(rows) == 3
    columns = ("paid", "receipt", "order", "total", "refunded", "received", "received_currency")
    assert [tuple(rows[charge][column] for column in columns) for charge in ("pi_1", "pi_2", "pi_3")] == [
        ("2026-03-31T12:00:00+00:00", "1", order.id, "9.00", "0.00", "9.00", "EUR"),
        ("2026-04-02T12:00:00+00:00", "", order.id, "0.00", "9.00", "9.00", "EUR"),
        ("2026-04-02T12:00:00+00:00", "", order.id, "0.00", "5.00", "12.00", "USD"),
    ]


def test_a_payment_that_differs_is_exported_with_what_is_refunded_of_it(store, ada_at):
    add_orders(store, 1, problems=[OrderProblem(kind="differs"), OrderProblem(kind="disputed")])
    [payment] = store.rows(Payment)
    differs = {"received_cents": 1_200, "received_currency": "JPY", "refunded_cents": 1_200, "is_delivered": False}
    store.change(Payment, payment.id, **differs)
    [row] = export(ada_at)
    assert (row["total"], row["received"], row["received_currency"], row["refunded"]) == ("9.00", "1200", "JPY", "1200")
    assert row["problem"] == "differs; disputed"


def test_an_order_from_before_the_amounts_of_payments_were_kept_is_exported(store, ada_at):
    add_orders(store, 1, refunded_cents=250)
    [payment] = store.rows(Payment)
    store.change(Payment, payment.id, received_cents=0, received_currency="", refunded_cents=0, fee_cents=None)
    [row] = export(ada_at)
    assert (row["total"], row["refunded"], row["received"], row["fee"]) == ("9.00", "2.50", "", "")


def test_excel_is_told_that_the_file_is_unicode(store, ada_at):
    add_orders(store, 1, title="Sigur Rós, “Ágætis byrjun”\nund Lärm")
    assert ada_at.get("/admin/orders.csv").body.startswith(b"\xef\xbb\xbfpaid,receipt,")
    assert [row["items"] for row in export(ada_at)] == ["Sigur Rós, “Ágætis byrjun”\nund Lärm"]


def test_the_memory_of_an_export_does_not_grow_with_it(store, ada_at, monkeypatch):
    monkeypatch.setattr(order_export_service, "BATCH", 20)
    add_orders(store, 400)
    lines = order_export_service.OrderExportService(store.db_sessions).lines(None, None, with_tests=False)
    next(lines)
    next(lines)
    tracemalloc.start()
    sizes = []
    for line in lines:
        del line
        sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert len(sizes) == 19
    assert max(sizes[10:]) < 2 * max(sizes[:10])


def test_the_page_of_orders_leads_to_the_export(store, ada_at):
    add_orders(store, 1)
    form = export_form(ada_at.get("/admin/orders"))
    form["from"], form["to"] = "2026-03-31", "2026-03-31"
    assert "buyer0@example.org" in form.submit()
