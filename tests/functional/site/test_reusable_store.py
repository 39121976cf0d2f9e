"""The store shared by tests is reset for each of them, even after a failed test."""

from pyramid.config import Configurator

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


def test_changed_settings_get_the_same_application_in_each_test_and_another_in_one_test(reusable_store, make_store):
    first, second = make_store(store__name="Blue Records"), make_store(store__name="Blue Records")
    assert first.registry is not second.registry
    register(second.browser(), "carol@example.org")
    second.registry.media = None

    reusable_store.start_over()
    again = reusable_store.with_settings({"store.name": "Blue Records"})
    assert again.registry is second.registry
    assert again.registry.media is not None
    assert again.rows(Account) == []
    assert again.browser().get("/").html.title.text.endswith("Blue Records")
    assert reusable_store.with_settings({"store.name": "Red Records"}).registry is not second.registry


def test_an_application_with_a_new_page_is_not_used_again(reusable_store):
    store = reusable_store.with_settings({"store.name": "Blue Records"})
    config = Configurator(registry=store.registry)
    config.add_route("tests", "/tests")
    config.commit()
    reusable_store.start_over()
    assert reusable_store.with_settings({"store.name": "Blue Records"}).registry is not store.registry
