"""Keyset paging of tables whose ids are random: the newest first, by date and then by id."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Select, or_
from sqlalchemy.orm import Session

from album_store.services.paging import Page

PAGE_SIZE = 50

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Microseconds since 1970, in as many digits as the calendar has room for, and an id.
_PLACE = re.compile(r"([0-9]{1,17})~([0-9a-f]{32})", re.ASCII)


def newest_first(dbsession: Session, query: Select[Any], model: Any, *, after: str = "") -> Page[Any]:
    """A page of the rows of a model. A place that makes no sense begins at the beginning."""
    query = query.order_by(model.created_date.desc(), model.id.desc()).limit(PAGE_SIZE + 1)
    if place := _PLACE.fullmatch(after):
        when = _EPOCH + timedelta(microseconds=int(place[1]))
        # The first condition is what an index can begin at; the second drops those of the same moment.
        query = query.where(model.created_date <= when, or_(model.created_date < when, model.id < place[2]))
    found = dbsession.scalars(query).all()
    rows = found[:PAGE_SIZE]
    return Page(rows, after=_place_of(rows[-1]) if len(found) > PAGE_SIZE else "")


def _place_of(row: Any) -> str:
    return f"{(row.created_date - _EPOCH) // timedelta(microseconds=1)}~{row.id}"
