"""Every email of the store, with values to render it."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from album_store.data.dbsession import MODELS  # noqa: F401 # relationships need all models
from album_store.data.dispute import Dispute
from album_store.data.order import Order
from album_store.data.order_line import OrderLine
from album_store.data.refund import Refund
from album_store.infrastructure.mail.mail_templates import MailTemplates
from album_store.infrastructure.wording import Wording
from album_store.services.store.seller import Seller

SITE_URL = "https://music.example"
LINK = "https://music.example/account/confirm/0123456789abcdef0123456789abcdef." + "x" * 43
WHEN = datetime(2026, 5, 12, 22, 11, tzinfo=UTC)
HOUR = timedelta(hours=1)
ORDER = Order(
    id="0" * 32,
    email="carol@example.org",
    currency="EUR",
    total_cents=900,
    paid_date=WHEN,
    lines=[
        OrderLine(title="Tide & <Ebb>", artist_name="Ada", album_title="", amount_cents=800),
        OrderLine(title="Flood", artist_name="Ada", album_title="Sea & <Sand>", amount_cents=100),
    ],
)
SELLER = Seller("Salt & <Pepper>", "1 Quay, Porthaven", "GB 1", "No VAT.", "store@example.org")
REFUND = Refund(amount_cents=900, currency="EUR", succeeded_date=WHEN, revokes_access=True)
DISPUTE = Dispute(amount_cents=900, currency="EUR", reason="product not received", due_date=WHEN)
VALUES = {
    "account-deleted": {},
    "free-order": {"order": ORDER, "link": LINK, "days": 30},
    "order-problem": {"order": ORDER, "problem": "An order was paid a second time.", "link": LINK},
    "purchase-link": {"link": LINK, "days": 30},
    "receipt": {
        "order": ORDER,
        "number": "42",
        "seller": SELLER,
        "link": LINK,
        "days": 30,
        "withdraw_until": date(2026, 5, 26),
    },
    "credit-note": {
        "order": ORDER,
        "refund": REFUND,
        "lines": ORDER.lines,
        "number": "C-42",
        "receipt_number": "42",
        "seller": SELLER,
    },
    "credit-note-cancelled": {"order": ORDER, "refund": REFUND, "number": "C-42", "gives_back": True},
    "dispute": {"order": ORDER, "dispute": DISPUTE, "link": LINK},
    "refund-sent": {"order": ORDER, "refund": REFUND, "lines": [], "seller": SELLER},
    "corrected-order": {
        "order": ORDER,
        "number": "42",
        "seller": SELLER,
        "link": LINK,
        "days": 30,
        "withdraw_until": date(2026, 5, 26),
    },
    "withdrawal": {"order": ORDER, "name": "Carol & <Co>", "when": WHEN},
    "account-exists": {"signin_link": LINK, "reset_link": LINK},
    "confirm-email": {"link": LINK, "lifetime": 24 * HOUR},
    "confirm-registration": {"link": LINK, "lifetime": HOUR},
    "deletion-asked": {"account_link": LINK, "reset_link": LINK, "due": WHEN, "orders_kept_for": "10 years"},
    "email-changed": {"new_email": "a…@example.org", "when": WHEN},
    "password-changed": {"reset_link": LINK, "when": WHEN},
    "reset-password": {"link": LINK, "lifetime": HOUR, "ip_address": "192.0.2.7", "user_agent": "Firefox/140.0"},
    "reset-started": {"link": LINK, "lifetime": HOUR},
    "test-mail": {},
}
KINDS = sorted(VALUES)


@cache
def templates_of(
    store_name: str = "Salt & <Pepper>", *, accent: str = "#c8391f", locale: str = "en", timezone: str = "UTC"
) -> MailTemplates:
    """The emails of a store, compiled once."""
    return MailTemplates(store_name, SITE_URL, accent, Wording(locale, ZoneInfo(timezone)))
