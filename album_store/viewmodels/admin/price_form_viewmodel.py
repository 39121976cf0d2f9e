"""The base of the forms that change prices of an album."""

from typing import Any

from pyramid.request import Request
from wtforms import HiddenField

from album_store.data.album import Album
from album_store.viewmodels.admin.price_fields import amount_reader
from album_store.viewmodels.shared.form_viewmodel import FormViewModel

STALE = (
    "This album has been changed since you opened this page, by another admin or an import. Your entries are below. "
    "Compare them with the prices above, and save them again if they are still right."
)


class PriceFormViewModel(FormViewModel):
    """Notices if the album has changed since the form was shown, so that nobody overwrites what they have not seen."""

    version = HiddenField()

    def __init__(self, request: Request, album: Album) -> None:
        self.album = album
        self.read_amount = amount_reader(album.currency, request.store_settings.locale)
        super().__init__(request)

    def validate(self, extra_validators: Any = None) -> bool:
        """Check all fields, and the version."""
        is_valid = super().validate(extra_validators)
        if self.version.data != version_of(self.album):
            self.refuse_form(STALE)
            return False
        return is_valid


def version_of(album: Album) -> str:
    """Return what tells one state of an album from another."""
    return album.updated_date.isoformat()
