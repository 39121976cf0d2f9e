"""The form that corrects the address of an order."""

from album_store.viewmodels.shared.fields import email_field
from album_store.viewmodels.shared.form_viewmodel import FormViewModel


class AddressViewModel(FormViewModel):
    """The right address."""

    email = email_field()
