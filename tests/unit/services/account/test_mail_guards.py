"""Forms that send email to one address at once keep to its limit."""

import pytest
from sqlalchemy import select

from album_store.data.outgoing_mail import OutgoingMail
from album_store.infrastructure.security.client import Client
from tests.support.factories import PASSWORD, add_account
from tests.support.overlap import overlap

pytestmark = pytest.mark.every_database

EMAIL = "alice@example.org"
CLIENT = Client("192.0.2.7")


def register(request):
    request.registration_service.register(EMAIL, PASSWORD, "", CLIENT)


def ask_for_reset(request):
    request.password_reset_service.create_reset_code(EMAIL, CLIENT)


def change_to_it(account_id):
    return lambda request: request.email_change_service.ask(account_id, EMAIL, CLIENT)


@pytest.mark.parametrize("form", ["registration", "reset", "email change"])
def test_the_last_email_before_the_limit_is_sent_once(registry, form):
    kind = "reset-password" if form == "reset" else "confirm-registration"
    with registry.db_sessions.begin() as dbsession:
        dbsession.add_all(OutgoingMail(kind=kind, recipient=EMAIL, subject="Hello") for _ in range(2))
    if form == "reset":
        add_account(registry.db_sessions, "x")
        works = [ask_for_reset] * 2
    elif form == "registration":
        works = [register] * 2
    else:
        works = [change_to_it(add_account(registry.db_sessions, "x", f"{name}@example.net")) for name in "ab"]
    overlap(registry, *works)
    with registry.db_sessions.read() as dbsession:
        assert len(dbsession.scalars(select(OutgoingMail).where(OutgoingMail.recipient == EMAIL)).all()) == 3
