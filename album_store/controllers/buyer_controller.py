"""What the controllers of checkout and purchases share: the buyer's browser, and orders that it may see."""

from pyramid.httpexceptions import HTTPNotFound
from pyramid.request import Request

from album_store.controllers.base_controller import BaseController
from album_store.data.order import Order
from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.secret_codes import hash_secret, looks_like_secret, new_secret
from album_store.services.store.ownership_service import LIFETIME


class BuyerController(BaseController):
    """Orders of others answer like orders that do not exist."""

    def order(self) -> Order:
        """Return the order in the address. Raises HTTPNotFound unless the visitor may see it."""
        order = self.find_order()
        if order is None:
            raise HTTPNotFound
        return order

    def find_order(self) -> Order | None:
        """Return the order in the address, or None unless the visitor may see it."""
        return self.request.ownership_service.find_order(self.request.matchdict["order_id"], self.request.visitor)

    def mark_browser(self) -> str:
        """Set the buyer's cookie for LIFETIME from now, and return the hash of its secret."""
        secret = self.request.store_cookies.get(cookie_names.BUYER)
        if not looks_like_secret(secret):
            secret = new_secret()
        self.request.store_cookies.set(cookie_names.BUYER, secret, LIFETIME)
        return hash_secret(secret)


def forget_purchases(request: Request) -> None:
    """End all access of this browser to purchases that no account gives it, at a sign-out or when asked to."""
    if request.visitor.browser_hash:
        request.ownership_service.forget_browser(request.visitor.browser_hash)
        request.store_cookies.delete(cookie_names.BUYER)
