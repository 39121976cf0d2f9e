"""Ends what a browser may see of purchases, after "Forget this browser" and after a sign-out."""

from pyramid.request import Request

from album_store.infrastructure.security import cookie_names


def forget_purchases(request: Request) -> None:
    """End all access of this browser to purchases that no account gives it."""
    if request.visitor.browser_hash:
        request.ownership_service.forget_browser(request.visitor.browser_hash)
        request.store_cookies.delete(cookie_names.BUYER)
