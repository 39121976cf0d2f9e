"""Who is buying in this request."""

from pyramid.request import Request

from album_store.infrastructure.security import cookie_names
from album_store.infrastructure.security.secret_codes import hash_secret, looks_like_secret
from album_store.services.store.visitor import Visitor


def visitor_of(request: Request) -> Visitor:
    """Return the signed-in account, and what the browser proves by its cookies."""
    who = request.signed_in
    return Visitor(
        account_id=who.account_id if who else None,
        email=who.email if who else "",
        browser_hash=_hash_in_cookie(request, cookie_names.BUYER),
        cart_hash=_hash_in_cookie(request, cookie_names.CART),
    )


def _hash_in_cookie(request: Request, name: str) -> str:
    secret = request.store_cookies.get(name)
    return hash_secret(secret) if looks_like_secret(secret) else ""
