"""Services of each area without a visitor, as the worker and commands use them."""

import pytest
from sqlalchemy import select

from album_store.data.account import Account
from album_store.data.album import Album
from album_store.data.audit_entry import AuditEntry
from album_store.data.language import Language
from album_store.data.outgoing_mail import OutgoingMail
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.secret_codes import LinkCode
from album_store.services.audit_service import Actor
from album_store.worker.service_request import service_request
from tests.support.factories import add_account

STORE = Actor("the store itself")


def column(db_sessions, attribute):
    with db_sessions.read() as dbsession:
        return dbsession.scalars(select(attribute).order_by(attribute)).all()


def test_a_password_can_be_reset_without_a_visitor(registry, db_sessions):
    add_account(db_sessions, registry.password_hasher.hash("the old password"))
    with service_request(registry, writes=True) as request:
        request.password_reset_service.create_reset_code("alice@example.org", Client())
    [body] = column(db_sessions, OutgoingMail.text_body)
    code = LinkCode.parse(body.split("/account/reset_password/")[1].split()[0])
    with service_request(registry, writes=True) as request:
        link = request.password_reset_service.find(code)
        request.password_reset_service.redeem(link, "seventeen grey herons", Client())
    with service_request(registry, writes=True) as request:
        sign_in = request.account_service.sign_in
        assert sign_in("alice@example.org", "the old password", Client()) is None
        assert sign_in("alice@example.org", "seventeen grey herons", Client())


def test_a_deletion_can_be_requested_and_withdrawn_without_a_visitor(registry, db_sessions):
    alice = add_account(db_sessions, "a hash")
    with service_request(registry, writes=True) as request:
        request.deletion_service.request(alice)
    with service_request(registry, writes=True) as request:
        assert request.deletion_service.due_date(alice)
        request.deletion_service.withdraw(alice)
        assert request.deletion_service.due() == []
    assert column(db_sessions, OutgoingMail.kind) == ["deletion-asked"]


def test_the_store_itself_can_disable_an_account(registry, db_sessions):
    alice = add_account(db_sessions, "a hash")
    add_account(db_sessions, "a hash", "ada@example.org", roles=("admin",))
    with service_request(registry, writes=True) as request:
        request.account_admin_service.disable(request.account_service.find(alice), STORE)
    assert column(db_sessions, Account.disabled) == [False, True]
    assert column(db_sessions, AuditEntry.actor) == ["the store itself"]


def test_an_album_can_be_imported_and_found_without_a_visitor(registry, db_sessions, tmp_path):
    (tmp_path / "albums.csv").write_text(
        "artist,album,track_number,title,composer,genre,length_ms,price\nAda,Salt,1,Up,,Folk,1000,1\n", "utf-8"
    )
    with service_request(registry, writes=True) as request:
        catalogue = request.catalogue_import.read(tmp_path / "albums.csv")
        assert request.catalogue_import.write(catalogue).albums_added == 1
    with service_request(registry) as request:
        assert [album.title for album in request.search_service.search("salt").rows] == ["Salt"]
        assert request.albums_service.find_album("salt").title == "Salt"
        assert request.sitemap_service.portions() == 1
    assert column(db_sessions, Album.title) == ["Salt"]


def test_a_failed_service_request_saves_nothing(registry, db_sessions):
    def fail() -> None:
        with service_request(registry, writes=True) as request:
            request.mail_service.post("account-deleted", "alice@example.org")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert column(db_sessions, OutgoingMail.kind) == []


def test_a_doomed_service_request_saves_nothing(registry, db_sessions):
    with service_request(registry, writes=True) as request:
        request.mail_service.post("account-deleted", "alice@example.org")
        request.tm.doom()
    assert column(db_sessions, OutgoingMail.kind) == []


def test_a_service_request_is_read_only_by_default(registry, db_sessions):
    with pytest.raises(RuntimeError, match="read-only session"), service_request(registry) as request:
        request.dbsession.add(Language(name="Klingon"))
    assert "Klingon" not in column(db_sessions, Language.name)
