"""The form that changes how an album is sold."""

from typing import Any

from pyramid.request import Request
from wtforms import Field, StringField
from wtforms.validators import AnyOf, StopValidation

from album_store.data.album import Album
from album_store.data.visible_text import visible_line
from album_store.viewmodels.admin.price_form_viewmodel import PriceFormViewModel

FIXED, MINIMUM, FREE = "fixed", "minimum", "free"
KINDS = {FIXED: "Fixed price", MINIMUM: "Buyers name their price", FREE: "Free"}
YES_OR_NO = {"yes": "Yes", "no": "No"}


class AlbumPriceViewModel(PriceFormViewModel):
    """Whether the album is for sale, the kind of its price, the price, and the minimum if buyers name it.

    After validation, `price_cents` and `minimum_cents` are the columns of Album.
    """

    price_cents: int = 0
    minimum_cents: int | None = None

    for_sale = StringField(filters=[visible_line], validators=[AnyOf(YES_OR_NO, "Choose yes or no.")])
    kind = StringField(filters=[visible_line], validators=[AnyOf(KINDS, "Choose a kind of price.")])
    price = StringField(filters=[visible_line])
    minimum = StringField(filters=[visible_line])

    def validate_price(self, field: Field) -> None:
        """Read the price; what stands there for a free album does not matter. Raises StopValidation."""
        if self.kind.data == FREE:
            return
        price_cents = self.read_amount(field)
        if price_cents is None:
            raise StopValidation("Enter a price, such as 9.00.")
        if price_cents == 0 and self.kind.data == FIXED:
            raise StopValidation("To give the album away, choose “Free” as the kind of price.")
        self.price_cents = price_cents

    def validate_minimum(self, field: Field) -> None:
        """Read the minimum; it matters only if buyers name the price. Raises StopValidation."""
        if self.kind.data != MINIMUM:
            return
        self.minimum_cents = self.read_amount(field)
        if self.minimum_cents is None:
            raise StopValidation("Enter the least that buyers may pay, or 0 for any amount.")
        if not self.price.errors and self.minimum_cents > self.price_cents:
            raise StopValidation("Enter an amount that is not above the suggested price.")


def stored_price(request: Request, album: Album) -> dict[str, Any]:
    """Return what the form shows before anything was typed."""
    typed, least = request.wording.typed_amount, album.minimum_cents
    return {
        "errors": {},
        "for_sale": "yes" if album.for_sale else "no",
        "kind": FREE if album.is_free else FIXED if least is None else MINIMUM,
        "price": typed(album.price_cents, album.currency),
        "minimum": "" if least is None else typed(least, album.currency),
    }
