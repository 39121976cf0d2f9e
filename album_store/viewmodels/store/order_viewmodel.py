"""The page of one order: what was bought, downloads, or how to go on paying."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from pyramid.request import Request

from album_store.data.credit_note import CreditNote
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.types import utc_now
from album_store.infrastructure.wording import clock_length, isolated
from album_store.services.store.address_correction_service import may_correct
from album_store.viewmodels.store.address_viewmodel import AddressViewModel

# How long the page thanks for an order after it was paid.
NEW = timedelta(days=1)


class OrderViewModel:
    """An order that the visitor may see."""

    def __init__(self, request: Request, order: Order, address: AddressViewModel | None = None) -> None:
        """Take the order; `address` is the form that corrects its address, if it was refused."""
        self._request = request
        self._order = order
        self._address = address

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        request, order = self._request, self._order
        withdrawal = request.withdrawal_service.find(order.id) if order.paid_date else None
        is_delivered = order.paid_date is not None and not order.is_held
        is_returned = order.is_held and request.payment_service.is_returned(order.id)
        payment = None if order.paid_date else request.payment_service.open_of(order.id)
        tracks = request.download_service.tracks_of(order.id) if is_delivered else {}
        is_owned = bool(tracks)
        number = request.receipt_service.number_of(order.id) if order.paid_date else ""
        notes = request.credit_note_service.of_order(order.id) if number else []
        return {
            "order": order,
            "is_owned": is_owned,
            "has_ended": is_delivered and not is_owned and withdrawal is None,
            "is_new": is_owned and order.paid_date > utc_now() - NEW,
            "is_held": order.is_held and not is_returned,
            "is_returned": is_returned,
            "can_pay": payment is not None,
            "is_paying": payment is not None and payment.session_id is not None,
            "is_processing": payment is not None and payment.is_processing,
            "number": number,
            "receipt_link": request.route_path("purchases.receipt", order_id=order.id) if number else "",
            "total": request.wording.price(order.total_cents, order.currency),
            "paid": order.paid_date and request.wording.moment(order.paid_date),
            "items": [self._item(line, tracks.get(line.id, []), is_owned=is_owned) for line in order.lines],
            "credit_notes": [self._credit_note(note) for note in notes],
            "is_guest": request.signed_in is None,
            "may_correct": is_owned and may_correct(order, request.visitor),
            "typed": self._address.email.data if self._address else "",
            "errors": self._address.errors if self._address else {},
            "withdrawn": withdrawal and request.wording.moment(withdrawal.created_date),
            "withdraw_until": self._withdraw_until() if is_owned else "",
        }

    def _credit_note(self, note: CreditNote) -> dict[str, Any]:
        request, refund = self._request, note.refund
        return {
            "number": note.label,
            "is_cancelled": refund.failed_date is not None,
            "amount": request.wording.price(refund.amount_cents, refund.currency),
            "link": request.route_path("purchases.credit_note", order_id=self._order.id, refund_id=refund.id),
        }

    def _withdraw_until(self) -> str:
        """The last day on which the buyer may withdraw; "" if they cannot."""
        request, order = self._request, self._order
        if not request.withdrawal_service.is_open(order):
            return ""
        last_day = request.withdrawal_period.last_day(order)
        return request.wording.date(last_day)

    def _item(self, line: OrderLine, tracks: Sequence[Any], *, is_owned: bool) -> dict[str, Any]:
        request = self._request
        discs = [(number, list(rows)) for number, rows in groupby(tracks, attrgetter("disc_number"))]
        return {
            "title": line.title,
            "artist": line.artist_name,
            "album": line.album_title,
            "has_ended": is_owned and not tracks,
            "link": request.route_path("albums.details", url=line.album.url),
            "discs": [
                {"label": f"Disc {number}" if len(discs) > 1 else "", "tracks": [self._track(row) for row in rows]}
                for number, rows in discs
            ],
        }

    def _track(self, track: Any) -> dict[str, Any]:
        audio_format = track.audio.rpartition(".")[2].upper()
        return {
            "number": track.track_number,
            "title": track.title,
            "length": clock_length(track.length_ms),
            "format": audio_format,
            # It begins with what the button shows, for those who speak to their computer (WCAG 2.5.3).
            "label": f"Download {audio_format}: {isolated(track.title)}",
            "action": self._request.route_path("purchases.download", order_id=self._order.id, track_id=track.id),
        }
