"""Has something happen while a request is at work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

from album_store.infrastructure.security.password_hasher import PasswordHasher
from tests.support.store_driver import StoreDriver


@contextmanager
def in_between(hasher: PasswordHasher, method: str, happen: Callable[[], object]) -> Iterator[None]:
    """Have something else happen once, right after the hasher's next answer."""
    real = getattr(hasher, method)

    def answer(*args: object) -> object:
        delattr(hasher, method)
        found = real(*args)
        happen()
        return found

    setattr(hasher, method, answer)
    yield
    assert method not in vars(hasher), "the hasher was never asked"


@contextmanager
def right_before_the_write(store: StoreDriver, happen: Callable[[], object]) -> Iterator[None]:
    """Have something else happen once, after a request was let in and before its write transaction begins."""
    happened = []

    def before_begin(_dbsession: Session, _transaction: SessionTransaction) -> None:
        if not happened:
            happened.append(True)  # before, because what happens may write, too
            happen()

    writing = store.db_sessions._writing
    event.listen(writing, "after_transaction_create", before_begin)
    try:
        yield
    finally:
        event.remove(writing, "after_transaction_create", before_begin)
    assert happened
