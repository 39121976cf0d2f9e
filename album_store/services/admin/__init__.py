"""Services behind the admin pages."""

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.data.address_block import AddressBlock
from album_store.data.gateway_test import GatewayTest
from album_store.services.admin.account_admin_service import AccountAdminService
from album_store.services.admin.account_list_service import AccountListService
from album_store.services.admin.album_price_service import AlbumPriceService
from album_store.services.admin.block_service import BlockService
from album_store.services.admin.gateway_test_service import GatewayTestService
from album_store.services.admin.mail_check_service import MailCheckService
from album_store.services.admin.order_admin_service import OrderAdminService
from album_store.services.admin.order_export_service import OrderExportService
from album_store.services.admin.order_history_service import OrderHistoryService
from album_store.services.admin.order_list_service import OrderListService
from album_store.services.admin.reset_audit_service import ResetAuditService
from album_store.services.admin.sale_count_service import SaleCountService
from album_store.services.export_part import ExportPart
from album_store.services.purge_service import PurgeRule, audit_limit

PURGE_RULES = (
    PurgeRule(AddressBlock, lambda _, now: AddressBlock.until_date < now),
    PurgeRule(GatewayTest, lambda settings, now: GatewayTest.created_date < audit_limit(settings, now)),
)
EXPORT_PARTS = (
    ExportPart(
        "address_blocks_set",
        {"when": AddressBlock.created_date, "until": AddressBlock.until_date},
        lambda _, email: AddressBlock.blocked_by == email,
    ),
)


def includeme(config: Configurator) -> None:
    """Register the admin services."""
    config.registry.purge_rules += PURGE_RULES
    config.registry.export_parts += EXPORT_PARTS
    config.add_request_method(_account_admin_service, "account_admin_service", reify=True)
    config.add_request_method(_account_list_service, "account_list_service", reify=True)
    config.add_request_method(_album_price_service, "album_price_service", reify=True)
    config.add_request_method(_block_service, "block_service", reify=True)
    config.add_request_method(_gateway_test_service, "gateway_test_service", reify=True)
    config.add_request_method(_mail_check_service, "mail_check_service", reify=True)
    config.add_request_method(_order_admin_service, "order_admin_service", reify=True)
    config.add_request_method(_order_export_service, "order_export_service", reify=True)
    config.add_request_method(_order_history_service, "order_history_service", reify=True)
    config.add_request_method(_order_list_service, "order_list_service", reify=True)
    config.add_request_method(_reset_audit_service, "reset_audit_service", reify=True)
    config.add_request_method(_sale_count_service, "sale_count_service", reify=True)


def _account_admin_service(request: Request) -> AccountAdminService:
    return AccountAdminService(
        request.account_service,
        request.session_service,
        request.password_reset_service,
        request.role_service,
        request.audit_service,
    )


def _account_list_service(request: Request) -> AccountListService:
    return AccountListService(request.dbsession, request.calendar)


def _album_price_service(request: Request) -> AlbumPriceService:
    return AlbumPriceService(request.dbsession, request.audit_service)


def _block_service(request: Request) -> BlockService:
    return BlockService(request.dbsession, request.reading, request.audit_service)


def _gateway_test_service(request: Request) -> GatewayTestService:
    return GatewayTestService(
        request.dbsession,
        request.registry.payment_gateway,
        request.site_links,
        request.store_settings,
        request.audit_service,
    )


def _mail_check_service(request: Request) -> MailCheckService:
    return MailCheckService(request.account_service, request.mail_service, request.audit_service)


def _order_admin_service(request: Request) -> OrderAdminService:
    return OrderAdminService(
        request.dbsession,
        request.refund_service,
        request.receipt_service,
        request.order_problems,
        request.mail_service,
        request.audit_service,
        request.wording,
    )


def _order_export_service(request: Request) -> OrderExportService:
    return OrderExportService(request.registry.db_sessions)


def _order_history_service(request: Request) -> OrderHistoryService:
    return OrderHistoryService(request.dbsession)


def _order_list_service(request: Request) -> OrderListService:
    return OrderListService(request.dbsession)


def _reset_audit_service(request: Request) -> ResetAuditService:
    return ResetAuditService(request.dbsession, request.calendar)


def _sale_count_service(request: Request) -> SaleCountService:
    return SaleCountService(request.dbsession, request.calendar)
