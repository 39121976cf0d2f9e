"""The base class of all forms."""

from collections.abc import Mapping
from typing import Any

from pyramid.request import Request
from webob.multidict import MultiDict
from wtforms import Field, Form, PasswordField, StringField
from wtforms.meta import DefaultMeta


class FormViewModel(Form):
    """A WTForms form that takes its values from `request.POST`, the first of each name.

    A subclass declares the fields, and extends `to_dict` with the other values of its template. The constructor never
    raises, whatever was sent. Filters run over the whole value, whose size the limit of a request bounds.
    """

    class Meta(DefaultMeta):
        """Makes the default of text fields an empty string, so that filters and validators never get None."""

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Bind a field to a form."""
            if issubclass(unbound_field.field_class, StringField):
                options = {"default": "", **unbound_field.kwargs, **options}
            return super().bind_field(form, unbound_field, options)

    def __init__(self, request: Request, data: Mapping[str, str] | None = None) -> None:
        """Read the request; `data` (field -> value) fills fields that were not sent."""
        self.request = request
        # A file in place of a text counts as missing.
        texts = MultiDict((name, value) for name, value in request.POST.items() if isinstance(value, str))
        super().__init__(texts, data=data)

    @property
    def errors(self) -> dict[str, str]:
        """Field -> sentence, set by `validate` and `refuse`."""
        return {name: field.errors[0] for name, field in self._fields.items() if field.errors}

    def refuse(self, name: str, sentence: str) -> None:
        """Set the error of a field, for errors that only a service can find."""
        self[name].errors = [sentence]

    def to_dict(self) -> dict[str, Any]:
        """`errors`, and the value of each field except passwords."""
        typed = {name: field.data for name, field in self._fields.items() if not isinstance(field, PasswordField)}
        return {"errors": self.errors, **typed}
