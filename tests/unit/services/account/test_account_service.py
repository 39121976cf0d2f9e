"""The parameter sets of the password hashes in the database."""

import pytest

from album_store.bin.open_store import store_services
from album_store.infrastructure.security.password_hasher import MAX_PARAMETER_SETS
from album_store.worker.service_request import service_request
from tests.support.factories import add_account

SETS = [f"$argon2id$v=19$m={costs}$" for costs in ("19456,t=2,p=1", "19456,t=2,p=10", "8,t=1,p=1", "8,t=10,p=1")]


@pytest.fixture
def registry(settings):
    with store_services(settings) as registry:
        yield registry


def sets_in_use(registry):
    with service_request(registry) as request:
        return request.account_service.password_parameters()


def test_each_parameter_set_is_found_once_and_invalid_hashes_are_skipped(registry):
    hashes = [f"{parameters}{salt * 22}${'x' * 43}" for parameters in SETS for salt in "Az+"]
    for number, hash_ in enumerate([*hashes, "", "x", "$1$abc", "$argon2i$v=19$m=8,t=1,p=1$a$b", "$argon2id$garbled"]):
        add_account(registry.db_sessions, hash_, f"{number}@example.org")
    assert sorted(sets_in_use(registry)) == sorted(SETS)


def test_the_parameters_of_a_new_hash_are_found(registry):
    hash_ = registry.password_hasher.hash("correct horse battery staple")
    add_account(registry.db_sessions, hash_)
    [parameters] = sets_in_use(registry)
    assert hash_.startswith(parameters)
    assert parameters.endswith(",p=1$")


def test_a_store_without_accounts_has_no_parameter_sets(registry):
    assert sets_in_use(registry) == []


def test_the_number_of_parameter_sets_read_is_bounded(registry):
    for number in range(100):
        hash_ = f"$argon2id$v=19$m={number},t=1,p=1${'a' * 22}${'b' * 43}"
        add_account(registry.db_sessions, hash_, f"{number}@example.org")
    assert MAX_PARAMETER_SETS <= len(sets_in_use(registry)) <= 2 * MAX_PARAMETER_SETS
