"""The cart."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from album_store.controllers.buyer_controller import BuyerController
from album_store.infrastructure.payments.payment_gateway import GatewayError
from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.secret_codes import hash_secret, new_secret
from album_store.infrastructure.web.csrf import check_sender
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.account.attempt_service import CART
from album_store.services.store.cart_service import (
    LIFETIME,
    AlbumInCartError,
    AlreadyOwnedError,
    CartFullError,
    OtherCurrencyError,
)
from album_store.services.store.item_key import ItemKey
from album_store.services.store.offer import Offer
from album_store.viewmodels.store.amounts_viewmodel import amounts_form
from album_store.viewmodels.store.cart_viewmodel import CartViewModel

TEMPLATE = "album_store:templates/store/cart.pt"


class CartController(BuyerController):
    """Each change first closes an open payment of what is in the cart, so that nobody pays for another cart."""

    @view_config(route_name="cart.index", request_method="GET", renderer=TEMPLATE)
    def index_get(self) -> dict[str, Any]:
        """Show what is in the cart."""
        return CartViewModel(self.request, self.request.cart_reader.contents(self.request.visitor)).to_dict()

    # The form is on album pages, which all visitors share, so it has no token. Raises BadCSRFToken.
    @view_config(route_name="cart.index", request_method="POST", writes=True, require_csrf=False)
    def index_post(self) -> Response:
        """Put an item into the cart, and go where the button says. Raises HTTPNotFound and TooManyAttemptsError."""
        check_sender(self.request)
        key = ItemKey.parse(self.request.POST.get("item", ""))
        offer = self.request.offer_service.find(key) if key else None
        if offer is None:
            raise HTTPNotFound
        if not offer.is_for_sale:
            return self._to_album(offer, "not-for-sale")
        self.request.attempt_service.begin(CART, self.request.client)
        try:
            self._end_payments()
            self._add(offer)
        except AlreadyOwnedError as error:
            return self.to_order(error.order_id, "already-owned")
        except AlbumInCartError:
            return self._to_album(offer, "album-in-cart")
        except OtherCurrencyError:
            return self._to_cart("other-currency")
        except CartFullError:
            return self._to_cart("cart-full")
        except GatewayError as error:
            return self._trouble(error)
        return self._go_on(offer)

    @view_config(route_name="cart.amounts", request_method="GET")
    @view_config(route_name="cart.remove", request_method="GET")
    def form_get(self) -> HTTPSeeOther:
        """Redirect to the cart, for a visitor who reloads the address of a form."""
        return self.redirect("cart.index")

    @view_config(route_name="cart.amounts", request_method="POST", writes=True, renderer=TEMPLATE)
    def amounts_post(self) -> dict[str, Any] | Response:
        """Write the amounts that the buyer chooses, and go on to the checkout or stay."""
        contents = self.request.cart_reader.contents(self.request.visitor)
        form = amounts_form(self.request, contents)
        if not form.validate():
            return self.invalid(CartViewModel(self.request, contents, form).to_dict())
        chosen = {line.offer.key: line.amount_cents for line in contents.lines}
        if any(chosen[key] != cents for key, cents in form.amounts.items()):
            try:
                self._end_payments()
            except GatewayError as error:
                return self._trouble(error)
            self.request.cart_service.set_amounts(self.request.visitor, contents, form.amounts)
        return self.redirect("checkout.index" if self.request.POST.get("then") == "checkout" else "cart.index")

    @view_config(route_name="cart.remove", request_method="POST", writes=True)
    def remove_post(self) -> Response:
        """Take an item out of the cart. One that is not in it (any more) is no mistake."""
        key = ItemKey.parse(self.request.POST.get("item", ""))
        if key is not None:
            try:
                self._end_payments()
            except GatewayError as error:
                return self._trouble(error)
            self.request.cart_service.remove(self.request.visitor, key)
            self.forget_empty_cart()
        return self.redirect("cart.index")

    def _add(self, offer: Offer) -> None:
        secret = new_secret()
        is_new = self.request.cart_service.add(offer, self.request.visitor, hash_secret(secret))
        if self.request.visitor.account_id is None:
            self.keep_secret(cookie_names.CART, LIFETIME, secret=secret if is_new else "")

    def _end_payments(self) -> None:
        """Close the open payment of what is in the cart, or say that it was made.

        Raises GatewayError and TooManyAttemptsError.
        """
        for ended in self.end_payments(self.request.cart_reader.order_ids(self.request.visitor)):
            if ended.is_paid or ended.is_in_progress:
                add_flash_message(self.request, "earlier-order-paid" if ended.is_paid else "earlier-order-in-progress")

    def _go_on(self, offer: Offer) -> HTTPSeeOther:
        match self.request.POST.get("then"):
            case "checkout":
                return self.redirect("checkout.index")
            case "album" if offer.track_id is not None:
                return self.redirect("albums.details", url=offer.url, _anchor=str(offer.key))
            case "album":
                return self._to_album(offer, "added-to-cart")
        return self.redirect("cart.index")

    def _to_album(self, offer: Offer, message: str) -> HTTPSeeOther:
        add_flash_message(self.request, message)
        return self.redirect("albums.details", url=offer.url)

    def _to_cart(self, message: str) -> HTTPSeeOther:
        add_flash_message(self.request, message)
        return self.redirect("cart.index")

    def _trouble(self, error: GatewayError) -> Response:
        return self.trouble(error, self.request.route_path("cart.index"), "Back to your cart")
