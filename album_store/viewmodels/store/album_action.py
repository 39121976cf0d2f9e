"""What a visitor can do with an album: buy it, or open it if it is owned."""

from dataclasses import dataclass

from pyramid.request import Request

from album_store.services.store.offer_service import Availability


@dataclass(frozen=True)
class AlbumAction:
    """A link, or a sentence where there is none."""

    label: str
    link: str = ""
    is_owned: bool = False


def album_action(request: Request) -> AlbumAction:
    """Return the action of the album page of this request."""
    if request.registry.payment_gateway is None:
        return AlbumAction("Not yet available to buy or download")
    visitor = request.visitor
    is_known = visitor.account_id or visitor.browser_hash
    offer = request.offer_service.find(request.matchdict["url"], visitor if is_known else None)
    if offer is None:
        return AlbumAction("")
    if offer.owned_by:
        link = request.route_path("purchases.details", order_id=offer.owned_by)
        return AlbumAction("Download", link, is_owned=True)
    if offer.availability is Availability.UPCOMING:
        return AlbumAction(f"On sale from {request.wording.date(offer.release_date)}")
    if not offer.is_for_sale:
        return AlbumAction("Not yet available to buy or download")
    label = "Get it free" if offer.is_free else "Buy album"
    return AlbumAction(label, request.route_path("checkout.index", _query={"album": offer.url}))
