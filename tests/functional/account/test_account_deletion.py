"""Deleting an account: requested with a password, cancelled within seven days, or carried out."""

from datetime import timedelta

import pytest

from album_store.data.account import Account
from album_store.data.account_session import AccountSession
from album_store.data.audit_entry import AuditEntry
from album_store.data.outgoing_mail import OutgoingMail
from album_store.data.pending_deletion import PendingDeletion
from album_store.data.types import utc_now
from album_store.infrastructure.wording import Wording
from album_store.worker import daily_tasks
from tests.support.factories import PASSWORD, add_account
from tests.support.in_between import right_before_the_write
from tests.support.store_driver import ask_for_reset, form_at, register, set_new_password, sign_in, together

SEVEN_DAYS = timedelta(days=7)


def ask(browser, password=PASSWORD):
    form = form_at(browser.get("/account"), "/account/delete")
    form["current_password"] = password
    return form.submit(expect_errors=True)


def purge(store):
    return daily_tasks.purge(store.registry)


@pytest.fixture
def alice_at(store, alice, bob):
    """Alice's browser, signed in."""
    return store.signed_in()


@pytest.fixture
def time_passes(store, alice):
    """A function that ends the seven days before deletion."""
    return lambda: store.change(PendingDeletion, alice, due_date=utc_now() - timedelta(seconds=1))


def test_deletion_is_announced_on_the_page_and_by_email(store, alice, alice_at):
    page = ask(alice_at).follow()
    assert "Your account will be deleted in seven days." in page.html.select_one(".flash-message").text
    [pending] = store.rows(PendingDeletion)
    assert pending.account_id == alice
    assert abs(pending.due_date - utc_now() - SEVEN_DAYS) < timedelta(minutes=1)
    assert f"{pending.due_date:%Y}" in page.html.select_one('section[aria-labelledby="deletion"] strong').text
    assert not page.html.select('form[action="/account/delete"]')
    [mail] = store.mails("alice@example.org")
    assert mail.kind == "deletion-asked"
    due = Wording(store.registry.store_settings.locale, store.registry.store_settings.timezone).moment(pending.due_date)
    assert f"We will delete it on {' '.join(due.split())}, or up to a day later." in " ".join(mail.text_body.split())
    assert store.link_in(mail) == "/account"
    assert sign_in(store.browser()).status_int == 303
    purge(store)
    assert len(store.rows(Account)) == 2


@pytest.mark.parametrize(
    ("password", "reason"), [("wrong", "This is not your current password."), ("", "Enter your current password.")]
)
def test_deletion_needs_the_current_password(store, alice_at, password, reason):
    page = ask(alice_at, password)
    assert page.status_int == 400
    assert page.html.select_one("#deletion-current_password-error").text == reason
    assert store.rows(PendingDeletion) == store.mails() == []


def test_asking_twice_leaves_the_deletion_date_unchanged(store, alice_at):
    form = form_at(alice_at.get("/account"), "/account/delete")
    ask(alice_at)
    [before] = store.rows(PendingDeletion)
    form["current_password"] = PASSWORD
    form.submit(status=303)
    [after] = store.rows(PendingDeletion)
    assert after.due_date == before.due_date
    assert [mail.kind for mail in store.mails()] == ["deletion-asked"]


@pytest.mark.every_database
def test_two_simultaneous_deletion_requests_count_once(store, alice_at):
    forms = [form_at(alice_at.get("/account"), "/account/delete") for _ in range(2)]
    for form in forms:
        form["current_password"] = PASSWORD
    answers = together(*[form.submit for form in forms])
    assert [answer.status_int for answer in answers] == [303, 303]
    assert len(store.rows(PendingDeletion)) == len(store.mails()) == 1


def test_the_account_can_be_kept_without_a_password(store, alice_at, time_passes):
    ask(alice_at)
    time_passes()
    page = form_at(alice_at.get("/account"), "/account/keep").submit().follow()
    assert page.html.select_one(".flash-message").text == "Your account will not be deleted."
    assert form_at(page, "/account/delete")
    purge(store)
    assert len(store.rows(Account)) == 2
    assert store.rows(PendingDeletion) == []


def test_each_sign_in_before_a_deletion_shows_one_warning(store, alice_at):
    ask(alice_at)
    browser, words = store.browser(), "Your account is scheduled for deletion"
    assert words in sign_in(browser).follow().html.select_one(".flash-message").text
    assert words not in browser.get("/")
    assert words not in sign_in(store.browser(), "bob@example.org", "bob has another one").follow()
    assert words not in sign_in(store.browser(), password="wrong")
    form_at(alice_at.get("/account"), "/account/keep").submit(status=303)
    assert words not in sign_in(store.browser()).follow()


def test_keeping_an_account_without_a_pending_deletion_changes_nothing(store, alice_at):
    ask(store.signed_in("bob@example.org", "bob has another one"), "bob has another one")
    token = form_at(alice_at.get("/account"), "/account/delete")["csrf_token"].value
    alice_at.post("/account/keep", {"csrf_token": token}, status=303)
    assert len(store.rows(PendingDeletion)) == 1


def test_a_customer_cannot_delete_another_account(store, alice, bob, alice_at):
    fields = dict(form_at(alice_at.get("/account"), "/account/delete").submit_fields())
    fields |= {"current_password": PASSWORD, "account_id": bob, "id": bob, "due_date": "2020-01-01"}
    alice_at.post("/account/delete", fields, status=303)
    [pending] = store.rows(PendingDeletion)
    assert pending.account_id == alice
    assert pending.due_date > utc_now()


@pytest.mark.every_database
def test_only_a_final_email_and_audit_rows_remain_after_deletion(store, alice, alice_at, time_passes):
    store.add(AuditEntry(action="role-granted", actor="make-admin", target_id=alice, target="alice@example.org"))
    ask(alice_at)
    ask_for_reset(store.browser())
    reset_link = store.mailed_link(kind="reset-password")
    store.browser().get(reset_link).follow(status=200)
    time_passes()
    purge(store)
    assert [account.email for account in store.rows(Account)] == ["bob@example.org"]
    assert [mail.kind for mail in store.mails()] == ["account-deleted"]
    assert alice not in store.dump()
    assert store.dump().count("alice@example.org") == 2
    assert store.rows(AuditEntry)[0].target == "alice@example.org"

    assert "/account/signin" in alice_at.get("/account", status=303).location
    assert sign_in(store.browser()).status_int == 400
    store.browser().get(reset_link).follow(status=404)
    assert ask_for_reset(store.browser()).status_int == 303
    assert len(store.mails()) == 1
    register(store.browser(), "alice@example.org")
    assert store.mails()[-1].kind == "confirm-registration"


def test_an_open_reset_form_is_refused_after_the_account_is_deleted(store, alice_at, time_passes):
    browser = store.browser()
    ask_for_reset(browser)
    browser.get(store.mailed_link()).follow()
    form = form_at(browser.get("/account/reset_password"), "/account/reset_password")
    ask(alice_at)
    time_passes()
    purge(store)
    form["password"] = form["confirm_password"] = "seventeen grey herons"
    assert form.submit(expect_errors=True).status_int == 404
    assert [account.email for account in store.rows(Account)] == ["bob@example.org"]


def test_an_email_change_cannot_be_confirmed_after_the_account_is_deleted(store, alice_at, time_passes):
    form = form_at(alice_at.get("/account"), "/account/email")
    form["email"], form["current_password"] = "alice@example.net", PASSWORD
    form.submit(status=303)
    ask(alice_at)
    time_passes()
    purge(store)
    store.browser().get(store.mailed_link("alice@example.net"), status=404)


@pytest.mark.every_database
@pytest.mark.parametrize("action", ["/account/profile", "/account/delete", "/account/password", "/account/email"])
def test_a_form_is_refused_if_the_account_is_deleted_before_the_write(store, alice, alice_at, action):
    """The session is looked up first; the write transaction checks again and finds it gone."""
    form = form_at(alice_at.get("/account"), action)
    for name in ("current_password", "password", "confirm_password"):
        if name in form.fields:
            form[name] = PASSWORD if name == "current_password" else "seventeen grey herons"
    if "email" in form.fields:
        form["email"] = "alice@example.net"
    store.add(PendingDeletion(account_id=alice, due_date=utc_now() - timedelta(seconds=1)))
    with right_before_the_write(store, lambda: purge(store)):
        assert form.submit(expect_errors=True).status_int == 403
    assert [account.email for account in store.rows(Account)] == ["bob@example.org"]
    assert [mail.kind for mail in store.mails()] == ["account-deleted"]


def test_keeping_an_account_that_has_just_been_deleted_is_refused(store, alice_at, time_passes):
    ask(alice_at)
    time_passes()
    form = form_at(alice_at.get("/account"), "/account/keep")
    with right_before_the_write(store, lambda: purge(store)):
        assert form.submit(expect_errors=True).status_int == 403
    assert len(store.rows(Account)) == 1


@pytest.mark.every_database
def test_simultaneous_purges_delete_each_account_once(store, alice, alice_at):
    for number in range(5):
        account_id = add_account(store.db_sessions, "a hash", f"fan{number}@example.org")
        store.add(PendingDeletion(account_id=account_id, due_date=utc_now()))
    purges = together(*[lambda: purge(store)] * 3)
    assert sum(one.count for purged in purges for one in purged if one.table == "Account") == 5
    assert sorted(mail.recipient for mail in store.mails()) == [f"fan{number}@example.org" for number in range(5)]


@pytest.mark.parametrize("others", [{}, {"disabled": True}, {"confirmed": False}])
def test_the_only_admin_who_can_sign_in_cannot_delete_their_account(store, alice, others):
    add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD), "ada@example.org", roles=("admin",))
    if others:
        eve = add_account(store.db_sessions, "a hash", "eve@example.org", roles=("admin",))
        store.change(Account, eve, **others)
    page = ask(store.signed_in("ada@example.org"))
    assert page.status_int == 400
    assert "Give another account the admin role first." in page.html.select_one("#deletion-current_password-error").text
    assert store.rows(PendingDeletion) == store.mails() == []


def test_an_admin_can_delete_their_account_if_another_admin_remains(store, alice):
    for name in ("ada", "grace"):
        add_account(
            store.db_sessions, store.registry.password_hasher.hash(PASSWORD), f"{name}@example.org", roles=("admin",)
        )
    assert ask(store.signed_in("ada@example.org")).status_int == 303
    assert len(store.rows(PendingDeletion)) == 1


def test_a_customer_can_stop_a_deletion_started_by_an_intruder(store, alice_at):
    ask(alice_at)
    owner = store.browser()
    ask_for_reset(owner)
    owner.get(store.mailed_link(kind="reset-password")).follow()
    set_new_password(owner, "seventeen grey herons")
    assert sign_in(owner, password="seventeen grey herons").status_int == 303
    form_at(owner.get("/account"), "/account/keep").submit(status=303)
    assert store.rows(PendingDeletion) == []
    assert len(store.rows(AccountSession)) == 1
    alice_at.get("/account", status=303)


def test_each_step_is_logged_without_the_email_address(store, alice, alice_at, time_passes, caplog):
    caplog.set_level("INFO", "album_store")
    ask(alice_at)
    form_at(alice_at.get("/account"), "/account/keep").submit()
    ask(alice_at)
    time_passes()
    purge(store)
    lines = [record.getMessage() for record in caplog.records]
    steps = [line.split(" due=")[0] for line in lines if "deletion" in line or "deleted" in line]
    assert steps == [
        f"event=deletion-asked account={alice}",
        f"event=deletion-withdrawn account={alice}",
        f"event=deletion-asked account={alice}",
        f"event=account-deleted account={alice}",
    ]
    assert "alice@example.org" not in caplog.text
    assert store.rows(OutgoingMail)[0].kind == "account-deleted"
