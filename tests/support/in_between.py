"""Has something happen while a request is at work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from album_store.infrastructure.security.password_hasher import PasswordHasher


@contextmanager
def in_between(hasher: PasswordHasher, method: str, event: Callable[[], object]) -> Iterator[None]:
    """Have something else happen once, right after the hasher's next answer."""
    real = getattr(hasher, method)

    def answer(*args: object) -> object:
        delattr(hasher, method)
        found = real(*args)
        event()
        return found

    setattr(hasher, method, answer)
    yield
    assert method not in vars(hasher), "the hasher was never asked"
