"""What the garbage collector passes over."""

import gc
from types import SimpleNamespace

import pytest
from pyramid.config import Configurator


@pytest.fixture(autouse=True)
def thaw():
    yield
    gc.unfreeze()


@pytest.mark.parametrize(("environment", "is_kept"), [("production", True), ("development", False)])
def test_only_in_production_an_application_is_kept_for_good(environment, is_kept):
    config = Configurator()
    config.registry.store_settings = SimpleNamespace(environment=environment)
    config.include("album_store.infrastructure.garbage")
    before = gc.get_freeze_count()
    config.make_wsgi_app()
    assert (gc.get_freeze_count() > before) == is_kept
