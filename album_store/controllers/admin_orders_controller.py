"""The admin pages of orders."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.response import Response
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.web.flash_messages import add_flash_message
from album_store.services.admin.order_admin_service import NoProblemError
from album_store.services.admin.order_history_service import OrderInFull
from album_store.services.mail_spacing import MailLimitError
from album_store.services.store.order_access import NothingOwnedError
from album_store.services.store.refund_holds import TooMuchError
from album_store.services.store.refund_service import AlreadyRefundedError, NotRefundableError
from album_store.viewmodels.admin.order_details_viewmodel import OrderDetailsViewModel
from album_store.viewmodels.admin.order_export_viewmodel import OrderExportViewModel
from album_store.viewmodels.admin.orders_viewmodel import OrdersViewModel
from album_store.viewmodels.admin.refund_viewmodel import RefundViewModel

NO_RECEIPT = "There is no receipt to send: nothing was delivered, all of it has ended, or the buyer is not known."


@view_defaults(permission="admin", renderer="album_store:templates/admin/order.pt")
class AdminOrdersController(BaseController):
    """The list of orders, its export, and a page for each order with a form for each action."""

    @view_config(route_name="admin.orders", request_method="GET", renderer="album_store:templates/admin/orders.pt")
    def orders(self) -> dict[str, Any]:
        """List the newest orders, those with a problem, or the results of a search."""
        return OrdersViewModel(self.request).to_dict()

    @view_config(route_name="admin.orders_csv", request_method="GET", renderer="album_store:templates/admin/orders.pt")
    def orders_csv(self) -> dict[str, Any] | Response:
        """Download the orders of some days as CSV, written row by row while it is sent."""
        wanted = OrderExportViewModel(self.request)
        if wanted.errors:
            return self.invalid(OrdersViewModel(self.request, wanted).to_dict())
        response = Response(content_type="text/csv", charset="utf-8", app_iter=wanted.lines())
        response.content_disposition = f'attachment; filename="{wanted.file_name}"'
        return response

    @view_config(route_name="admin.order", request_method="GET")
    def order(self) -> dict[str, Any]:
        """Show one order. Raises HTTPNotFound."""
        return OrderDetailsViewModel(self.request, self._order()).to_dict()

    @view_config(route_name="admin.problem_done", request_method="GET")
    @view_config(route_name="admin.refund", request_method="GET")
    @view_config(route_name="admin.send_receipt", request_method="GET")
    def forms_get(self) -> HTTPSeeOther:
        """Redirect to the page of the order, for an admin who reloads the URL of a form that failed."""
        return self.redirect("admin.order", **self.request.matchdict)

    @view_config(route_name="admin.refund", request_method="POST", writes=True)
    def refund_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Ask for a refund. Raises HTTPNotFound."""
        found = self._order()
        form = RefundViewModel(self.request, found)
        if not form.validate():
            return self.invalid(OrderDetailsViewModel(self.request, found, form).to_dict())
        try:
            self.request.order_admin_service.refund(
                found.order.id,
                form.refund_id.data,
                form.payment_id.data,
                form.amount_cents,
                lines=form.lines,
                reason=form.reason.data,
                actor=self.actor,
            )
        except TooMuchError as error:
            form.refuse_amount(error.left_cents)
        except AlreadyRefundedError as error:
            form.refuse_line(error.line_id)
        except NotRefundableError:
            form.refuse_form("This payment cannot be refunded from here. Refund it at your payment provider.")
        if form.errors:
            return self.invalid(OrderDetailsViewModel(self.request, self._order(), form).to_dict())
        return self._done("refund-requested")

    @view_config(route_name="admin.send_receipt", request_method="POST", writes=True)
    def send_receipt_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Send the receipt again. Raises HTTPNotFound."""
        found = self._order()
        try:
            self.request.order_admin_service.send_receipt(found.order.id, self.actor)
        except NothingOwnedError:
            return self._refused(found, NO_RECEIPT)
        except MailLimitError as error:
            return self._refused(found, error.sentence)
        return self._done("receipt-sent-again")

    @view_config(route_name="admin.problem_done", request_method="POST", writes=True)
    def problem_done_post(self) -> HTTPSeeOther:
        """Mark a problem as done. Raises HTTPNotFound."""
        order_id, problem_id = self.request.matchdict["order_id"], self.request.matchdict["problem_id"]
        try:
            self.request.order_admin_service.finish_problem(order_id, problem_id, self.actor)
        except NoProblemError:
            raise HTTPNotFound from None
        return self._done("problem-done")

    def _order(self) -> OrderInFull:
        """The order that the URL names. Raises HTTPNotFound."""
        found = self.request.order_history_service.find(self.request.matchdict["order_id"])
        if found is None:
            raise HTTPNotFound
        return found

    def _refused(self, found: OrderInFull, refusal: str) -> dict[str, Any]:
        return self.invalid(OrderDetailsViewModel(self.request, found, refusal=refusal).to_dict())

    def _done(self, message: str) -> HTTPSeeOther:
        add_flash_message(self.request, message)
        return self.redirect("admin.order", **self.request.matchdict)
