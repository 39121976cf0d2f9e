"""The cookie of a browser that has signed in before. It opens nothing; only its tries are counted apart."""

from datetime import timedelta

from pyramid.request import Request

COOKIE = "browser"
LIFETIME = timedelta(days=365)


def remember_device(request: Request, account_id: str) -> None:
    """Remember this browser as one of the account's owner, who has just proved to be there."""
    request.store_cookies.set(COOKIE, request.known_browser_service.remember(account_id), LIFETIME)
