"""The base of every form."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request
from webob.multidict import MultiDict
from wtforms import Field, Form, PasswordField, StringField
from wtforms.meta import DefaultMeta


class FormViewModel(Form):
    """A WTForms form that takes its texts from `request.POST`, the first one of each name.

    A subclass declares the fields, and adds to `to_dict` what its template needs besides them. Making the form never
    raises, whatever was sent; each field bounds its length before it does anything costly.
    """

    class Meta(DefaultMeta):
        """A text that is left out is an empty text, so that no filter or validator meets None."""

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Make the field of one form."""
            if issubclass(unbound_field.field_class, StringField):
                options = {"default": "", **unbound_field.kwargs, **options}
            return super().bind_field(form, unbound_field, options)

    def __init__(self, request: Request, data: Mapping[str, str] | None = None) -> None:
        """`data` (field -> value) stands in fields that were not sent."""
        self.request = request
        # A file where a text belongs counts as left out.
        texts = MultiDict((name, value) for name, value in request.POST.items() if isinstance(value, str))
        super().__init__(texts, data=data)

    @property
    def errors(self) -> dict[str, str]:
        """Field -> sentence: what is wrong, once `validate` or `refuse` found something."""
        return {name: field.errors[0] for name, field in self._fields.items() if field.errors}

    def refuse(self, name: str, sentence: str) -> None:
        """Say that a field is wrong, where only a service could tell."""
        self[name].errors = [sentence]

    def to_dict(self) -> dict[str, Any]:
        """`errors`, and each field as it was typed, except passwords."""
        typed = {name: field.data for name, field in self._fields.items() if not isinstance(field, PasswordField)}
        return {"errors": self.errors, **typed}
