"""A browser that reads only the parts of a page that a test uses."""

import re
from functools import cached_property
from typing import Any

from bs4 import BeautifulSoup
from webtest import Form, TestApp, TestRequest, TestResponse

_FORM = re.compile(r"<form\b.*?</form>", re.DOTALL)


class UnreadForm(Form):
    """A form whose fields are read when they are used. Pages have several forms, of which a test fills in one."""

    def __init__(self, response: TestResponse, text: str, parser_features: str) -> None:
        self.response, self.text, self._parser = response, text, parser_features
        attributes = BeautifulSoup(text[: text.index(">") + 1], parser_features).form.attrs
        self.action = attributes.get("action", "")
        self.method = attributes.get("method", "GET")
        self.id = attributes.get("id")
        self.enctype = attributes.get("enctype", "application/x-www-form-urlencoded")

    @cached_property
    def html(self) -> BeautifulSoup:
        """The form as a tree."""
        return BeautifulSoup(self.text, self._parser)

    @cached_property
    def fields(self) -> dict[str, list[Any]]:
        """The fields by name."""
        self._parse_fields()
        return vars(self)["fields"]

    @cached_property
    def field_order(self) -> list[tuple[str, Any]]:
        """The fields in their order."""
        self._parse_fields()
        return vars(self)["field_order"]


class Page(TestResponse):
    """A response whose forms are found without reading the rest of the page."""

    def _parse_forms(self) -> None:
        forms = [UnreadForm(self, text, self.parser_features) for text in _FORM.findall(self.testbody)]
        self._forms_indexed = dict(enumerate(forms)) | {form.id: form for form in forms if form.id}


class PageRequest(TestRequest):
    """A request that is answered with a page."""

    ResponseClass = Page


class Browser(TestApp):
    """A browser without scripts, with its cookies."""

    RequestClass = PageRequest
