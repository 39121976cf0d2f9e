"""The base of the forms that change prices of an album."""

from collections.abc import Mapping

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

    def __init__(self, request: Request, album: Album, data: Mapping[str, str]) -> None:
        """Read the request, or fill in `data` on a page that shows the form."""
        self.album = album
        self.read_amount = amount_reader(album.currency, request.store_settings.locale)
        current = album.updated_date.isoformat()
        super().__init__(request, data={**data, "version": current})
        self._is_stale = self.version.data != current
        self.version.data = current

    def validate(self, extra_validators: None = None) -> bool:
        """Check all fields, and the version."""
        is_valid = super().validate(extra_validators)
        if self._is_stale:
            self.refuse_form(STALE)
        return is_valid and not self._is_stale
