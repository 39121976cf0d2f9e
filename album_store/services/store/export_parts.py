"""The export parts for orders, carts and purchases."""

from album_store.data.album import Album
from album_store.data.browser_access import BrowserAccess
from album_store.data.cart import Cart
from album_store.data.cart_item import CartItem
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.order_problem import OrderProblem
from album_store.data.payment import Payment
from album_store.data.purchase import Purchase, account_key
from album_store.data.purchase_link import PurchaseLink
from album_store.data.refund import Refund
from album_store.data.track import Track
from album_store.data.withdrawal import Withdrawal
from album_store.services.account.export_parts import link_columns
from album_store.services.export_part import ExportPart

_PAID_WITH = (Refund.payment_id == Payment.id) & (Payment.order_id == Order.id)
_IN_CART = {
    "cart_begun": Cart.created_date,
    "added": CartItem.created_date,
    "amount_in_minor_units": CartItem.amount_cents,
    "currency": CartItem.currency,
}
EXPORT_PARTS = (
    ExportPart(
        "orders",
        {
            "ordered": Order.created_date,
            "order": Order.id,
            "email_address": Order.email,
            "total_in_minor_units": Order.total_cents,
            "currency": Order.currency,
            "paid": Order.paid_date,
            "refunded_in_minor_units": Order.refunded_cents,
            "agreed_to_lose_the_right_of_withdrawal": Order.consent_date,
            "kind_of_payment": Order.series,
            "from_address": Order.ip_address,
            "with_browser": Order.user_agent,
        },
        lambda account_id, _: Order.account_id == account_id,
    ),
    ExportPart(
        "albums_in_cart",
        {"title": Album.title, **_IN_CART},
        lambda account_id, _: (
            (Cart.account_id == account_id) & (CartItem.cart_id == Cart.id) & (CartItem.album_id == Album.id)
        ),
    ),
    ExportPart(
        "tracks_in_cart",
        {"title": Track.title, **_IN_CART},
        lambda account_id, _: (
            (Cart.account_id == account_id) & (CartItem.cart_id == Cart.id) & (CartItem.track_id == Track.id)
        ),
    ),
    ExportPart(
        "refunds",
        {
            "asked_for": Refund.created_date,
            "order": Order.id,
            "amount_in_minor_units": Refund.amount_cents,
            "currency": Refund.currency,
            "succeeded": Refund.succeeded_date,
            "failed": Refund.failed_date,
            "why_it_failed": Refund.failure,
            "music_taken_back": Refund.revokes_access,
        },
        lambda account_id, _: _PAID_WITH & (Order.account_id == account_id),
    ),
    ExportPart(
        "refunds_made_as_admin",
        {"asked_for": Refund.created_date, "amount_in_minor_units": Refund.amount_cents, "currency": Refund.currency},
        lambda _, email: Refund.requested_by == email,
    ),
    ExportPart(
        "problems_of_orders_marked_as_done",
        {"marked": OrderProblem.done_date, "problem": OrderProblem.kind},
        lambda _, email: OrderProblem.done_by == email,
    ),
    ExportPart(
        "links_to_purchases",
        link_columns(PurchaseLink) | {"order": PurchaseLink.order_id},
        lambda _, email: PurchaseLink.email == email,
    ),
    ExportPart(
        "browsers_that_opened_purchases",
        {"since": BrowserAccess.created_date},
        lambda _, email: BrowserAccess.email == email,
    ),
    ExportPart(
        "purchases",
        {
            "bought": Purchase.created_date,
            "title": OrderLine.title,
            "artist": OrderLine.artist_name,
            "order": OrderLine.order_id,
            "ended": Purchase.revoked_date,
        },
        lambda account_id, _: (
            (Purchase.owner_key == account_key(account_id)) & (Purchase.order_line_id == OrderLine.id)
        ),
    ),
    ExportPart(
        "withdrawals",
        {
            "withdrawn": Withdrawal.created_date,
            "order": Withdrawal.order_id,
            "name": Withdrawal.name,
            "confirmed_to": Withdrawal.email,
        },
        lambda account_id, _: (Order.account_id == account_id) & (Order.id == Withdrawal.order_id),
    ),
)
