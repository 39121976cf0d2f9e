"""How the price of an album reads."""

from pyramid.request import Request

from album_store.data.album import Album
from album_store.services.catalogue.album_rows import CardRow


def album_price(request: Request, album: Album | CardRow) -> str:
    """The price in words: `€9.00`, `€5.00 or more`, `Name your price`, `Free` or `Not for sale`."""
    if not album.for_sale:
        return "Not for sale"
    return request.wording.asking_price(album.price_cents, album.minimum_cents, album.currency)
