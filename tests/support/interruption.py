"""Stops work on a database in the middle, as the end of its process does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


class InterruptionError(Exception):
    """The work was interrupted."""


@contextmanager
def interrupted(engine: Engine, is_due: Callable[[str], bool]) -> Iterator[None]:
    """Raise InterruptionError before each statement that is due."""

    def stop(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if is_due(statement.strip()):
            raise InterruptionError(statement)

    event.listen(engine, "before_cursor_execute", stop)
    yield
    event.remove(engine, "before_cursor_execute", stop)
