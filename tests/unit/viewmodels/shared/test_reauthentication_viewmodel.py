"""Forms that ask for the current password again."""

from types import SimpleNamespace

import pytest

from album_store.services.account.attempt_service import TooManyAttemptsError
from album_store.viewmodels.account.change_password_viewmodel import ChangePasswordViewModel
from tests.support.posted import posted

GOOD = {"current_password": "right", "password": "kvartsuR zlomek", "confirm_password": "kvartsuR zlomek"}


class Accounts:
    """Accepts one password and counts the checks."""

    def __init__(self, trouble=None) -> None:
        self.asked = 0
        self._trouble = trouble

    def is_password_of(self, _account_id, password, _client):
        self.asked += 1
        if self._trouble:
            raise self._trouble
        return password == "right"


def sent(accounts, **changes: str):
    owner = SimpleNamespace(email="alice@example.org", account_id="1")
    request = posted(*(GOOD | changes).items(), signed_in=owner, account_service=accounts, client=None)
    form = ChangePasswordViewModel(request)
    form.validate()
    return form


def test_the_right_current_password_is_accepted():
    accounts = Accounts()
    assert sent(accounts).errors == {}
    assert accounts.asked == 1


def test_a_wrong_current_password_is_an_error_of_its_field():
    assert sent(Accounts(), current_password="Right").errors == {
        "current_password": "This is not your current password."
    }


@pytest.mark.parametrize("field", GOOD)
def test_the_password_is_not_checked_if_the_form_has_another_error(field):
    accounts = Accounts()
    assert field in sent(accounts, **{field: ""}).errors
    assert accounts.asked == 0


def test_after_too_many_wrong_passwords_the_form_says_how_long_to_wait():
    errors = sent(Accounts(TooManyAttemptsError(60))).errors
    assert errors == {"current_password": "Too many wrong passwords. Try again in 1 minute."}
