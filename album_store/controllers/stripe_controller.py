"""The address to which Stripe posts its events."""

from pyramid.response import Response
from pyramid.view import view_config

from album_store.controllers.base_controller import BaseController
from album_store.infrastructure.payments.payment_gateway import EventError


class StripeController(BaseController):
    """Answers in plain text, because only a machine reads it."""

    @view_config(route_name="payments.stripe", request_method="POST", require_csrf=False, writes=True)
    def receive(self) -> Response:
        """Store an event: 200 if its signature is right, 400 for anything else."""
        gateway = self.request.registry.payment_gateway
        try:
            event = gateway.read_event(self.request.body, self.request.headers.get("Stripe-Signature", ""))
        except EventError as error:
            return Response(f"{error}\n", status=400, content_type="text/plain", charset="utf-8")
        self.request.event_service.store(gateway.name, event)
        return Response("stored\n", content_type="text/plain", charset="utf-8")
