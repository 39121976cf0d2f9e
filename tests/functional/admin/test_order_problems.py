"""The problems of orders as a list that the owner works through."""

import pytest

from album_store.data.audit_entry import AuditEntry
from album_store.data.order import Order
from album_store.data.order_problem import OrderProblem
from album_store.data.types import new_id
from album_store.viewmodels.admin import overview_viewmodel
from album_store.worker.refund_task import make_refunds
from tests.support.buyer import add_album, buy
from tests.support.order_problems import open_problems
from tests.support.refunds import refund_form
from tests.support.store_driver import form_at


@pytest.fixture
def order_id(store, testapp, tmp_path):
    """The id of an order of “Tide” by a guest that was paid twice and disputed."""
    add_album(store, tmp_path, "Tide", price_cents=900, url="tide")
    buy(testapp, email="carol@example.org")
    [order] = store.rows(Order)
    for kind in ("paid-twice", "disputed"):
        store.add(OrderProblem(order_id=order.id, kind=kind))
    return order.id


def labels(page):
    """Return what the entries of a list say about their orders."""
    return [row.select_one(".mark").text for row in page.html.select(".records li")]


def done_form(store, page, kind):
    """Return the form that marks a problem as done."""
    [problem] = store.rows(OrderProblem, OrderProblem.kind == kind)
    return form_at(page, f"/admin/orders/{problem.order_id}/problems/{problem.id}/done")


def test_the_overview_says_how_many_problems_are_open(store, order_id, ada_at, monkeypatch):
    section = ada_at.get("/admin").html.select_one('[aria-labelledby="problems"]')
    assert section.p.text == "2 problems are waiting for you. Show the orders"
    monkeypatch.setattr(overview_viewmodel, "MAX_PROBLEMS", 2)
    assert "2 or more problems are waiting for you" in ada_at.get("/admin")
    monkeypatch.undo()
    page = ada_at.get("/admin").click("Show the orders")
    assert labels(page) == ["disputed", "paid twice"]
    done_form(store, page.click("Tide", index=0), "disputed").submit(status=303)
    assert "1 problem is waiting for you" in ada_at.get("/admin")
    done_form(store, ada_at.get(f"/admin/orders/{order_id}"), "paid-twice").submit(status=303)
    assert "waiting for you" not in ada_at.get("/admin")


@pytest.mark.every_database
def test_each_open_problem_is_listed_until_it_is_done(store, order_id, ada_at):
    page = ada_at.get(f"/admin/orders/{order_id}")
    assert [text in page for text in ("paid a second time", "has disputed a payment")] == [True, True]
    assert page.html.main.select_one(".mark").text == "paid twice, disputed"
    assert labels(ada_at.get("/admin/orders")) == ["paid twice, disputed"]
    assert labels(ada_at.get("/admin/orders?show=problems")) == ["disputed", "paid twice"]
    after = done_form(store, page, "disputed").submit(status=303).follow()
    assert "Marked as done." in after
    assert "has disputed a payment" not in after
    assert labels(ada_at.get("/admin/orders")) == labels(ada_at.get("/admin/orders?show=problems")) == ["paid twice"]
    assert "No problems are open." in ada_at.get("/admin/orders?show=disputed")


def test_marking_as_done_is_audited_once_and_told_in_the_history(store, order_id, ada_at):
    page = ada_at.get(f"/admin/orders/{order_id}")
    for _ in range(2):
        after = done_form(store, page, "disputed").submit(status=303).follow()
    history = [entry.p.text for entry in after.html.select(".records")[-1].select("li")]
    assert [text for text in history if "roblem" in text] == [
        "Problem noted: paid twice",
        "Problem noted: disputed",
        "Problem marked as done by ada@example.org: disputed",
    ]
    [entry] = store.rows(AuditEntry)
    assert (entry.action, entry.target, entry.details) == ("order-problem-done", order_id, "disputed")
    [action] = ada_at.get("/admin/actions").html.select(".records li")
    assert "marked a problem as done in order" in " ".join(action.text.split())
    assert ada_at.get(done_form(store, page, "paid-twice").action, status=303).location.endswith(order_id)
    assert open_problems(store) == ["paid-twice"]


def test_a_problem_is_only_done_under_its_own_order(store, order_id, ada_at):
    [problem, _] = store.rows(OrderProblem)
    token = {"csrf_token": ada_at.cookies["csrf"]}
    for path in (f"{new_id()}/problems/{problem.id}", f"{order_id}/problems/{new_id()}", f"{order_id}/problems/x"):
        ada_at.post(f"/admin/orders/{path}/done", token, status=404)
    assert open_problems(store) == ["paid-twice", "disputed"]
    assert store.rows(AuditEntry) == []


def test_what_was_held_stays_held_once_its_problem_is_done(store, testapp, order_id, ada_at):
    store.change(Order, order_id, is_held=True)
    store.add(OrderProblem(order_id=order_id, kind="differs"))
    for kind in ("differs", "paid-twice", "disputed"):
        done_form(store, ada_at.get(f"/admin/orders/{order_id}"), kind).submit(status=303)
    assert open_problems(store) == []
    assert "does not match the order" in testapp.get(f"/purchases/{order_id}")
    page = ada_at.get(f"/admin/orders/{order_id}")
    assert "Paid, but nothing was delivered" in page
    assert page.html.main.select_one(".mark").text == "not delivered"


def test_what_is_refunded_in_full_is_solved_and_other_problems_stay(store, order_id, ada_at):
    for kind in ("withdrawn", "came-late"):
        store.add(OrderProblem(order_id=order_id, kind=kind))
    refund_form(ada_at, order_id, amount="4").submit(status=303)
    make_refunds(store.registry)
    # One payment is left, so none was paid a second time.
    assert open_problems(store) == ["disputed", "withdrawn", "came-late"]
    refund_form(ada_at, order_id, amount="5").submit(status=303)
    assert open_problems(store) == ["disputed", "withdrawn", "came-late"]
    make_refunds(store.registry)
    assert open_problems(store) == ["disputed", "came-late"]
    assert "Problem solved: withdrawn" in ada_at.get(f"/admin/orders/{order_id}")
