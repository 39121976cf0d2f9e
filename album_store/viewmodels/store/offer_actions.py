"""What a visitor can do with the items of an album page: buy them, or open them if they are owned."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyramid.request import Request

from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.secret_codes import looks_like_secret
from album_store.infrastructure.wording import isolated
from album_store.services.store.item_key import ItemKey
from album_store.services.store.offer import Availability, Offer


@dataclass(frozen=True)
class OfferAction:
    """A button that buys the item with this key, or a text, with a link or without one.

    `label` is what the button shows, and `name` what assistive technology says: it begins with the same words, for
    those who speak to their computer (WCAG 2.5.3). `then` is what follows, see `CartController`.
    """

    text: str = ""
    link: str = ""
    link_text: str = ""
    key: str = ""
    label: str = ""
    name: str = ""
    then: str = ""
    can_wait: bool = False


class OfferActions:
    """The actions for this visitor. What is in the cart and what is owned is looked up once."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._owned: dict[int | None, str] | None = None

    def of(self, offers: Sequence[Offer]) -> list[OfferAction]:
        """The actions of items of one album."""
        return [self._action(offer) for offer in offers]

    def _action(self, offer: Offer) -> OfferAction:
        request, is_album = self._request, offer.track_id is None
        if request.registry.payment_gateway is None:
            return OfferAction("Not yet available to buy or download" if is_album else "")
        if order_id := self._order_of(offer):
            link = request.route_path("purchases.details", order_id=order_id)
            return OfferAction("You own this", link, "Download" if is_album else "")
        if {offer.key, ItemKey(album_id=offer.album_id)} & request.cart_keys:
            return OfferAction("In your cart", request.route_path("cart.index"), "Go to cart" if is_album else "")
        if offer.availability is Availability.UPCOMING:
            return OfferAction(f"On sale from {request.wording.date(offer.release_date)}")
        if not offer.is_for_sale:
            return OfferAction("Not yet available to buy or download")
        return self._buy_album(offer) if is_album else self._buy_track(offer)

    def _buy_album(self, offer: Offer) -> OfferAction:
        if offer.names_price:
            return OfferAction(key=str(offer.key), label="Name your price", then="cart")
        label = "Get it free" if offer.is_free else "Buy album"
        return OfferAction(key=str(offer.key), label=label, then="checkout", can_wait=not offer.is_free)

    def _buy_track(self, offer: Offer) -> OfferAction:
        price = self._request.wording.price(offer.price_cents, offer.currency)
        label = "Name your price" if offer.names_price else "Get it free" if offer.is_free else f"Buy {price}"
        name = f"{label}: {isolated(offer.title)}"
        return OfferAction(key=str(offer.key), label=label, name=name, then="cart" if offer.names_price else "album")

    def _order_of(self, offer: Offer) -> str | None:
        if self._owned is None:
            self._owned = self._request.ownership_service.owned_in(self._request.visitor, offer.album_id)
        return self._owned.get(None) or self._owned.get(offer.track_id)


def cart_keys(request: Request) -> frozenset[ItemKey]:
    """Return what is in the visitor's cart. Looked up only for those who have one, or an account."""
    has_cart = looks_like_secret(request.store_cookies.get(cookie_names.CART)) or request.signed_in
    if request.registry.payment_gateway is None or not has_cart:
        return frozenset()
    return request.cart_reader.keys(request.visitor)
