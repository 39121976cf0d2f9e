"""Blocked networks: what still works from them, and for how long they are blocked."""

from datetime import timedelta

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.address_block import AddressBlock
from album_store.data.audit_entry import AuditEntry
from album_store.data.password_reset import PasswordReset
from tests.support.clock import NOON
from tests.support.page_reader import parse_strictly
from tests.support.store_driver import ask_for_reset, form_at, register, sign_in

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("clock")


def block(ada_at, network, hours="1"):
    """Fill in the form that blocks a network and send it."""
    form = form_at(ada_at.get("/admin/blocks"), "/admin/blocks")
    form["network"], form["hours"] = network, hours
    return form.submit(expect_errors=True)


def is_blocked(store, address):
    return sign_in(store.browser(REMOTE_ADDR=address)).status_int == 403


def blocked(store):
    """When each block ends, by network."""
    return {row.network: row.until_date for row in store.rows(AddressBlock)}


def error(page):
    assert page.status_int == 400
    return page.html.select_one(".field-error").text


@pytest.mark.parametrize(
    ("network", "stored", "inside", "outside"),
    [
        ("192.0.2.7", "192.0.2.7/32", ["192.0.2.7", "::ffff:192.0.2.7"], ["192.0.2.8"]),
        ("192.0.2.7/24", "192.0.2.0/24", ["192.0.2.0", "192.0.2.255"], ["192.0.3.0"]),
        ("2001:db8::7", "2001:db8::/64", ["2001:db8::7", "2001:db8::ffff:1"], ["2001:db8:0:1::7"]),
        ("2001:db8::7/64", "2001:db8::/64", ["2001:db8::1"], ["2001:db9::1"]),
        ("2001:db8::7/128", "2001:db8::7/128", ["2001:db8::7"], ["2001:db8::8"]),
    ],
)
def test_a_block_covers_its_network_and_no_more(store, alice, ada_at, network, stored, inside, outside):
    assert "Network blocked." in block(ada_at, network).follow()
    assert blocked(store) == {stored: NOON + HOUR}
    assert [is_blocked(store, address) for address in inside] == [True] * len(inside)
    assert [is_blocked(store, address) for address in outside] == [False] * len(outside)


def test_visitor_forms_from_a_blocked_network_are_refused(store, alice, ada_at):
    block(ada_at, "192.0.2.7")
    before = len(store.rows(AccountSession))
    visitor = store.browser()
    for answer in (sign_in(visitor), register(visitor, "carol@example.org"), ask_for_reset(visitor)):
        assert answer.status_int == 403
    visitor.post("/nothing", {}, status=404)
    assert (len(store.rows(AccountSession)), store.rows(PasswordReset), store.mails()) == (before, [], [])


def test_the_refusal_gives_the_end_of_the_block_and_a_contact(store, alice, ada_at):
    block(ada_at, "192.0.2.7", "24")
    page = sign_in(store.browser())
    parse_strictly(page.text)
    assert page.html.h1.text == "Your network is blocked"
    assert "until April 1, 2026, 12:00\N{NARROW NO-BREAK SPACE}PM UTC" in page.html.main.text
    assert "this may not be about you" in page.html.main.text
    assert page.html.main.select('a[href="mailto:store@example.org"]')


def test_pages_can_still_be_read_from_a_blocked_network(store, alice, ada_at):
    block(ada_at, "192.0.2.0/24")
    visitor = store.browser()
    for path in ("/", "/albums", "/search?q=a", "/account/signin"):
        visitor.get(path, status=200)
    visitor.head("/albums", status=200)


def test_a_block_does_not_affect_signed_in_customers(store, alice, ada_at):
    alice_at = store.signed_in()
    block(ada_at, "192.0.2.7")
    form = form_at(alice_at.get("/account"), "/account/profile")
    form["display_name"] = "Alice L."
    form.submit(status=303)
    assert {account.display_name for account in store.rows(Account)} == {"Alice L.", "Ada"}
    visitors_forms = ["signin", "register", "register_sent", "forgot_password", "reset_password"]
    token = {"csrf_token": alice_at.cookies["csrf"], "email": "bob@example.org"}
    for name in visitors_forms:  # a session does not lift the block for forms of visitors
        assert alice_at.post(f"/account/{name}", token, expect_errors=True).status_int == 403
    assert store.mails() == []
    form_at(alice_at.get("/"), "/account/signout").submit(status=303)
    assert sign_in(alice_at).status_int == 403


def test_a_block_expires(store, alice, ada_at, clock):
    block(ada_at, "192.0.2.7")
    clock.shift(HOUR - timedelta(seconds=1))
    assert is_blocked(store, "192.0.2.7")
    clock.shift(timedelta(seconds=1))
    assert not is_blocked(store, "192.0.2.7")
    assert "No networks are blocked." in ada_at.get("/admin/blocks")


def test_a_block_can_be_lifted(store, alice, ada_at):
    block(ada_at, "192.0.2.7")
    block(ada_at, "198.51.100.7")
    [kept, lifted] = sorted(store.rows(AddressBlock), key=lambda row: row.network, reverse=True)
    page = form_at(ada_at.get("/admin/blocks"), f"/admin/blocks/{lifted.id}/lift").submit().follow()
    assert "Block removed." in page
    assert list(blocked(store)) == [kept.network]
    assert not is_blocked(store, "192.0.2.7")
    ada_at.post(f"/admin/blocks/{lifted.id}/lift", {"csrf_token": ada_at.cookies["csrf"]}, status=404)


@pytest.mark.every_database
def test_blocking_again_never_shortens_a_block(store, ada_at):
    for hours, until in (("24", 24), ("1", 24), ("168", 168)):
        block(ada_at, "192.0.2.7", hours)
        assert blocked(store) == {"192.0.2.7/32": NOON + until * HOUR}
        assert max(entry.details for entry in store.rows(AuditEntry)) == (NOON + until * HOUR).isoformat()


def test_an_admin_cannot_block_their_own_network(store, ada_at):
    for network in ("203.0.113.1", "203.0.113.0/24", "203.0.113.99/24"):
        assert "This network includes your own IP address" in error(block(ada_at, network))
    assert block(ada_at, "203.0.113.2").status_int == 303
    assert list(blocked(store)) == ["203.0.113.2/32"]


@pytest.mark.parametrize(
    "network", ["", "x", "192.0.2.0/16", "192.0.2.7/33", "0.0.0.0/0", "2001:db8::/32", "::/0", "192.0.2.7/", "1" * 50,
                "192.0.2.7/24/24", "/24", "<b>"]
)  # fmt: skip
def test_an_invalid_or_oversized_network_is_refused(store, ada_at, network):
    page = block(ada_at, network)
    assert error(page).startswith("Enter an IP address such as 192.0.2.7")
    assert page.html.select_one("#block-network")["value"] == network
    assert blocked(store) == {}
    assert store.rows(AuditEntry) == []


@pytest.mark.parametrize("hours", ["", "0", "-1", "2", "99999999", "x", None])
def test_a_duration_that_the_form_does_not_offer_is_refused(store, ada_at, hours):
    fields = {"csrf_token": ada_at.cookies["csrf"], "network": "192.0.2.7"} | ({"hours": hours} if hours else {})
    assert error(ada_at.post("/admin/blocks", fields, status=400)) == "Choose how long to block the network."
    assert blocked(store) == {}


def test_the_list_shows_each_block_with_its_author_and_end(store, ada_at):
    block(ada_at, "192.0.2.7", "168")
    line = " ".join(ada_at.get("/admin/blocks").html.select_one(".records li").get_text().split())
    assert line.startswith("192.0.2.7 Until April 7, 2026, 12:00 PM UTC. Blocked by ada@example.org on March 31")


def test_every_block_is_audited(store, ada_at):
    block(ada_at, "192.0.2.7")
    [row] = store.rows(AddressBlock)
    form_at(ada_at.get("/admin/blocks"), f"/admin/blocks/{row.id}/lift").submit()
    assert [(entry.action, entry.actor, entry.target, entry.details) for entry in store.rows(AuditEntry)] == [
        ("network-blocked", "ada@example.org", "192.0.2.7/32", "2026-03-31T13:00:00+00:00"),
        ("block-lifted", "ada@example.org", "192.0.2.7/32", ""),
    ]


def test_the_action_list_shows_the_end_of_a_block_in_words(store, ada_at):
    block(ada_at, "192.0.2.7")
    words = "until 2026-03-31 13:00 UTC"  # as version 0.1.0 wrote it
    old = {"actor": "bea", "target": "192.0.2.8/32", "details": words, "created_date": NOON - HOUR}
    store.add(AuditEntry(action="network-blocked", **old))
    newer, older = ada_at.get("/admin/actions").html.select(".records li p:first-child")
    said = " ".join(newer.text.split())
    assert said == "ada@example.org blocked 192.0.2.7 until March 31, 2026, 1:00 PM UTC"
    assert newer.time["datetime"] == "2026-03-31T13:00:00+00:00"
    assert " ".join(older.text.split()) == f"bea blocked 192.0.2.8 ({words})"


def test_an_address_can_be_blocked_from_the_reset_audit(store, alice, ada_at):
    ask_for_reset(store.browser())
    page = ada_at.get("/admin/resets")
    form = next(form for form in page.forms.values() if "network" in form.fields)
    form["network"].select(text="192.0.2.0/24")
    form["hours"].select(text="7 days")
    form.submit(status=303)
    assert blocked(store) == {"192.0.2.0/24": NOON + 168 * HOUR}
