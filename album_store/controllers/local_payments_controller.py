"""The payment page of the local gateway, for development."""

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.view import view_config, view_defaults

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.payments.payment_gateway import GatewayError

ACTIONS = {
    "pay": "Pay",
    "close": "Pay and close the browser",
    "twice": "Pay, and tell the store twice",
    "late": "Pay, and tell the store a minute late",
    "decline": "Decline",
}


@view_defaults(route_name="local_payments.details", renderer="album_store:templates/store/local_payment.pt")
class LocalPaymentsController(BaseController):
    """Stands for the provider's site: it knows a session, not an order."""

    @view_config(request_method="GET")
    def details_get(self) -> dict[str, Any]:
        """Show what is to be paid. Raises HTTPNotFound."""
        return self._page("")

    @view_config(request_method="POST", writes=True)
    def details_post(self) -> dict[str, Any] | HTTPSeeOther:
        """Do what the pressed button says. Raises HTTPNotFound."""
        session_id, action = self.request.matchdict["session_id"], self.request.POST.get("action")
        session = self._session()
        if action == "decline" or action not in ACTIONS:
            return self._page("The payment was declined. Nothing was charged. You can try again.")
        gateway = self.request.registry.payment_gateway
        if not gateway.pay(session_id, late=action == "late"):
            return self._page("This payment is closed.")
        if action == "twice":
            self._tell_store(session_id)
        if action == "close":
            return self._page("Paid. The store learns of it within two minutes, and emails the receipt.")
        return HTTPSeeOther(session["parameters"]["return_url"])

    def _tell_store(self, session_id: str) -> None:
        """Do what a provider's event does; the way back does it a second time."""
        state = self.request.registry.payment_gateway.find(session_id)
        self.request.settlement_service.settle(session_id.removeprefix("local_"), state)

    def _session(self) -> dict[str, Any]:
        try:
            return self.request.registry.payment_gateway.read(self.request.matchdict["session_id"])
        except GatewayError:
            raise HTTPNotFound from None

    def _page(self, message: str) -> dict[str, Any]:
        session = self._session()
        asked = session["parameters"]
        return {
            "message": message,
            "description": asked["description"],
            "amount": self.request.wording.price(asked["amount_cents"], asked["currency"]),
            "actions": ACTIONS if session["state"] == "open" else {},
            "is_paid": session["state"] == "paid",
            "back_url": asked["back_url"],
        }
