"""The page that says what is missing before the store can sell."""

from typing import Any

from pyramid.request import Request

from album_store.services.admin.sale_count_service import MAX_ALBUMS, SaleState
from album_store.viewmodels.admin.selling_checks import Check, Verdict, selling_checks

# A larger difference between the clocks is said: signatures of events are refused at 300 seconds.
MAX_CLOCK_DIFFERENCE_S = 60
# What keeps albums from being sold, after their number.
REASONS = {
    SaleState.NO_RECORDINGS: "without a recording for each track (the audio column of the catalogue)",
    SaleState.PRICE: "with a price that payment providers do not accept",
    SaleState.NOT_FOR_SALE: "not for sale",
    SaleState.UPCOMING: "not released yet",
    SaleState.UNPUBLISHED: "not published",
}


class SellingViewModel:
    """The checks, the last test of the connection, and how many albums can be sold."""

    def __init__(self, request: Request) -> None:
        self._request = request

    def to_dict(self) -> dict[str, Any]:
        """The values of the page."""
        counts = self._request.sale_count_service.count()
        sells = self._request.registry.payment_gateway is not None
        return {
            "checks": selling_checks(self._request),
            "connection": self._connection() if sells else [],
            "has_gateway": sells,
            "for_sale": _albums(counts[SaleState.FOR_SALE]),
            "limit": f"{MAX_ALBUMS:,}" if counts.total() == MAX_ALBUMS else "",
            "others": [f"{_albums(counts[state])} {reason}" for state, reason in REASONS.items() if counts[state]],
        }

    def _connection(self) -> list[Check]:
        """What came of the last test."""
        request, gateway = self._request, self._request.registry.payment_gateway
        test = request.gateway_test_service.last()
        if test is None:
            return [Check(Verdict.ADVICE, "The connection has not been tested yet.")]
        when = request.wording.moment(test.created_date)
        if test.error:
            return [Check(Verdict.MISSING, f"The provider could not be reached on {when}: {test.error}.")]
        found = [Check(Verdict.READY, f"The provider was reached on {when}.")]
        if abs(test.clock_difference_s) > MAX_CLOCK_DIFFERENCE_S:
            way = "ahead of" if test.clock_difference_s > 0 else "behind"
            found.append(
                Check(
                    Verdict.MISSING,
                    f"The clock of this server was {abs(test.clock_difference_s)} seconds {way} that of the provider. "
                    "Set it, or events are refused.",
                )
            )
        if not gateway.sends_events:
            found.append(Check(Verdict.READY, "This gateway sends no events."))
        elif request.gateway_test_service.has_event(test):
            found.append(Check(Verdict.READY, "The webhook works: the event of the test has come."))
        else:
            found.append(Check(Verdict.ADVICE, self._waiting()))
        return found

    def _waiting(self) -> str:
        address = f"{self._request.store_settings.site_url}/payments/stripe"
        return (
            "Waiting for the event of the test. Reload this page in a few seconds. If it does not come, look at the "
            f"webhook at Stripe: its address is {address}, checkout.session.expired is among its events, and its "
            "signing secret stands in stripe.webhook_secrets."
        )


def _albums(count: int) -> str:
    return "1 album" if count == 1 else f"{count:,} albums"
