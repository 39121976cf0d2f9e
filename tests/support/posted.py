"""Requests that submit a form, for tests of view models."""

from types import SimpleNamespace
from typing import Any

from pyramid.testing import DummyRequest
from webob.multidict import MultiDict


def posted(*fields: tuple[str, Any], **attributes: Any) -> DummyRequest:
    """Return a request whose body has these (name, value) pairs. `attributes` are set on the request."""
    settings = SimpleNamespace(store_name="Test Records", locale="en", checkout_withdrawal="consent")
    return DummyRequest(post=MultiDict(fields), store_settings=settings, **attributes)
