"""The CatalogueVersion table: one row whose token changes with every change of the catalogue.

Pages that were rendered for one token are still right while the database holds that token. The token is random, because
a number would come back after a backup was restored.
"""

from contextlib import suppress
from queue import SimpleQueue
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, Integer, String, select, update
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column

from album_store.data.album import Album, AlbumGenre
from album_store.data.artist import Artist
from album_store.data.genre import Genre
from album_store.data.language import Language
from album_store.data.license import License
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.track import Track

# What public pages show.
CATALOGUE = (Album, Artist, Genre, Language, License, Track)
_TABLES = {model.__table__ for model in CATALOGUE} | {AlbumGenre}
_CHANGED = "catalogue_changed"

ROW_ID = 1
# How many connections a process keeps open to read the token, and how long a request waits for one. It is free after a
# millisecond, unless the server cannot be reached.
READERS, MAX_WAIT_S = 4, 1


def new_token() -> str:
    """Return a token that no earlier state of the catalogue had."""
    return uuid4().hex


class CatalogueVersion(SqlAlchemyBase):
    """The one row with the token."""

    __tablename__ = "CatalogueVersion"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False, default=ROW_ID)
    token: Mapped[str] = mapped_column(String(32), default=new_token)


_version = CatalogueVersion.__table__.c
# Of the table, not the class: the ORM would double the time that it takes.
TOKEN = select(_version.token).where(_version.id == ROW_ID)


def note_changed_objects(dbsession: Session, *_: Any) -> None:
    """Before a flush, note whether it changes the catalogue."""
    changed = [*dbsession.new, *dbsession.deleted, *filter(dbsession.is_modified, dbsession.dirty)]
    if any(isinstance(thing, CATALOGUE) for thing in changed):
        dbsession.info[_CHANGED] = True


def note_statement(state: ORMExecuteState) -> None:
    """Note whether an INSERT, UPDATE or DELETE changes the catalogue."""
    if (state.is_insert or state.is_update or state.is_delete) and state.statement.table in _TABLES:
        state.session.info[_CHANGED] = True


def move_version(dbsession: Session) -> None:
    """Before a commit, change the token if the transaction has changed the catalogue.

    It is the last statement, so that other changes of the catalogue wait for the row as short as possible.
    """
    if dbsession.in_nested_transaction():
        return
    dbsession.flush()
    if dbsession.info.pop(_CHANGED, False):
        change_version(dbsession)


def change_version(dbsession: Session) -> None:
    """Change the token now. Call this for a change of the catalogue that the session does not notice."""
    dbsession.execute(update(CatalogueVersion).where(CatalogueVersion.id == ROW_ID).values(token=new_token()))


class VersionReader:
    """Reads the token in microseconds: without a session, on connections of its own. Several threads may share it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._statement = str(TOKEN.compile(engine, compile_kwargs={"literal_binds": True}))
        self._places: SimpleQueue[Any] = SimpleQueue()
        for _ in range(READERS):
            self._places.put(None)

    def read(self) -> str:
        """Return the token. Raises `queue.Empty` if no connection is free, and errors of the driver and the engine."""
        connection = self._places.get(timeout=MAX_WAIT_S)
        try:
            if connection is None:
                connection = self._connect()
            cursor = connection.cursor()
            cursor.execute(self._statement)
            (token,) = cursor.fetchone()
            cursor.close()
        except Exception:
            connection = _closed(connection)
            raise
        finally:
            self._places.put(connection)
        return token

    def close(self) -> None:
        """Close the connections that are idle."""
        for _ in range(READERS):
            self._places.put(_closed(self._places.get()))

    def _connect(self) -> Any:
        """Return a connection that belongs to no pool and keeps no transaction open."""
        pooled = self._engine.raw_connection()
        connection = pooled.dbapi_connection
        pooled.detach()
        self._engine.dialect.set_isolation_level(connection, "AUTOCOMMIT")
        return connection


def _closed(connection: Any) -> None:
    if connection is not None:
        with suppress(Exception):
            connection.close()
