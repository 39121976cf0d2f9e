"""Which kinds of password hashes the database holds."""

import pytest

from album_store.bin.open_store import store_services
from album_store.infrastructure.security.password_hasher import MAX_PARAMETER_SETS
from album_store.worker.service_request import service_request
from tests.support.factories import add_account
from tests.support.statement_log import plan_of, statements_of

SETS = [f"$argon2id$v=19$m={costs}$" for costs in ("19456,t=2,p=1", "19456,t=2,p=10", "8,t=1,p=1", "8,t=10,p=1")]


@pytest.fixture
def registry(settings):
    with store_services(settings) as registry:
        yield registry


def sets_in_use(registry):
    with service_request(registry) as request:
        return request.account_service.password_parameters()


def test_each_parameter_set_is_found_once_and_garbled_hashes_are_not(registry):
    hashes = [f"{parameters}{end}" for parameters in SETS for end in ("AAA$x", "zzz$x", "+/+$x")]
    for number, hash_ in enumerate([*hashes, "", "x", "$1$abc", "$argon2i$v=19$m=8,t=1,p=1$a$b", "$argon2id$garbled"]):
        add_account(registry.db_sessions, hash_, f"{number}@example.org")
    assert sets_in_use(registry) == SETS


def test_a_store_without_accounts_has_none(registry):
    assert sets_in_use(registry) == []


def test_any_number_of_sets_takes_a_bounded_number_of_looks_into_the_index(registry):
    for number in range(100):
        add_account(registry.db_sessions, f"$argon2id$v=19$m={number},t=1,p=1$a$b", f"{number}@example.org")
    with statements_of(registry.db_sessions.engine) as statements:
        assert len(sets_in_use(registry)) >= MAX_PARAMETER_SETS
    assert len(statements) <= 2 * MAX_PARAMETER_SETS
    assert "USING COVERING INDEX ix_Account_password_hash" in plan_of(registry.db_sessions.engine, statements[0])
