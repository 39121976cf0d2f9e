"""The export is complete, about one account only, and contains no secrets."""

import json
import logging
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Table, delete, select

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.address_block import AddressBlock
from album_store.data.album import AlbumMaintainer
from album_store.data.audit_entry import AuditEntry
from album_store.data.browser_access import BrowserAccess
from album_store.data.cart import Cart
from album_store.data.cart_item import CartItem
from album_store.data.known_browser import KnownBrowser
from album_store.data.modelbase import SqlAlchemyBase
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.order_problem import OrderProblem
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.password_reset import PasswordReset
from album_store.data.payment import Payment
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.pending_email_change import PendingEmailChange
from album_store.data.pending_registration import PendingRegistration
from album_store.data.profile import Profile
from album_store.data.purchase import Purchase, account_key
from album_store.data.purchase_link import PurchaseLink
from album_store.data.refund import Refund
from album_store.data.reset_request import ResetRequest
from album_store.data.role import AccountRole
from album_store.data.withdrawal import Withdrawal
from album_store.services import admin, catalogue, store
from album_store.services.account import export_parts
from album_store.services.account.export_service import ExportService
from tests.support.clock import NOON
from tests.support.factories import add_account, make_album, make_link, make_track

# The longest address that RFC 5321 allows. Only columns for email addresses have this length.
LENGTH_OF_ADDRESSES = 254

# Columns of these tables that are not exported, by reason.
WITHHELD = {
    "it would open something, or help to guess what does": (
        Account.password_hash,
        AccountSession.token_hash,
        KnownBrowser.token_hash,
        PasswordReset.id,
        PasswordReset.secret_hash,
        PendingEmailChange.id,
        PendingEmailChange.secret_hash,
        PendingRegistration.id,
        PendingRegistration.password_hash,
        PendingRegistration.receipt_hash,
        PendingRegistration.secret_hash,
        PurchaseLink.id,
        PurchaseLink.secret_hash,
        Order.browser_hash,
        Order.checkout_key,
        BrowserAccess.browser_hash,
        Cart.secret_hash,
    ),
    "it repeats the name, folded for search": (Account.search_name,),
    "it may hold a link that works": (OutgoingMail.text_body, OutgoingMail.html_body),
    "it is about somebody else": (AddressBlock.network, AuditEntry.actor, AuditEntry.target),
    "it only says that the row is this person's": (
        AccountRole.c.account_id,
        AccountSession.account_id,
        AddressBlock.blocked_by,
        AlbumMaintainer.c.account_id,
        AuditEntry.actor_id,
        AuditEntry.target_id,
        KnownBrowser.account_id,
        OutgoingMail.recipient,
        PasswordReset.account_id,
        PendingDeletion.account_id,
        PendingEmailChange.account_id,
        PendingRegistration.email,
        Profile.account_id,
        ResetRequest.email,
        Cart.account_id,
        Order.account_id,
        OrderProblem.done_by,
        Refund.requested_by,
        BrowserAccess.email,
        PurchaseLink.email,
    ),
    "it is empty for an account": (Cart.expires_date,),
    "it is for the owner": (Order.is_held, OrderProblem.created_date, OrderProblem.is_open, Refund.reason),
    "it is what the store has told the payment provider": (Refund.parameters, Refund.next_try_date),
    "it only numbers a row": (
        AccountSession.id,
        AddressBlock.id,
        AlbumMaintainer.c.album_id,  # the title is exported instead
        AuditEntry.id,
        BrowserAccess.id,
        BrowserAccess.order_id,
        Cart.id,
        KnownBrowser.id,
        OutgoingMail.id,
        OutgoingMail.order_id,
        OrderProblem.id,
        OrderProblem.order_id,
        Refund.id,
        Refund.payment_id,
        Refund.provider_id,
        ResetRequest.id,
        Withdrawal.id,
    ),
}


EXPORT_PARTS = (*export_parts.EXPORT_PARTS, *catalogue.EXPORT_PARTS, *admin.EXPORT_PARTS, *store.EXPORT_PARTS)


def names_of(columns):
    return {f"{column.table.name}.{column.name}" for column in select(*columns).selected_columns}


EXPORTED = set().union(*(names_of(part.columns.values()) for part in EXPORT_PARTS))
KEPT_BACK = set().union(*(names_of(columns) for columns in WITHHELD.values()))


def is_about_people(table: Table) -> bool:
    refers = any(key.column.table is Account.__table__ for key in table.foreign_keys)
    return refers or any(getattr(column.type, "length", None) == LENGTH_OF_ADDRESSES for column in table.columns)


TABLES = {table.name: table for table in SqlAlchemyBase.metadata.sorted_tables if is_about_people(table)}


@pytest.mark.parametrize("name", TABLES)
def test_every_column_about_people_is_exported_or_withheld_for_a_reason(name):
    columns = {f"{name}.{column.name}" for column in TABLES[name].columns}
    assert columns <= EXPORTED | KEPT_BACK
    assert columns & EXPORTED
    assert not columns & EXPORTED & KEPT_BACK


def test_withheld_columns_exist():
    assert {name.split(".")[0] for name in KEPT_BACK} <= set(TABLES)


def test_tables_about_people_are_found_by_foreign_keys_and_address_columns():
    assert {"Account", "AccountRole", "AlbumMaintainer", "AuditEntry", "OutgoingMail"} <= set(TABLES)
    assert not {"Album", "Artist", "Role", "Track"} & set(TABLES)
    columns = [column for table in SqlAlchemyBase.metadata.sorted_tables for column in table.columns]
    assert {column.type.length for column in columns if "email" in column.name} == {LENGTH_OF_ADDRESSES}


def add_all_about(db_sessions, name):
    """Add an account with a row in every table and the name in each text; return its id."""
    email = f"{name}@example.org"
    account_id = add_account(db_sessions, f"password-hash-{name}", email, display_name=f"Display {name}")
    link = {"secret_hash": f"secret-hash-{name}", "created_ip_address": f"ip-{name}"}
    album = make_album(f"Album of {name}")
    order = Order(
        checkout_key=f"checkout-key-{name}",
        browser_hash=f"hash-of-a-guest-{name}",
        account_id=account_id,
        email=email,
        series="live",
        currency="EUR",
        total_cents=900,
        ip_address=f"ip-{name}",
        lines=[OrderLine(album=album, title=f"Album of {name}", artist_name=f"Artist of {name}", amount_cents=900)],
    )
    with db_sessions.begin() as dbsession:
        album.maintainers = [dbsession.get_one(Account, account_id)]
        dbsession.add_all(
            [
                album,
                order,
                make_link(PurchaseLink, email=email, **link),
                BrowserAccess(browser_hash=f"browser-hash-{name}", email=email),
                Profile(account_id=account_id, location=f"Town of {name}", about=f"Ünï\n{name}"),
                AccountSession(account_id=account_id, token_hash=f"token-hash-{name}", ip_address=f"ip-{name}"),
                KnownBrowser(account_id=account_id, token_hash=f"browser-hash-{name}"),
                make_link(PasswordReset, account_id=account_id, **link),
                make_link(PendingEmailChange, account_id=account_id, new_email=f"new-{email}", **link),
                make_link(
                    PendingRegistration,
                    email=email,
                    display_name=name,
                    password_hash=f"pending-hash-{name}",
                    receipt_hash=f"receipt-hash-{name}",
                    **link,
                ),
                ResetRequest(email=email, ip_address=f"ip-{name}"),
                PendingDeletion(account_id=account_id, due_date=NOON),
                OutgoingMail(kind="a kind", recipient=email, subject=f"To {name}", text_body=f"body-{name}"),
                AuditEntry(action="act", actor="Ada", ip_address="ip-of-ada", target_id=account_id, target=email),
                AuditEntry(action="act", actor_id=account_id, actor=email, ip_address=f"ip-{name}", target="carol"),
                AddressBlock(network=f"network-{name}", until_date=NOON, blocked_by=email),
            ]
        )
        dbsession.flush()
        [line] = order.lines
        dbsession.add(Withdrawal(order_id=order.id, name=f"Name of {name}", email=email))
        dbsession.add(Purchase(line=line, album_id=line.album_id, owner_key=account_key(account_id)))
        in_cart = {"amount_cents": 900, "currency": "EUR"}
        track, other = make_track(f"Track of {name}"), make_album(f"Other of {name}")
        album.tracks = [track]
        dbsession.add(other)
        dbsession.flush()
        items = [CartItem(album_id=other.id, **in_cart), CartItem(track_id=track.id, **in_cart)]
        dbsession.add(Cart(account_id=account_id, items=items))
        payment = Payment(order=order, gateway="local", parameters="{}")
        dbsession.add(OrderProblem(order=order, kind="differs", is_open=False, done_date=NOON, done_by=email))
        dbsession.add(Refund(payment=payment, amount_cents=1, currency="EUR", requested_by=email))
    return account_id


@pytest.fixture
def alice(db_sessions):
    """The account id of Alice, in a store with other complete accounts."""
    return [add_all_about(db_sessions, name) for name in ("bob", "alice", "mallory")][1]


@pytest.fixture
def read(db_sessions):
    """Returns the text and the file name of an account's export."""

    def read(account_id: str, store_name: str = "Test Records") -> tuple[str, str]:
        with db_sessions.read() as dbsession:
            export = ExportService(dbsession, EXPORT_PARTS, store_name).export(account_id)
        return export.content.decode("utf-8"), export.name

    return read


def test_the_export_holds_every_row_of_the_account_and_no_other_rows(alice, read):
    text, _ = read(alice)
    found = json.loads(text)
    rows = {name: rows for name, rows in found.items() if isinstance(rows, list)}
    assert {name: len(rows[name]) for name in rows} == {part.name: 1 for part in EXPORT_PARTS}
    assert [(part.name, list(rows[part.name][0])) for part in EXPORT_PARTS] == [
        (part.name, list(part.columns)) for part in EXPORT_PARTS
    ]
    assert rows["account"][0]["email_address"] == "alice@example.org"
    assert rows["profile"][0] | {"first_saved": ""} == {
        "first_saved": "",
        "location": "Town of alice",
        "about": "Ünï\nalice",
    }
    assert rows["roles"][0]["role"] == "user"
    assert rows["albums_looked_after"][0]["album"] == "Album of alice"
    assert rows["mails"][0]["subject"] == "To alice"
    assert rows["deletion"][0]["due"] == "2026-03-31T12:00:00+00:00"
    assert "bob" not in text
    assert "mallory" not in text


def test_the_export_holds_no_hashes_secrets_links_or_other_peoples_addresses(alice, read, db_sessions):
    text, _ = read(alice)
    for withheld in ("hash-", "body-", "ip-of-ada", "Ada", "carol", "network-"):
        assert withheld not in text
    opening = next(columns for reason, columns in WITHHELD.items() if "open something" in reason)
    with db_sessions.read() as dbsession:
        secrets = {value for column in opening for value in dbsession.scalars(select(column))}
    assert len(secrets) > 20
    assert not [secret for secret in secrets if secret and secret in text]


def test_the_export_is_readable_and_named_after_the_store_and_the_day(alice, read, clock):
    text, name = read(alice, "Salt & <Pepper>")
    assert name == "salt-pepper-2026-03-31.json"
    assert text.startswith(
        '{\n  "store": "Salt & <Pepper>",\n  "written": "2026-03-31T12:00:00+00:00",\n  "account": [\n    {'
    )
    assert '"about": "Ünï\\nalice"' in text
    assert json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n" == text
    dates = re.findall(r'"(\d{4}-\d\d-\d\d[^"]*)"', text)
    assert all(datetime.fromisoformat(date).tzinfo == UTC for date in dates)


def test_a_store_name_without_letters_still_gives_a_file_name(alice, read):
    _, name = read(alice, "✦ !")
    assert re.fullmatch(r"store-\d{4}-\d\d-\d\d\.json", name)


def test_the_export_of_a_deleted_account_is_empty(alice, read):
    found = json.loads(read("0" * 32)[0])
    assert [found[part.name] for part in EXPORT_PARTS] == [[]] * len(EXPORT_PARTS)


def test_an_export_is_logged_in_one_line(alice, read, caplog):
    caplog.set_level(logging.INFO)
    read(alice)
    assert [record.getMessage() for record in caplog.records] == [f"event=account-exported account={alice}"]


@pytest.mark.parametrize(("limit", "shown", "has_more"), [(2, [3, 2], True), (3, [3, 2, 1], False)])
def test_the_export_page_shows_the_newest_rows_up_to_the_limit(db_sessions, limit, shown, has_more):
    account_id = add_all_about(db_sessions, "alice")
    with db_sessions.begin() as dbsession:
        dbsession.execute(delete(AuditEntry))
        for number in (1, 2, 3):
            entry = AuditEntry(action="act", actor="Ada", target_id=account_id, target="alice", details=str(number))
            entry.created_date = NOON + timedelta(days=number)
            dbsession.add(entry)
    with db_sessions.read() as dbsession:
        sections = ExportService(dbsession, EXPORT_PARTS, "Test Records").sections(account_id, limit)
    assert [(section.name, section.columns) for section in sections] == [
        (part.name, tuple(part.columns)) for part in EXPORT_PARTS
    ]
    [section] = [section for section in sections if section.name == "what_the_store_did_to_the_account"]
    assert [int(details) for _, _, details in section.rows] == shown
    assert section.has_more is has_more
