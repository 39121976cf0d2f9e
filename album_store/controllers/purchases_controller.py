"""What was bought: the library of accounts, the purchases of browsers without one, and downloads."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config

from album_store.controllers.buyer_controller import BuyerController, forget_purchases
from album_store.infrastructure.media.recordings import CONTENT_TYPES
from album_store.infrastructure.security.secret_codes import LinkCode
from album_store.infrastructure.web.file_response import file_response
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.account.attempt_service import TooManyAttemptsError
from album_store.viewmodels.store.credit_note_viewmodel import CreditNoteViewModel
from album_store.viewmodels.store.library_viewmodel import LibraryViewModel
from album_store.viewmodels.store.order_viewmodel import OrderViewModel
from album_store.viewmodels.store.purchases_viewmodel import PurchasesViewModel
from album_store.viewmodels.store.receipt_viewmodel import ReceiptViewModel

PURCHASES_TEMPLATE = "album_store:templates/store/purchases.pt"
MAX_TRACK_ID_DIGITS = 9


class PurchasesController(BuyerController):
    """The library, orders with their receipts and downloads, and links from emails."""

    @view_config(
        route_name="library.index",
        request_method="GET",
        permission="signed-in",
        renderer="album_store:templates/store/library.pt",
    )
    def library(self) -> dict[str, Any]:
        """Show what the account has bought."""
        return LibraryViewModel(self.request).to_dict()

    @view_config(route_name="purchases.index", request_method="GET", renderer=PURCHASES_TEMPLATE)
    def index_get(self) -> dict[str, Any]:
        """Show what this browser may see, and the form that emails a link, also to an account with another address."""
        return PurchasesViewModel(self.request).to_dict()

    @view_config(route_name="purchases.index", request_method="POST", writes=True, renderer=PURCHASES_TEMPLATE)
    def index_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Email a link. The response is the same whether the address has bought anything or not."""
        form = PurchasesViewModel(self.request)
        if not form.validate():
            return self.invalid(form.to_dict())
        try:
            self.request.purchase_link_service.send(form.email.data, self.request.client)
        except TooManyAttemptsError as error:
            return self.limited(form, error)
        add_flash_message(self.request, "purchase-link-sent")
        return self.redirect("purchases.index")

    @view_config(route_name="purchases.open", request_method="GET", writes=True)
    def open_link(self) -> HTTPSeeOther:
        """Let this browser see what an emailed link opens. Raises DeadLinkError."""
        link = self.request.purchase_link_service.find(LinkCode.parse(self.request.matchdict["code"]))
        email = "" if link.order_id else link.email
        self.request.ownership_service.give_access(self.mark_browser(), order_id=link.order_id, email=email)
        if link.order_id:
            return self.redirect("purchases.details", order_id=link.order_id)
        return self.redirect("purchases.index")

    @view_config(route_name="purchases.forget", request_method="GET")
    def forget_get(self) -> HTTPSeeOther:
        """Redirect to the page with the form."""
        return self.redirect("purchases.index")

    @view_config(route_name="purchases.forget", request_method="POST", writes=True)
    def forget_post(self) -> HTTPSeeOther:
        """End all access of this browser to purchases."""
        forget_purchases(self.request)
        add_flash_message(self.request, "browser-forgotten")
        return self.redirect("purchases.index")

    @view_config(route_name="purchases.details", request_method="GET", renderer="album_store:templates/store/order.pt")
    def details(self) -> dict[str, Any]:
        """Show one order. Raises HTTPNotFound."""
        return OrderViewModel(self.request, self.order()).to_dict()

    @view_config(
        route_name="purchases.receipt", request_method="GET", renderer="album_store:templates/store/receipt.pt"
    )
    def receipt(self) -> dict[str, Any]:
        """Show the receipt. Raises HTTPNotFound if the order has none."""
        order = self.order()
        number = self.request.receipt_service.number_of(order.id)
        if not number:
            raise HTTPNotFound
        return ReceiptViewModel(self.request, order, number).to_dict()

    @view_config(
        route_name="purchases.credit_note", request_method="GET", renderer="album_store:templates/store/credit_note.pt"
    )
    def credit_note(self) -> dict[str, Any]:
        """Show the credit note of a refund. Raises HTTPNotFound if there is none."""
        order = self.order()
        found = self.request.credit_note_service.find(order, self.request.matchdict["refund_id"])
        if found is None:
            raise HTTPNotFound
        return CreditNoteViewModel(self.request, order, found).to_dict()

    @view_config(route_name="purchases.download", request_method="GET")
    def download_get(self) -> HTTPSeeOther:
        """Redirect to the order, for a visitor who reloads the address of the form."""
        return self.redirect("purchases.details", order_id=self.request.matchdict["order_id"])

    @view_config(route_name="purchases.download", request_method="POST", writes=True)
    def download_post(self) -> HTTPSeeOther:
        """Start a download. Raises HTTPNotFound for what the visitor does not own."""
        order, track_id = self.order(), self.request.matchdict["track_id"]
        if not (track_id.isascii() and track_id.isdigit() and len(track_id) <= MAX_TRACK_ID_DIGITS):
            raise HTTPNotFound
        token = self.request.download_service.start(order, int(track_id), self.request.client)
        if token is None:
            raise HTTPNotFound
        return self.redirect("downloads.file", token=token)

    @view_config(route_name="downloads.file", request_method="GET")
    def file(self) -> Response:
        """Send a recording, or a part of it. Raises HTTPNotFound."""
        found = self.request.download_service.find(self.request.matchdict["token"])
        if found is None:
            raise HTTPNotFound
        content_type = CONTENT_TYPES[found.path.suffix.removeprefix(".")]
        return file_response(self.request, found.path, content_type, found.file_name)
