"""Refunds orders as admins do."""

from typing import Any

from webtest import TestApp, TestResponse

from album_store.data.order import Order
from album_store.data.purchase import Purchase
from tests.support.store_driver import StoreDriver, form_at

CAROL = "carol@example.org"


def refund_form(admin: TestApp, order_id: str, number: int = 0, **values: Any) -> Any:
    """Return the refund form of a payment on the page of an order, filled in.

    `lines` are the positions of the lines that are chosen.
    """
    page = admin.get(f"/admin/orders/{order_id}")
    forms = [form for form in page.forms.values() if form.action == f"/admin/orders/{order_id}/refund"]
    form = forms[number]
    for place in values.pop("lines", ()):
        form.fields["lines"][place].checked = True
    for name, value in ({"reason": "She asked for it"} | values).items():
        form[name] = value
    return form


def send_receipt(admin: TestApp, order_id: str, **options: Any) -> TestResponse:
    """Press the button that sends the receipt again."""
    page = admin.get(f"/admin/orders/{order_id}")
    return form_at(page, f"/admin/orders/{order_id}/send_receipt").submit(**options)


def counters(store: StoreDriver, model: type) -> list[tuple[str, int]]:
    """Return the series and numbers of receipts or credit notes."""
    return sorted((row.series, row.number) for row in store.rows(model))


def order_of(store: StoreDriver) -> Order:
    """Return the only order."""
    [order] = store.rows(Order)
    return order


def kinds(store: StoreDriver, recipient: str = CAROL) -> list[str]:
    """Return the kinds of emails to a recipient."""
    return [mail.kind for mail in store.mails(recipient)]


def is_owned(store: StoreDriver) -> bool:
    """Return whether the only purchase is not revoked."""
    [purchase] = store.rows(Purchase)
    return purchase.revoked_date is None
