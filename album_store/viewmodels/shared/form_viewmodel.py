"""The base class of all forms."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pyramid.request import Request
from webob.multidict import MultiDict
from wtforms import Field, Form, HiddenField, PasswordField, StringField, TextAreaField
from wtforms.meta import DefaultMeta
from wtforms.validators import Length, StopValidation

from album_store.infrastructure.security.password_hasher import MAX_BYTES

# Maximum length of a raw value, far above what a visitor types. The limit of the field itself is lower and applies
# after its filters.
MAX_LINE_CHARACTERS = 1_000
MAX_TEXT_CHARACTERS = 10_000
MAX_HIDDEN_CHARACTERS = 2_000


class FormViewModel(Form):
    """A WTForms form that takes its values from `request.POST`, the first of each name.

    A subclass declares the fields, and extends `to_dict` with the other values of its template. The constructor never
    raises, whatever was sent. Filters and validators never get a value above the maximum length: a longer text is
    refused and shown again as typed, a hidden value counts as missing, and a password is cut to a length that is still
    refused. No value but a password contains NUL, which PostgreSQL does not compare or store: it becomes U+FFFD, and a
    hidden value with NUL counts as missing.
    """

    class Meta(DefaultMeta):
        """Bounds all text fields; their default is an empty string, so that filters and validators never get None."""

        def bind_field(self, form: Form, unbound_field: Any, options: dict[str, Any]) -> Field:
            """Bind a field to a form."""
            kind, declared = unbound_field.field_class, unbound_field.kwargs
            if issubclass(kind, StringField):
                bounded = _bounded(kind, declared.get("filters", ()), declared.get("validators", ()))
                options = {"default": "", **declared, **options, **bounded}
            return super().bind_field(form, unbound_field, options)

    def __init__(self, request: Request, data: Mapping[str, str] | None = None) -> None:
        """Read the request; `data` (field -> value) fills fields that were not sent."""
        self.request = request
        # An uploaded file counts as missing.
        texts = MultiDict((name, value) for name, value in request.POST.items() if isinstance(value, str))
        super().__init__(texts, data=data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields and clear earlier errors."""
        self.form_errors = []
        return super().validate(extra_validators)

    @property
    def errors(self) -> dict[str, str]:
        """Field -> sentence, set by `validate` and `refuse`; an empty name stands for the form as a whole."""
        found = {name: field.errors[0] for name, field in self._fields.items() if field.errors}
        return {"": self.form_errors[0], **found} if self.form_errors else found

    def refuse(self, name: str, sentence: str) -> None:
        """Set the error of a field, for errors that only a service can find."""
        self[name].errors = [sentence]

    def refuse_form(self, sentence: str) -> None:
        """Set an error that belongs to no field; the page shows it in the error summary alone."""
        self.form_errors = [sentence]

    def to_dict(self) -> dict[str, Any]:
        """`errors`, and the value of each field except passwords."""
        typed = {name: field.data for name, field in self._fields.items() if not isinstance(field, PasswordField)}
        return {"errors": self.errors, **typed}


def _bounded(
    kind: type[StringField], filters: Iterable[Callable[[str], str]], validators: Iterable[Callable[..., Any]]
) -> dict[str, Any]:
    """Return the filters and validators of a text field, preceded by a check of its maximum length."""
    if issubclass(kind, PasswordField):
        return {"filters": [lambda text: text[: MAX_BYTES + 1], *filters], "validators": validators}
    if issubclass(kind, HiddenField):
        drop = [lambda text: text if len(text) <= MAX_HIDDEN_CHARACTERS and "\0" not in text else ""]
        return {"filters": [*drop, *filters], "validators": validators}
    longest = MAX_TEXT_CHARACTERS if issubclass(kind, TextAreaField) else MAX_LINE_CHARACTERS
    refusal = next((rule.message for rule in validators if isinstance(rule, Length)), None)

    def tidy(text: str) -> str:
        if len(text) <= longest:
            for filter_ in filters:
                text = filter_(text)
        return text.replace("\0", "\N{REPLACEMENT CHARACTER}")

    def check_length(_form: Form, field: Field) -> None:
        if len(field.data) > longest:
            raise StopValidation(refusal or f"Use at most {longest:,} characters.")

    return {"filters": [tidy], "validators": [check_length, *validators]}
