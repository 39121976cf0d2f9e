"""Database sessions, and the SQLite settings that make them reliable."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import transaction
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.dbsession import MODELS, DbSessionFactory
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.role import Role
from tests.support.factories import add_account
from tests.support.store_driver import together

START_UP = """
import sys
from album_store.data.dbsession import DbSessionFactory
print("ready", flush=True)
sys.stdin.readline()
DbSessionFactory(sys.argv[1]).create_tables()
"""


def account(number=1, **values: str):
    return Account(**({"email": f"{number}@example.org", "password_hash": ""} | values))


def names(db_sessions):
    with db_sessions.read() as dbsession:
        return list(dbsession.scalars(select(Account.display_name).order_by(Account.email)))


@pytest.mark.parametrize("mode", ["begin", "read"])
def test_every_connection_has_the_required_pragmas(db_sessions, mode):
    with getattr(db_sessions, mode)() as one, db_sessions.read() as other:
        for dbsession in (one, other):
            pragma = {
                name: dbsession.scalar(text(f"PRAGMA {name}"))
                for name in ("foreign_keys", "journal_mode", "busy_timeout", "synchronous")
            }
            assert pragma == {"foreign_keys": 1, "journal_mode": "wal", "busy_timeout": 5_000, "synchronous": 2}


def test_a_row_that_refers_to_nothing_is_refused(db_sessions):
    with pytest.raises(IntegrityError, match="FOREIGN KEY"), db_sessions.begin() as dbsession:
        dbsession.add(AccountSession(token_hash="x", account_id="nobody"))


def test_deleting_an_account_deletes_its_sessions_and_roles(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.add(
            account(id="a", sessions=[AccountSession(token_hash="x")], roles=[dbsession.get_one(Role, "user")])
        )
    with db_sessions.begin() as dbsession:
        dbsession.delete(dbsession.get_one(Account, "a"))
    with db_sessions.read() as dbsession:
        assert dbsession.scalar(select(func.count()).select_from(AccountSession)) == 0
        assert dbsession.scalar(text('SELECT count(*) FROM "AccountRole"')) == 0


def test_concurrent_updates_are_not_lost(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.add(account(id="a", display_name="0"))

    def count_up() -> None:
        for _ in range(25):
            with db_sessions.begin() as dbsession:
                row = dbsession.get_one(Account, "a")
                row.display_name = str(int(row.display_name) + 1)

    together(count_up, count_up)
    assert names(db_sessions) == ["50"]


def test_a_reader_does_not_wait_for_a_writer_or_see_uncommitted_rows(db_sessions):
    with db_sessions.begin() as writing:
        writing.add(account(1))
        writing.flush()
        assert names(db_sessions) == []
        writing.add(account(2))
    assert len(names(db_sessions)) == 2


def test_a_second_writer_waits_at_the_start_of_its_transaction(db_sessions):
    order, started = [], threading.Event()

    def first() -> None:
        with db_sessions.begin() as dbsession:
            dbsession.scalar(select(func.count()).select_from(Account))  # BEGIN IMMEDIATE already holds the write lock
            started.set()
            dbsession.add(account(1))
            dbsession.flush()
            order.append("first")

    def second() -> None:
        started.wait(10)
        with db_sessions.begin() as dbsession:
            order.append(f"second sees {dbsession.scalar(select(func.count()).select_from(Account))}")

    together(first, second)
    assert order == ["first", "second sees 1"]


def test_a_savepoint_does_not_outlive_an_aborted_request(db_sessions):
    manager = transaction.TransactionManager(explicit=True)
    manager.begin()
    dbsession = db_sessions.session_for(manager, writes=True)
    with dbsession.begin_nested():
        dbsession.add(account(1))
    dbsession.flush()
    manager.abort()
    assert names(db_sessions) == []


def test_a_failed_savepoint_keeps_earlier_writes(db_sessions):
    manager = transaction.TransactionManager(explicit=True)
    manager.begin()
    dbsession = db_sessions.session_for(manager, writes=True)
    dbsession.add(account(1, display_name="kept"))
    dbsession.flush()
    with pytest.raises(IntegrityError), dbsession.begin_nested():
        dbsession.add(account(1, display_name="taken address"))
    manager.commit()
    assert names(db_sessions) == ["kept"]


def test_a_bulk_update_is_committed(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.add(account(1))
    manager = transaction.TransactionManager(explicit=True)
    manager.begin()
    db_sessions.session_for(manager, writes=True).execute(update(Account).values(display_name="changed"))
    manager.commit()
    assert names(db_sessions) == ["changed"]


def test_a_read_only_session_refuses_to_write(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.add(account(1))
    for change in (
        lambda dbsession: dbsession.add(account(2)),
        lambda dbsession: dbsession.delete(dbsession.scalars(select(Account)).one()),
        lambda dbsession: setattr(dbsession.scalars(select(Account)).one(), "display_name", "x"),
    ):
        with db_sessions.read() as dbsession:
            change(dbsession)
            with pytest.raises(RuntimeError, match="read-only session"):
                dbsession.flush()
    assert names(db_sessions) == [""]


def test_a_database_that_stays_busy_is_an_error_after_the_timeout(db_sessions):
    db_sessions.database.lock_timeout_ms = 0
    with db_sessions.begin() as dbsession:
        dbsession.scalar(select(func.count()).select_from(Account))
        with pytest.raises(OperationalError, match="locked"), db_sessions.engine.begin():
            raise AssertionError("the write lock was held by another session")


def test_begin_nowait_fails_at_once_when_the_database_is_busy(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.scalar(select(func.count()).select_from(Account))
        with pytest.raises(OperationalError, match="locked"), db_sessions.begin_nowait() as other:
            other.scalar(select(func.count()).select_from(Account))


def test_plain_sql_cannot_write_in_a_read_only_session(db_sessions):
    statement = text("UPDATE \"Account\" SET display_name = 'x'")
    with db_sessions.read() as dbsession, pytest.raises(OperationalError, match="readonly"):
        dbsession.execute(statement)
    with db_sessions.begin() as dbsession:
        dbsession.execute(statement)  # the same connection, which may write again


def test_only_the_owner_may_read_the_database_file(db_sessions):
    folder = Path(db_sessions.engine.url.database).parent
    add_account(db_sessions, "a hash")
    files = list(folder.glob("store.sqlite*"))
    assert len(files) == 3
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}


def test_deleted_secrets_do_not_stay_in_the_database_files(db_sessions):
    secret = "a secret that was mailed"
    with db_sessions.begin() as dbsession:
        dbsession.add(OutgoingMail(kind="x", recipient="x", subject="x", text_body=secret))
    with db_sessions.begin() as dbsession:
        dbsession.execute(update(OutgoingMail).values(text_body=None))
    folder = Path(db_sessions.engine.url.database).parent
    assert any(secret.encode() in path.read_bytes() for path in folder.glob("store.sqlite*"))
    db_sessions.remove_deleted()
    assert not any(secret.encode() in path.read_bytes() for path in folder.glob("store.sqlite*"))


def test_many_connections_can_open_a_new_database_at_once(tmp_path):
    factories = [DbSessionFactory(f"sqlite:///{tmp_path}/new.sqlite") for _ in range(8)]
    together(*[factory.create_tables for factory in factories])
    for factory in factories:
        factory.dispose()
    journal = sqlite3.connect(tmp_path / "new.sqlite")
    assert journal.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    journal.close()


def test_a_database_error_does_not_reveal_the_values(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.add(account(1, password_hash="one secret"))
        dbsession.flush()
        with pytest.raises(IntegrityError) as caught, dbsession.begin_nested():
            dbsession.add(account(1, password_hash="other secret"))
    assert "UNIQUE" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_every_table_has_a_model_and_a_created_date(db_sessions):
    named = {model.__tablename__ for model in MODELS}
    links = {table.name for table in SqlAlchemyBase.metadata.sorted_tables} - named
    assert links == {"AccountRole", "AlbumGenre", "AlbumMaintainer"}
    assert all("created_date" in table.columns for table in SqlAlchemyBase.metadata.sorted_tables)


def test_creating_the_tables_again_changes_nothing(db_sessions):
    with db_sessions.begin() as dbsession:
        dbsession.add(account(1, display_name="kept"))
        dbsession.get_one(Role, "user").description = "in the owner's words"
    db_sessions.create_tables()
    assert names(db_sessions) == ["kept"]
    with db_sessions.read() as dbsession:
        assert dbsession.get_one(Role, "user").description == "in the owner's words"


@pytest.mark.server
def test_processes_that_start_at_once_on_an_empty_database_all_succeed(tmp_path):
    url = f"sqlite:///{tmp_path}/new.sqlite"
    command = [sys.executable, "-c", START_UP, url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, **pipes) for _ in range(2)]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    errors = [process.communicate(timeout=60)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], errors
    factory = DbSessionFactory(url)
    with factory.read() as dbsession:
        assert set(dbsession.scalars(select(Role.name))) == {"admin", "user"}
    factory.dispose()
