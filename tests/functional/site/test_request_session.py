"""The view decides whether a request may write, whatever the method."""

import re
from collections.abc import Callable

import pytest
from pyramid.config import Configurator
from pyramid.request import Request
from pyramid.response import Response

from album_store.data.language import Language
from tests.support.checkout import CHECKOUT
from tests.support.shared_store import store_in
from tests.support.store_driver import StoreDriver
from tests.support.whole_site import GETS_THAT_WRITE


@pytest.fixture
def add_view(make_store):
    """A function that adds a page at /tests to a store with its own application, and returns the store."""
    store = make_store(store__currency="GBP")

    def add_view(view: Callable[[Request], Response], **options: object) -> StoreDriver:
        config = Configurator(registry=store.registry)
        config.add_route("tests", "/tests")
        config.add_view(view, route_name="tests", request_method="GET", **options)
        config.commit()
        return store

    return add_view


def write(request):
    request.dbsession.add(Language(name="Klingon"))
    return Response("ok")


def languages(store):
    return [language.name for language in store.rows(Language, Language.name == "Klingon")]


@pytest.mark.every_database
def test_a_get_that_writes_is_committed(add_view):
    store = add_view(write, writes=True)
    store.browser().get("/tests", status=200)
    assert languages(store) == ["Klingon"]


@pytest.mark.every_database
def test_a_view_without_writes_true_cannot_write(add_view):
    store = add_view(write)
    store.browser().get("/tests", status=500)
    assert languages(store) == []


def test_reading_does_not_begin_a_write_transaction(add_view):
    def look_up(request: Request) -> Response:
        with request.reading() as reading:
            assert reading.get(Language, "English")
            assert reading is not request.dbsession
            assert not request.dbsession.in_transaction()
        request.dbsession.add(Language(name="Klingon"))
        request.dbsession.flush()
        with request.reading() as reading:
            assert reading is request.dbsession
        return Response("ok")

    store = add_view(look_up, writes=True)
    store.browser().get("/tests", status=200)
    assert languages(store) == ["Klingon"]


def test_a_request_that_only_reads_has_one_session(add_view):
    def look_up(request: Request) -> Response:
        with request.reading() as reading:
            assert reading is request.dbsession
        return Response("ok")

    add_view(look_up).browser().get("/tests", status=200)


def test_the_connection_watch_reports_a_second_connection(make_store, tmp_path):
    def hold_two(request: Request) -> Response:
        request.dbsession.get(Language, "English")
        with request.registry.db_sessions.read() as other:
            other.get(Language, "English")
        return Response("ok")

    def visit() -> None:
        with store_in(tmp_path) as store:
            config = Configurator(registry=store.registry)
            config.add_route("tests", "/tests")
            config.add_view(hold_two, route_name="tests", request_method="GET")
            config.commit()
            store.browser().get("/tests", status=200)

    with pytest.raises(AssertionError, match="A request held 2 connections at once"):
        visit()


def test_only_post_views_write():
    written = "".join(file.read_text("utf-8") for file in (CHECKOUT / "album_store" / "controllers").glob("*.py"))
    views = re.findall(r"@view_config\((.*?)\)\n +(?=@|def )", written, re.DOTALL)
    assert len(views) > 50
    for view in views:
        # A typed address comes in a POST to stay out of logs, and the view only shows it.
        is_form = 'request_method="POST"' in view and 'request_param="prefill"' not in view
        may_write = is_form or any(f'route_name="{name}"' in view for name in GETS_THAT_WRITE)
        assert ("writes=True" in view) == may_write, view
