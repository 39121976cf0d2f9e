"""Conditions for the albums that have the terms of a search, and the terms that an index is asked for."""

import math
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Text, and_, case, func, literal, select, union_all
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from album_store.data.search_document import SearchDocument

# Among how many of the newest albums the words of a query are looked for in a row, which is told album by album. Older
# ones are found too, but are listed like those where the words do not stand in a row.
MAX_ROWS_READ = 100_000

# Among how many albums the terms of a search are counted. If one in COMMON has all of them, the index is not asked.
SAMPLE = 500
COMMON = 10

_NEWEST = select(func.max(SearchDocument.__table__.alias().c.album_id)).scalar_subquery()

# A word, and whether it is only the beginning of one.
IndexTerm = tuple[str, bool]


class SearchIndex(NamedTuple):
    """The table to search, the id of the album that a row is of, and the condition for the rows that match."""

    table: FromClause
    album_id: ColumnElement[int]
    is_found: ColumnElement[bool]


class AsciiText(FunctionElement[str]):
    """A text of ASCII characters, which a database may compare byte by byte."""

    type = Text()
    inherit_cache = True


@compiles(AsciiText)
def _unchanged(element: AsciiText, compiler: SQLCompiler, **kw: Any) -> str:
    return compiler.process(element.clauses, **kw)


def has_words(words: ColumnElement[str], wanted: str, begins: bool = False) -> ColumnElement[bool]:
    """Return the condition that words stand in a row; with `begins`, the last is only the beginning of one."""
    if begins:
        return AsciiText(literal(" ") + words).contains(f" {wanted}")
    return AsciiText(literal(" ") + words + " ").contains(f" {wanted} ")


def is_among_newest(album_id: ColumnElement[int], count: int) -> ColumnElement[bool]:
    """Return the condition that an album is one of the newest, as far as their ids tell: at most `count` of them."""
    return album_id > _NEWEST - count


_IS_NEW = is_among_newest(SearchDocument.album_id, MAX_ROWS_READ)


def has_row(terms: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that an album has these terms in a row, and is among the MAX_ROWS_READ newest."""
    return and_(has_words(SearchDocument.words, " ".join(terms)), _IS_NEW)


def has_terms(terms: Sequence[str], *, phrase: bool) -> ColumnElement[bool]:
    """Return the condition that the words of an album have these terms of `query_terms`.

    With `phrase` it `has_row` of them. Without it each begins a word, and it does not.
    """
    if phrase:
        return has_row(terms)
    words = SearchDocument.words
    return and_(*(has_words(words, term, begins=True) for term in dict.fromkeys(terms)), ~has_row(terms))


def index_terms(terms: Sequence[str], *, phrase: bool) -> Collection[IndexTerm]:
    """Return the different words of these terms, for an index that has no terms of several words."""
    words: dict[IndexTerm, None] = {}
    for term in terms:
        *whole, last = term.split(" ")
        words |= dict.fromkeys((word, False) for word in whole) | {(last, not phrase): None}
    return words.keys()


def rarest(dbsession: Session, terms: Collection[IndexTerm], entries_per_row: int) -> Collection[IndexTerm]:
    """Return the rarest terms: those whose entries in an index take less time than the rows of albums they rule out.

    Returns none if one album in COMMON, or more, is likely to have all of them: the index is of no use then. Terms are
    counted among the newest and the oldest albums. The index reads `entries_per_row` entries in the time of one row.
    """
    album_id, words = SearchDocument.album_id, SearchDocument.words
    # Without the words themselves, the rows of the sample stay in memory.
    have = [case((has_words(words, *term), 1), else_=0).label(f"n{n}") for n, term in enumerate(terms)]
    ends = (select(*have).order_by(order).limit(SAMPLE // 2).subquery() for order in (album_id.desc(), album_id))
    sample = union_all(*(select(*end.c) for end in ends)).subquery()
    counts = dbsession.execute(select(*(func.coalesce(func.sum(count), 0) for count in sample.c))).one()
    shares = sorted(zip((int(count) / SAMPLE for count in counts), terms, strict=True))
    if math.prod(share for share, _ in shares) >= 1 / COMMON:
        return []
    found: list[IndexTerm] = []
    with_all = 1.0  # the share of albums that are likely to have all that were found
    for share, term in shares:
        if share > entries_per_row * with_all:
            break
        found.append(term)
        with_all *= max(share, 1 / SAMPLE)
    return found
