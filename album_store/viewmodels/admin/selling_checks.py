"""What a store needs before it can sell, and what it has of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from pyramid.request import Request

from album_store.data.receipt_counter import LIVE
from album_store.viewmodels.admin import mail_check


class Verdict(Enum):
    """The word beside a check."""

    READY = "ready"
    ADVICE = "check this"
    MISSING = "missing"


@dataclass(frozen=True)
class Check:
    """A sentence about one thing, with its verdict."""

    verdict: Verdict
    sentence: str


def selling_checks(request: Request) -> list[Check]:
    """Return all checks: those of the settings, and those of email."""
    return [*_payments(request), *_seller(request), *_site(request), *_mail(request)]


def _payments(request: Request) -> Iterator[Check]:
    gateway = request.registry.payment_gateway
    if gateway is None:
        yield Check(Verdict.MISSING, "Nothing can be bought, because payments.gateway is none. Set it to stripe.")
    elif gateway.name == "local":
        yield Check(Verdict.MISSING, "Payments are only simulated. To sell, set payments.gateway to stripe.")
    elif gateway.series != LIVE:
        yield Check(Verdict.ADVICE, "The keys of Stripe are test keys: no money moves. To sell, set the live keys.")
    else:
        yield Check(Verdict.READY, "Payments come through Stripe, with live keys.")


def _seller(request: Request) -> Iterator[Check]:
    settings = request.store_settings
    name = settings.seller_name or settings.store_name
    if settings.seller_address:
        yield Check(Verdict.READY, f"Receipts name the seller: {name}, {settings.seller_address}.")
    else:
        yield Check(Verdict.MISSING, "Buyers must know who sells. Set seller.address, and seller.name if need be.")
    for url, what, key in (
        (settings.seller_terms_url, "terms", "seller.terms_url"),
        (settings.seller_privacy_url, "privacy notice", "seller.privacy_url"),
    ):
        if url:
            yield Check(Verdict.READY, f"The checkout links to your {what}: {url}.")
        else:
            yield Check(Verdict.MISSING, f"The checkout has no link to your {what}. Set {key}.")
    if settings.checkout_withdrawal == "consent":
        yield Check(Verdict.READY, "Buyers can withdraw for 14 days, unless they agree to lose that right.")
    else:
        yield Check(
            Verdict.ADVICE,
            "Buyers cannot withdraw from a purchase. If you sell to consumers in the European Union, set "
            "checkout.withdrawal to consent.",
        )


def _site(request: Request) -> Iterator[Check]:
    settings = request.store_settings
    if settings.secure:
        yield Check(Verdict.READY, f"The store is at {settings.site_url}.")
    else:
        yield Check(Verdict.MISSING, f"{settings.site_url} is not encrypted. Set store.site_url to an https address.")


def _mail(request: Request) -> Iterator[Check]:
    settings = request.store_settings
    if settings.shows_mailbox:
        yield Check(Verdict.MISSING, "Receipts are kept in files and not sent. Set mail.delivery to smtp.")
    failed = request.mail_service.backlog().failed
    if failed:
        emails = "An email" if failed == 1 else f"{failed:,} emails"
        yield Check(Verdict.MISSING, f"{emails} could not be delivered in the last 7 days. Look at the log.")
    last = request.mail_check_service.last(request.signed_in.email)
    verdict = Verdict.READY if last and last.sent_date and not settings.shows_mailbox else Verdict.ADVICE
    yield Check(verdict, mail_check.outcome(request, last))
    yield Check(
        Verdict.READY,
        f"Emails come from {settings.mail_sender}, and problems with orders are sent to it. Read its inbox.",
    )
