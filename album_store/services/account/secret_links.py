"""Creating, finding and redeeming secret links, the same way for every kind of mailed link."""

from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from album_store.data.secret_link import SecretLink
from album_store.data.types import new_id, utc_now
from album_store.infrastructure.security.client import Client
from album_store.infrastructure.security.secret_codes import LinkCode, hash_secret, is_secret, new_secret

Link = TypeVar("Link", bound=SecretLink)


class DeadLinkError(Exception):
    """Unknown, used, replaced or expired; only the holder of the secret is told which."""


def create_link(dbsession: Session, model: type[SecretLink], client: Client, **values: Any) -> LinkCode:
    """Add a link with these column values; returns the code for the mail, of which only the hash is stored."""
    code = LinkCode(new_id(), new_secret())
    dbsession.add(
        model(
            id=code.id,
            secret_hash=hash_secret(code.secret),
            created_ip_address=client.ip_address,
            created_user_agent=client.user_agent,
            **values,
        )
    )
    return code


def find_link(dbsession: Session, model: type[Link], code: LinkCode | None, lifetime: timedelta) -> Link:
    """Return the link with this code without changing it. Raises DeadLinkError."""
    link = dbsession.get(model, code.id) if code else None
    if link is None or not is_secret(code.secret, link.secret_hash):
        raise DeadLinkError
    if link.was_used or link.superseded_date is not None or link.created_date <= utc_now() - lifetime:
        raise DeadLinkError
    return link


def redeem_link(dbsession: Session, model: type[SecretLink], link_id: str, lifetime: timedelta, client: Client) -> None:
    """Redeem a link whose secret `find_link` has checked. Raises DeadLinkError if it no longer works.

    A single conditional UPDATE decides, so exactly one of several concurrent requests succeeds. With a SELECT before
    the UPDATE, all of them would.
    """
    now = utc_now()
    redeemed = dbsession.execute(
        update(model)
        .where(
            model.id == link_id,
            model.was_used.is_(False),
            model.superseded_date.is_(None),
            model.created_date > now - lifetime,
        )
        .values(was_used=True, used_date=now, used_ip_address=client.ip_address, used_user_agent=client.user_agent)
    )
    if redeemed.rowcount != 1:
        raise DeadLinkError
