"""Numbers without gaps."""

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from album_store.data.receipt_counter import ReceiptCounter

_COUNTER = ReceiptCounter.__table__.c
_OF_SERIES = _COUNTER.series == bindparam("of_series")
_COUNT = update(ReceiptCounter.__table__).where(_OF_SERIES).values(last=_COUNTER.last + 1)
_LAST = select(_COUNTER.last).where(_OF_SERIES)


def next_number(dbsession: Session, series: str) -> int:
    """Take the next number of a series, which the transaction holds until its end, so that no number is lost.

    All others that need one wait, so take it last.
    """
    connection = dbsession.connection()
    connection.execute(_COUNT, {"of_series": series})
    return connection.execute(_LAST, {"of_series": series}).scalar_one()
