"""The items of a cart as pages show them."""

from dataclasses import replace
from typing import Any

from pyramid.request import Request

from album_store.services.store.cart_contents import CartLine
from album_store.viewmodels.albums.cover_picture import album_picture


def cart_line(request: Request, line: CartLine) -> dict[str, Any]:
    """Return the values of an item: titles, links, its price, and a note if it is not as the buyer saw it."""
    offer, price = line.offer, request.wording.price
    return {
        "key": str(offer.key),
        "title": offer.title,
        "artist": offer.artist_name,
        "album": offer.album_title,
        "link": request.route_path("albums.details", url=offer.url),
        "cover": album_picture(request, replace(offer, title=offer.album_title or offer.title)),
        "price": price(line.amount_cents, offer.currency) if line.can_be_bought else "",
        "note": _note(request, line),
    }


def _note(request: Request, line: CartLine) -> str:
    if line.owned_by is not None:
        return "You own this, so you don't pay for it again."
    if not line.offer.is_for_sale:
        return "This can't be bought any more."
    if line.has_changed:
        return f"The price has changed. It was {request.wording.price(line.seen_cents, line.seen_currency)}."
    return ""
