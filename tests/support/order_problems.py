"""The problems of orders, as tests look at them."""

from album_store.data.order_problem import OrderProblem
from tests.support.store_driver import StoreDriver


def open_problems(store: StoreDriver) -> list[str]:
    """Return the kinds of the problems that are open, the oldest first."""
    return [row.kind for row in store.rows(OrderProblem, OrderProblem.done_date.is_(None))]
