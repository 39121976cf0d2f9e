"""The base of every view model that holds a form."""

from typing import Any, ClassVar

from pyramid.request import Request
from webob.multidict import MultiDict
from wtforms import Form


class FormViewModel:
    """Reads a form from the body of a request, and says why it is wrong.

    WTForms parses and validates; the templates get plain values and `errors` (field -> sentence).
    """

    form_class: ClassVar[type[Form]]

    def __init__(self, request: Request, *, email: str = "") -> None:
        """`email` is the address of the account, where the form does not ask for one."""
        self.errors: dict[str, str] = {}
        # A file where a text belongs counts as left out.
        texts = MultiDict((name, value) for name, value in request.POST.items() if isinstance(value, str))
        self.form = self.form_class(texts, meta={"store_name": request.store_settings.store_name, "email": email})

    def validate(self) -> bool:
        """Fill `errors`; true if there are none."""
        self.form.validate()
        self.errors = {name: messages[0] for name, messages in self.form.errors.items()}
        return not self.errors

    def value(self, name: str) -> Any:
        """The tidied value of a field."""
        return self.form[name].data

    def to_dict(self) -> dict[str, Any]:
        """What the template shows; never a password."""
        return {"errors": self.errors}
