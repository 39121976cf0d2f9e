"""The sign-in form."""

from email_validator import EmailNotValidError
from pyramid.request import Request
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired

from album_store.infrastructure.email_addresses import MAX_EMAIL_CHARACTERS, canonical_email, email_line
from album_store.viewmodels.account.next_path import safe_next_path
from album_store.viewmodels.shared.fields import at_most
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class SigninViewModel(FormViewModel):
    """Address, password, and the path to redirect to after sign-in."""

    email = StringField(
        filters=[email_line],
        validators=[InputRequired("Enter your email address."), at_most(MAX_EMAIL_CHARACTERS, "your email address")],
    )
    password = PasswordField(validators=[InputRequired("Enter your password.")])
    next = HiddenField(filters=[safe_next_path])

    def __init__(self, request: Request) -> None:
        super().__init__(request, {"next": request.GET.get("next", "")} if request.method != "POST" else None)

    @property
    def canonical_email(self) -> str:
        """The canonical form of the address; an invalid one, which no account has, is returned as typed."""
        try:
            return canonical_email(self.email.data)
        except EmailNotValidError:
            return self.email.data

    def refuse_credentials(self) -> None:
        """Set an error that does not reveal whether the address or the password is wrong."""
        self.refuse_form("Wrong email address or password. Passwords are case-sensitive.")
