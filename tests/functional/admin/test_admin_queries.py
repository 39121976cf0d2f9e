"""The number of queries of each admin page, and their plans in a store with many rows."""

import re
from datetime import timedelta

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.address_block import AddressBlock
from album_store.data.audit_entry import AuditEntry
from album_store.data.password_reset import PasswordReset
from album_store.data.types import new_id, utc_now
from tests.support.factories import make_album, make_artist, make_link
from tests.support.page_reader import follow_pages
from tests.support.statement_log import plan_of, statements_of

# Path -> number of queries, of which one finds the session and one counts what is in the cart.
QUERIES = {
    "/admin": 6,
    "/admin/accounts": 4,
    "/admin/accounts?q=a": 4,
    "/admin/accounts/{account_id}": 8,
    "/admin/resets": 5,
    "/admin/resets?address=192.0.2.7": 5,
    "/admin/blocks": 3,
    "/admin/actions": 3,
    "/admin/albums": 4,
    "/admin/albums/salt-0": 5,
}
MANY = 1_000
HOUR = timedelta(hours=1)


def rows(account_id, count):
    """Rows of each kind, an hour apart; half of the blocks have expired, and all resets are of one account."""
    now = utc_now()
    for number in range(count):
        when = {"created_date": now - number * HOUR}
        yield Account(
            email=f"a{number}@example.org",
            display_name=f"Ann {number}",
            password_hash="x",
            sessions=[AccountSession(token_hash=new_id())],
            **when,
        )
        yield AuditEntry(action="x", actor="x", target="x", target_id=account_id if number % 9 == 0 else None, **when)
        yield AddressBlock(network=f"{number}", until_date=now + (count // 2 - number) * HOUR, blocked_by="x", **when)
        address = f"192.0.2.{number % 200}"
        yield make_album(
            f"Salt {number}", make_artist(f"Ada {number}", url=f"ada-{number}"), url=f"salt-{number}", **when
        )
        yield make_link(PasswordReset, account_id=account_id, created_ip_address=address, **when)


@pytest.mark.parametrize("count", [1, 60])
def test_an_admin_page_needs_a_constant_number_of_queries(store, alice, ada_at, count):
    store.add(*rows(alice, count))
    store.signed_in()
    counted = {}
    for path in QUERIES:
        with statements_of(store.db_sessions.engine) as statements:
            ada_at.get(path.format(account_id=alice), status=200)
        counted[path] = len(statements)
    assert counted == QUERIES


def test_no_admin_page_reads_or_sorts_a_whole_table(store, alice, ada_at):
    store.add(*rows(alice, MANY))
    assert bad_plans(store, ada_at, alice) == []
    with store.db_sessions.engine.begin() as connection:
        connection.exec_driver_sql("ANALYZE")
    assert bad_plans(store, ada_at, alice) == []  # the planner may think otherwise once it has statistics


def bad_plans(store, browser, account_id):
    """The paths and query plans that read or sort a whole table, among the first three pages of each path."""
    engine = store.db_sessions.engine
    found = []
    for path in QUERIES:
        for page in follow_pages(browser, path.format(account_id=account_id), pages_wanted=3):
            with statements_of(engine) as statements:
                browser.get(page.request.path_qs, status=200)
            plans = [plan_of(engine, statement) for statement in statements]
            found += [(path, plan) for plan in plans if reads_all(plan)]
    return found


def reads_all(plan):
    """Whether a plan scans a table without an index or sorts it; index scans are allowed, because they are limited."""
    scans = re.findall(r"SCAN (?!anon)\w+(.*)", plan)
    return any("INDEX ix_" not in how for how in scans) or bool(scans and re.search("FOR (ORDER|GROUP) BY", plan))


def test_new_accounts_are_counted_with_a_covering_index(store, ada_at):
    with statements_of(store.db_sessions.engine) as statements:
        ada_at.get("/admin")
    [plan] = [plan_of(store.db_sessions.engine, one) for one in statements if "GROUP BY" in one[0]]
    assert plan.startswith("SEARCH Account USING COVERING INDEX ix_Account_created_date (created_date>?)")
    assert "SCAN" not in plan


def test_blocked_networks_are_looked_up_by_index(store, testapp):
    with statements_of(store.db_sessions.engine) as statements:
        testapp.post("/account/signout", status=400)
    [plan] = [plan_of(store.db_sessions.engine, one) for one in statements if "AddressBlock" in one[0]]
    assert plan == "SEARCH AddressBlock USING INDEX ix_AddressBlock_network (network=?)"
    with statements_of(store.db_sessions.engine) as statements:
        testapp.get("/account/signin")
    assert statements == []
