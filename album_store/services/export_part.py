"""A part of an account export. Each area adds its own parts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, select


@dataclass(frozen=True)
class ExportPart:
    """One list in the export.

    `columns` maps each key in the file to its column. The first is a date, and the rows are sorted by it. `is_theirs`
    takes the id and the email address of the account, and returns the condition that selects its rows.
    """

    name: str
    columns: Mapping[str, Any]
    is_theirs: Callable[[str, str], ColumnElement[bool]]

    def query(self, account_id: str, email: str) -> Select[Any]:
        """The query for the rows of one account."""
        first, *_ = self.columns.values()
        labelled = [column.label(key) for key, column in self.columns.items()]
        return select(*labelled).where(self.is_theirs(account_id, email)).order_by(first)
