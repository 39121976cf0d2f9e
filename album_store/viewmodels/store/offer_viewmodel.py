"""What the checkout page says about the offer and its seller."""

from typing import Any

from pyramid.request import Request

from album_store.services.store.offer_service import Offer
from album_store.viewmodels.albums.cover_picture import album_picture


class OfferViewModel:
    """An album that is about to be bought."""

    def __init__(self, request: Request, offer: Offer) -> None:
        self._request = request
        self._offer = offer

    def to_dict(self) -> dict[str, Any]:
        """The values of the page, beside those of the form."""
        offer, request, settings = self._offer, self._request, self._request.store_settings
        price = request.wording.price(offer.price_cents, offer.currency)
        return {
            "offer": offer,
            "album_link": request.route_path("albums.details", url=offer.url),
            "cover": album_picture(request, offer),
            "price_text": price,
            "button": "Get it free" if offer.is_free else f"Pay {price}",
            "account_email": request.signed_in.email if request.signed_in else "",
            "seller": settings.seller_name or settings.store_name,
            "seller_address": settings.seller_address,
            "is_local": not offer.is_free and settings.payment_gateway == "local",
        }
