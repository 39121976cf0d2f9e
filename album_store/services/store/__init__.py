"""Carts, orders, payments, receipts and ownership."""

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.data.receipt_counter import LIVE
from album_store.services.account.events import AccountLeaving, AddressConfirmed, AddressLeft
from album_store.services.store.address_correction_service import AddressCorrectionService
from album_store.services.store.cart_reader import CartReader
from album_store.services.store.cart_service import CartService
from album_store.services.store.credit_note_service import CreditNoteService
from album_store.services.store.dispute_service import DisputeService
from album_store.services.store.event_service import EventService
from album_store.services.store.export_parts import EXPORT_PARTS
from album_store.services.store.library_service import LibraryService
from album_store.services.store.offer_service import OfferService
from album_store.services.store.order_access import leave_address
from album_store.services.store.order_problems import OrderProblems
from album_store.services.store.order_service import OrderService
from album_store.services.store.ownership_service import OwnershipService, claim, release
from album_store.services.store.payment_service import PaymentService
from album_store.services.store.purchase_link_service import PurchaseLinkService
from album_store.services.store.purge_rules import PURGE_RULES
from album_store.services.store.receipt_service import ReceiptService
from album_store.services.store.refund_service import RefundService
from album_store.services.store.seller import Seller
from album_store.services.store.settlement_service import SettlementService
from album_store.services.store.withdrawal_period import WithdrawalPeriod
from album_store.services.store.withdrawal_service import WithdrawalService


def includeme(config: Configurator) -> None:
    """Register the store's services, purge rules and export parts, and its part in what happens to accounts."""
    config.registry.purge_rules += PURGE_RULES
    config.registry.export_parts += EXPORT_PARTS
    config.add_subscriber(lambda event: claim(event.dbsession, event.account), AddressConfirmed)
    config.add_subscriber(lambda event: leave_address(event.dbsession, event.account), AddressLeft)
    config.add_subscriber(lambda event: release(event.dbsession, event.account), AccountLeaving)
    config.add_request_method(_address_correction_service, "address_correction_service", reify=True)
    config.add_request_method(_cart_reader, "cart_reader", reify=True)
    config.add_request_method(_cart_service, "cart_service", reify=True)
    config.add_request_method(_credit_note_service, "credit_note_service", reify=True)
    config.add_request_method(_event_service, "event_service", reify=True)
    config.add_request_method(_library_service, "library_service", reify=True)
    config.add_request_method(_offer_service, "offer_service", reify=True)
    config.add_request_method(_order_problems, "order_problems", reify=True)
    config.add_request_method(_order_service, "order_service", reify=True)
    config.add_request_method(_ownership_service, "ownership_service", reify=True)
    config.add_request_method(_payment_service, "payment_service", reify=True)
    config.add_request_method(_purchase_link_service, "purchase_link_service", reify=True)
    config.add_request_method(_receipt_service, "receipt_service", reify=True)
    config.add_request_method(_refund_service, "refund_service", reify=True)
    config.add_request_method(_settlement_service, "settlement_service", reify=True)
    config.add_request_method(_withdrawal_period, "withdrawal_period", reify=True)
    config.add_request_method(_withdrawal_service, "withdrawal_service", reify=True)


def _address_correction_service(request: Request) -> AddressCorrectionService:
    return AddressCorrectionService(
        request.dbsession, request.mail_service, request.receipt_service, request.audit_service
    )


def _cart_reader(request: Request) -> CartReader:
    return CartReader(request.reading, request.offer_service, request.ownership_service)


def _cart_service(request: Request) -> CartService:
    return CartService(request.dbsession, request.cart_reader, request.ownership_service)


def _credit_note_service(request: Request) -> CreditNoteService:
    return CreditNoteService(request.dbsession, request.mail_service, _seller(request))


def _event_service(request: Request) -> EventService:
    return EventService(request.dbsession)


def _library_service(request: Request) -> LibraryService:
    return LibraryService(request.dbsession, request.ownership_service)


def _offer_service(request: Request) -> OfferService:
    sells = request.registry.payment_gateway is not None
    return OfferService(request.dbsession, request.reading, request.calendar, request.media, sells)


def _order_problems(request: Request) -> OrderProblems:
    return OrderProblems(
        request.dbsession, request.mail_service, request.site_links, request.store_settings.mail_sender
    )


def _order_service(request: Request) -> OrderService:
    gateway = request.registry.payment_gateway
    return OrderService(
        request.dbsession,
        request.reading,
        request.cart_reader,
        request.cart_service,
        request.ownership_service,
        request.payment_service,
        request.settlement_service,
        request.mail_service,
        gateway.series if gateway else LIVE,
    )


def _ownership_service(request: Request) -> OwnershipService:
    gateway = request.registry.payment_gateway
    return OwnershipService(request.dbsession, request.reading, gateway is not None and gateway.series == LIVE)


def _payment_service(request: Request) -> PaymentService:
    return PaymentService(request.dbsession, request.reading, request.registry.payment_gateway, request.site_links)


def _purchase_link_service(request: Request) -> PurchaseLinkService:
    return PurchaseLinkService(
        request.dbsession, request.reading, request.attempt_service, request.mail_service, request.site_links
    )


def _receipt_service(request: Request) -> ReceiptService:
    return ReceiptService(
        request.dbsession, request.mail_service, request.site_links, _seller(request), request.withdrawal_period
    )


def _refund_service(request: Request) -> RefundService:
    return RefundService(
        request.dbsession,
        request.registry.payment_gateway,
        request.order_problems,
        request.credit_note_service,
        DisputeService(request.dbsession, request.order_problems),
        request.store_settings.refunds_revoke_access,
    )


def _settlement_service(request: Request) -> SettlementService:
    return SettlementService(request.dbsession, request.receipt_service, request.order_problems)


def _seller(request: Request) -> Seller:
    settings = request.store_settings
    return Seller(
        settings.seller_name or settings.store_name,
        settings.seller_address,
        settings.seller_tax_number,
        settings.seller_note,
        settings.mail_sender,
    )


def _withdrawal_period(request: Request) -> WithdrawalPeriod:
    return WithdrawalPeriod(request.calendar, request.store_settings.checkout_withdrawal == "consent")


def _withdrawal_service(request: Request) -> WithdrawalService:
    return WithdrawalService(request.dbsession, request.mail_service, request.withdrawal_period, request.order_problems)
