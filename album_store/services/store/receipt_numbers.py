"""Numbers without gaps."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from album_store.data.receipt_counter import ReceiptCounter


def next_number(dbsession: Session, series: str) -> int:
    """Take the next number of a series, which the transaction holds until its end, so that no number is lost.

    All others that need one wait, so take it last.
    """
    of_series = ReceiptCounter.series == series
    dbsession.execute(update(ReceiptCounter).where(of_series).values(last=ReceiptCounter.last + 1))
    return dbsession.scalars(select(ReceiptCounter.last).where(of_series)).one()
