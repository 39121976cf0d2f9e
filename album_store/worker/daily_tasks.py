"""The daily purge of expired rows and of accounts whose deletion is due."""

import logging
from dataclasses import dataclass

from pyramid.registry import Registry

from album_store.data.account import Account
from album_store.services.account.role_service import LastAdminError
from album_store.services.purge_service import BATCH, PurgeRule
from album_store.worker.interval_task import DAY_S, HOUR_S, IntervalTask
from album_store.worker.service_request import run_in_transaction, service_request

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Purged:
    """The number of rows removed from a table."""

    table: str
    count: int


def make_daily_tasks(registry: Registry) -> list[IntervalTask]:
    """Return the daily tasks. They also run when the worker starts."""
    return [IntervalTask("purge", lambda: purge(registry), interval_s=DAY_S, retry_s=HOUR_S)]


def purge(registry: Registry) -> list[Purged]:
    """Delete the accounts whose deletion is due, then the expired rows of each table. Returns the counts."""
    purged = [Purged(Account.__tablename__, delete_due_accounts(registry))]
    purged += [Purged(rule.label, _remove(registry, rule)) for rule in registry.purge_rules]
    if any(one.count for one in purged):
        registry.db_sessions.remove_deleted()
    log.info("event=purged %s", " ".join(f"{one.table}={one.count}" for one in purged))
    return purged


def delete_due_accounts(registry: Registry) -> int:
    """Delete each account whose deletion is due in a separate transaction. Returns how many."""
    with service_request(registry) as request:
        due = request.deletion_service.due()
    return sum(_delete_account(registry, account_id) for account_id in due)


def _delete_account(registry: Registry, account_id: str) -> bool:
    try:
        return run_in_transaction(registry, lambda request: request.deletion_service.carry_out(account_id))
    except LastAdminError:
        log.warning("event=deletion-left account=%s reason=last-admin", account_id)
        return False


def _remove(registry: Registry, rule: PurgeRule) -> int:
    """Delete in batches, each in its own transaction, to keep the write lock short. Returns how many."""
    removed = 0
    while True:
        count = run_in_transaction(registry, lambda request: request.purge_service.remove_batch(rule))
        removed += count
        if count < BATCH:
            return removed
