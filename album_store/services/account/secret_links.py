"""Creates, finds and redeems secret links, in the same way for every kind of emailed link."""

from datetime import timedelta
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from album_store.data.secret_link import SecretLink
from album_store.data.types import new_id, utc_now
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.secret_codes import LinkCode, hash_secret, is_secret, new_secret

Link = TypeVar("Link", bound=SecretLink)

_NO_HASH = "0" * 64


class DeadLink(Enum):
    """Why a link does not work. Without the right secret, the reason is always UNKNOWN."""

    UNKNOWN = "unknown"
    USED = "used"
    ENDED = "ended"
    EXPIRED = "expired"


class DeadLinkError(Exception):
    """The link does not work."""

    def __init__(self, reason: DeadLink = DeadLink.UNKNOWN) -> None:
        super().__init__(reason.value)
        self.reason = reason


def create_link(
    dbsession: Session, model: type[SecretLink], client: Client, lifetime: timedelta, **values: Any
) -> LinkCode:
    """Add a link with these column values. Returns the code for the email; only its hash is stored."""
    code = LinkCode(new_id(), new_secret())
    dbsession.add(
        model(
            id=code.id,
            secret_hash=hash_secret(code.secret),
            created_ip_address=client.ip_address,
            created_user_agent=client.user_agent,
            expires_date=utc_now() + lifetime,
            **values,
        )
    )
    return code


def is_open(model: type[SecretLink]) -> ColumnElement[bool]:
    """Return the condition for links that work."""
    return and_(model.was_used.is_(False), model.superseded_date.is_(None), model.expires_date > utc_now())


def why_dead(link: SecretLink) -> DeadLink | None:
    """Return why a link does not work, or None if it does."""
    if link.was_used:
        return DeadLink.USED
    if link.superseded_date is not None:
        return DeadLink.ENDED
    return DeadLink.EXPIRED if link.expires_date <= utc_now() else None


def find_link(dbsession: Session, model: type[Link], code: LinkCode | None) -> Link:
    """Return the link with this code without changing it.

    Raises DeadLinkError, with a reason only if the secret is right. A wrong secret takes the same time for any id.
    """
    if code is None:
        raise DeadLinkError
    stored_hash = dbsession.scalar(select(model.secret_hash).where(model.id == code.id))
    if not is_secret(code.secret, stored_hash or _NO_HASH):
        raise DeadLinkError
    link = dbsession.get_one(model, code.id)
    if reason := why_dead(link):
        raise DeadLinkError(reason)
    return link


def redeem_link(dbsession: Session, model: type[SecretLink], link_id: str, client: Client) -> None:
    """Redeem a link whose secret `find_link` has checked. Raises DeadLinkError if it no longer works.

    A single conditional UPDATE decides, so only one of several concurrent requests succeeds. With a SELECT before the
    UPDATE, all of them would.
    """
    redeemed = dbsession.execute(
        update(model)
        .where(model.id == link_id, is_open(model))
        .values(
            was_used=True, used_date=utc_now(), used_ip_address=client.ip_address, used_user_agent=client.user_agent
        )
    )
    if redeemed.rowcount != 1:
        link = dbsession.get(model, link_id, populate_existing=True)
        raise DeadLinkError((link and why_dead(link)) or DeadLink.UNKNOWN)
