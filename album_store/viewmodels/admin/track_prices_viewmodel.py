"""The form that changes the prices of tracks."""

from collections.abc import Sequence
from typing import Any

from pyramid.request import Request
from wtforms import Field, StringField
from wtforms.validators import StopValidation

from album_store.data.album import Album
from album_store.data.visible_text import visible_line
from album_store.viewmodels.admin.price_form_viewmodel import PriceFormViewModel


class TrackPricesViewModel(PriceFormViewModel):
    """A price for each track of a page; an empty one means that the track is sold only with the album.

    After validation, `prices` has them by the ids of the tracks.
    """

    def __init__(self, request: Request, album: Album) -> None:
        self.prices: dict[int, int | None] = {}
        super().__init__(request, album)

    @classmethod
    def of(cls, request: Request, album: Album, tracks: Sequence[Any]) -> "TrackPricesViewModel":
        """Return the form with a field for each of the tracks."""
        fields = {field_name(track.id): _price_field(track.id) for track in tracks}
        return type(cls.__name__, (cls,), fields)(request, album)


def stored_prices(request: Request, album: Album, tracks: Sequence[Any]) -> dict[str, Any]:
    """Return what the form shows before anything was typed."""
    typed = request.wording.typed_amount
    prices = {
        field_name(track.id): "" if track.price_cents is None else typed(track.price_cents, album.currency)
        for track in tracks
    }
    return {"errors": {}, **prices}


def field_name(track_id: int) -> str:
    """Return the name of the field of a track."""
    return f"price_{track_id}"


def _price_field(track_id: int) -> Any:
    def validate(form: TrackPricesViewModel, field: Field) -> None:
        price_cents = form.read_amount(field)
        if price_cents and form.album.is_free:
            raise StopValidation("This album is free, so its tracks are too. Enter 0, or leave this empty.")
        form.prices[track_id] = price_cents

    return StringField(filters=[visible_line], validators=[validate])
