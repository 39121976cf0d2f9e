"""The store shared by tests is reset for each of them, even after a failed test."""

from album_store.data.account import Account
from tests.support.factories import PASSWORD, add_account
from tests.support.store_driver import register, sign_in


def files_of(reusable_store):
    return {path for path in reusable_store.folder.rglob("*") if not path.name.startswith("store.sqlite-")}


def test_nothing_leaks_from_one_test_to_the_next(reusable_store, make_store):
    store = make_store()
    new, files = store.dump(), files_of(reusable_store)
    register(store.browser(), "carol@example.org")
    store.deliver_mail()
    add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD))
    answers = [sign_in(store.browser(), password="not the password") for _ in range(11)]
    assert answers[-1].status_int == 429
    store.registry.password_hasher.verify = None
    store.registry.media = None
    assert store.dump() != new
    assert len(files_of(reusable_store)) > len(files)

    store = reusable_store.start_over()
    assert store.dump() == new
    assert store.rows(Account) == []
    assert files_of(reusable_store) == files
    add_account(store.db_sessions, store.registry.password_hasher.hash(PASSWORD))
    assert sign_in(store.browser()).status_int == 303
