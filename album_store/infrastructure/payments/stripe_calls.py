"""Calls to Stripe: answers as dicts, and errors as those of all gateways."""

from collections.abc import Callable, Iterator
from typing import Any

import stripe

from album_store.infrastructure.payments.payment_gateway import GatewayError

PAGE = 100


def asked(call: Callable[[], Any]) -> dict[str, Any]:
    """Make a call. Returns its answer as a dict. Raises GatewayError."""
    try:
        answer: dict[str, Any] = call().to_dict()
    except stripe.StripeError as error:
        raise GatewayError(f"{type(error).__name__} {error.http_status or ''} {error.code or ''}".strip()) from error
    except Exception as error:  # what the library raises for an answer that is not JSON is not documented
        raise GatewayError(type(error).__name__) from error
    return answer


def all_of(list_page: Callable[[dict[str, Any]], Any], **filters: Any) -> Iterator[dict[str, Any]]:
    """Yield everything that a list holds, page by page. Raises GatewayError."""
    parameters = {**filters, "limit": PAGE}
    while True:
        page = asked(lambda: list_page(parameters))
        try:
            yield from page["data"]
            if not page["has_more"]:
                return
            parameters["starting_after"] = page["data"][-1]["id"]
        except (KeyError, IndexError, TypeError) as error:
            raise GatewayError("the answer makes no sense") from error


def is_final(status: int | None) -> bool:
    """Return whether the same call will get the same error: Stripe keeps answers, those with 500 too, for their key.

    It keeps none if it did not begin: wrong keys, another call with the same key, too many calls.
    """
    return status == 500 or (status in range(400, 500) and status not in {401, 403, 409, 429})
