"""Runs code in the middle of a request."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from album_store.infrastructure.security.password_hasher import PasswordHasher
from tests.support.store_driver import StoreDriver


@contextmanager
def in_between(hasher: PasswordHasher, method: str, happen: Callable[[], object]) -> Iterator[None]:
    """Call `happen` once, right after the next call of the hasher's method."""
    real = getattr(hasher, method)

    def answer(*args: object) -> object:
        delattr(hasher, method)
        found = real(*args)
        happen()
        return found

    setattr(hasher, method, answer)
    yield
    assert method not in vars(hasher), f"{method} was not called"


@contextmanager
def right_before_the_write(store: StoreDriver, happen: Callable[[], object]) -> Iterator[None]:
    """Call `happen` once, after a request was authorised and before its write transaction begins."""
    happened = []

    def before_begin(_dbsession: Session, _transaction: SessionTransaction) -> None:
        if not happened:
            happened.append(True)  # first, because `happen` may write too
            happen()

    writing = store.db_sessions._writing
    event.listen(writing, "after_transaction_create", before_begin)
    try:
        yield
    finally:
        event.remove(writing, "after_transaction_create", before_begin)
    assert happened
