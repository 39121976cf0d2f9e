"""Requests that send a form, for tests of view models."""

from types import SimpleNamespace
from typing import Any

from pyramid.testing import DummyRequest
from webob.multidict import MultiDict


def posted(*fields: tuple[str, Any], **attributes: Any) -> DummyRequest:
    """A request whose body holds these pairs of name and value; `attributes` are what the view model asks it for."""
    settings = SimpleNamespace(store_name="Test Records")
    return DummyRequest(post=MultiDict(fields), store_settings=settings, **attributes)
