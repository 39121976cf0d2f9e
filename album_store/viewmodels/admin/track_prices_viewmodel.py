"""The form that changes the prices of tracks."""

from collections.abc import Sequence
from typing import Any

from pyramid.request import Request
from wtforms import Field, StringField

from album_store.data.album import Album
from album_store.data.visible_text import visible_line
from album_store.viewmodels.admin.price_form_viewmodel import PriceFormViewModel


class TrackPricesViewModel(PriceFormViewModel):
    """A price for each track of a page; an empty one means that the track is sold only with the album."""

    prices: dict[int, int | None]

    @classmethod
    def of(cls, request: Request, album: Album, tracks: Sequence[Any]) -> "TrackPricesViewModel":
        """Return the form with a field for each of the tracks."""
        fields = {field_name(track.id): _price_field(track.id) for track in tracks}
        typed = request.wording.typed_amount
        data = {
            field_name(track.id): "" if track.price_cents is None else typed(track.price_cents, album.currency)
            for track in tracks
        }
        form = type(cls.__name__, (cls,), fields)(request, album, data)
        form.prices = {}
        return form


def field_name(track_id: int) -> str:
    """Return the name of the field of a track."""
    return f"price_{track_id}"


def _price_field(track_id: int) -> Any:
    def validate(form: TrackPricesViewModel, field: Field) -> None:
        form.prices[track_id] = form.read_amount(field)

    return StringField(filters=[visible_line], validators=[validate])
