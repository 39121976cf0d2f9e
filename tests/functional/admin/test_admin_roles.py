"""The admin role: granted after reauthentication, revoked at once, and never revoked from the last admin."""

import pytest

from album_store.data.account import Account
from album_store.data.audit_entry import AuditEntry
from album_store.data.role import AccountRole
from tests.support.factories import PASSWORD, add_account
from tests.support.in_between import in_between
from tests.support.store_driver import form_at, together

ADMINS = ("ada@example.org", "bea@example.org")


@pytest.fixture
def bea(store):
    """The id of the account of Bea, another admin."""
    password_hash = store.registry.password_hasher.hash(PASSWORD)
    return add_account(store.db_sessions, password_hash, "bea@example.org", roles=("admin", "user"))


def role_form(browser, account_id, password=PASSWORD):
    """The form that grants or revokes the admin role, filled in."""
    path = f"/admin/accounts/{account_id}"
    form = form_at(browser.get(path), f"{path}/role")
    form["current_password"] = password
    return form


def admin_form(browser, account_id, action):
    """Another form on the admin page of an account."""
    path = f"/admin/accounts/{account_id}"
    return form_at(browser.get(path), f"{path}/{action}")


def admins(store):
    with store.db_sessions.read() as dbsession:
        held = Account.roles.any(name="admin")
        return {account.email for account in dbsession.query(Account).filter(held, Account.disabled.is_(False))}


def take_role(store, account_id):
    with store.db_sessions.begin() as dbsession:
        dbsession.execute(AccountRole.delete().where(AccountRole.c.account_id == account_id))


def submit_together(forms):
    return together(*[lambda form=form: form.submit(expect_errors=True) for form in forms])


def is_refused(answer):
    """Whether an admin form was refused: its sender was signed out, is no longer an admin, or is the last one."""
    if answer.status_int == 303:
        return answer.location.startswith("http://localhost/account/signin")
    return answer.status_int in {400, 403}


def actions(store):
    return [(entry.action, entry.actor, entry.target, entry.details) for entry in store.rows(AuditEntry)]


def test_a_new_admin_sees_the_admin_pages_at_once(store, alice, ada_at):
    alice_at = store.signed_in()
    alice_at.get("/admin", status=403)
    assert "This account is now an admin." in role_form(ada_at, alice).submit().follow()
    alice_at.get("/admin", status=200)
    assert admins(store) == {"ada@example.org", "alice@example.org"}
    assert actions(store) == [("role-granted", "ada@example.org", "alice@example.org", "admin")]


def test_a_demoted_admin_is_refused_at_once(store, bea, ada_at):
    bea_at = store.signed_in("bea@example.org")
    bea_at.get("/admin", status=200)
    assert "This account is no longer an admin." in role_form(ada_at, bea).submit().follow()
    bea_at.get("/admin", status=403)
    bea_at.get("/account", status=200)
    assert actions(store) == [("role-taken", "ada@example.org", "bea@example.org", "admin")]


def test_a_disabled_admin_is_signed_out_at_once(store, bea, ada_at):
    bea_at = store.signed_in("bea@example.org")
    admin_form(ada_at, bea, "disable").submit(status=303)
    assert bea_at.get("/admin", status=303).location.startswith("http://localhost/account/signin")


@pytest.mark.parametrize("password", ["", "wrong", "bob has another one"])
def test_a_role_change_needs_the_current_password_of_the_admin(store, bob, ada_at, password):
    page = role_form(ada_at, bob, password).submit(status=400)
    assert page.html.select_one("#role-current_password")["aria-invalid"] == "true"
    assert page.html.select_one("#role-current_password")["value"] == ""
    assert admins(store) == {"ada@example.org"}
    assert actions(store) == []


@pytest.mark.parametrize("change", ["", "owner", "GRANT", None])
def test_a_tampered_role_form_is_refused(store, bob, ada_at, change):
    fields = {"csrf_token": ada_at.cookies["csrf"], "current_password": PASSWORD}
    fields |= {} if change is None else {"change": change}
    page = ada_at.post(f"/admin/accounts/{bob}/role", fields, status=400)
    assert "Reload this page and try again." in page.html.select_one('[role="alert"]').text
    assert admins(store) == {"ada@example.org"}


def test_a_repeated_role_change_is_audited_once(store, bob, ada_at):
    form = role_form(ada_at, bob)
    assert [form.submit().status_int for _ in range(2)] == [303, 303]
    form = role_form(ada_at, bob)
    assert [form.submit().status_int for _ in range(2)] == [303, 303]
    assert [action for action, *_ in actions(store)] == ["role-granted", "role-taken"]


@pytest.mark.every_database
def test_the_last_admin_cannot_be_demoted(store, ada, ada_at):
    page = role_form(ada_at, ada).submit(status=400)
    assert "This is the only admin who can sign in." in page.html.select_one('[role="alert"]').text
    assert admins(store) == {"ada@example.org"}
    assert actions(store) == []


def test_the_last_admin_cannot_be_disabled(store, ada, ada_at):
    page = admin_form(ada_at, ada, "disable").submit(status=400)
    assert "This is the only admin who can sign in." in page.html.select_one('[role="alert"]').text
    ada_at.get("/admin", status=200)
    assert actions(store) == []


@pytest.mark.parametrize("closed", [{"disabled": True}, {"confirmed": False}])
def test_an_admin_who_cannot_sign_in_does_not_count(store, ada, bea, ada_at, closed):
    store.change(Account, bea, **closed)
    role_form(ada_at, ada).submit(status=400)
    admin_form(ada_at, ada, "disable").submit(status=400)
    assert "ada@example.org" in admins(store)


def test_an_admin_who_is_not_the_last_can_step_down(store, ada, bea, ada_at):
    page = role_form(ada_at, ada).submit().follow(status=200)
    assert page.request.path == "/"
    assert "This account is no longer an admin." in page
    ada_at.get("/admin", status=403)
    assert admins(store) == {"bea@example.org"}


@pytest.mark.every_database
@pytest.mark.parametrize("action", ["role", "disable"])
@pytest.mark.parametrize("attempt", range(3))
def test_one_of_two_admins_who_remove_each_other_remains(store, ada, bea, ada_at, action, attempt):
    bea_at = store.signed_in("bea@example.org")
    fill = role_form if action == "role" else lambda browser, account_id: admin_form(browser, account_id, "disable")
    forms = fill(ada_at, bea), fill(bea_at, ada)
    answers = dict(zip(ADMINS, submit_together(forms), strict=True))
    [(_, winner, loser, _)] = actions(store)
    assert {winner, loser} == set(ADMINS)
    assert admins(store) == {winner}
    assert answers[winner].location.startswith("http://localhost/admin/accounts/")
    assert is_refused(answers[loser])


@pytest.mark.every_database
@pytest.mark.parametrize("attempt", range(3))
def test_one_of_two_admins_who_step_down_together_remains(store, ada, bea, ada_at, attempt):
    forms = role_form(ada_at, ada), role_form(store.signed_in("bea@example.org"), bea)
    answers = dict(zip(ADMINS, submit_together(forms), strict=True))
    [(action, winner, target, _)] = actions(store)
    [loser] = admins(store)
    assert (action, target) == ("role-taken", winner)
    assert {winner, loser} == set(ADMINS)
    assert answers[winner].location == "http://localhost/"
    assert answers[loser].status_int == 400


@pytest.mark.every_database
def test_an_admin_demoted_during_the_password_check_changes_nothing(store, ada, alice, bea, ada_at):
    form = role_form(ada_at, alice)
    with in_between(store.registry.password_hasher, "verify", lambda: take_role(store, ada)):
        form.submit(status=403)
    assert admins(store) == {"bea@example.org"}
    assert actions(store) == []
