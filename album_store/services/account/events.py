"""What other areas hear about accounts, as events of Pyramid. Their subscribers work in the same transaction."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from album_store.data.account import Account

Notify = Callable[[object], None]


@dataclass(frozen=True)
class AddressConfirmed:
    """An account has proved that it receives email at its address. The transaction holds the name of the address."""

    dbsession: Session
    account: Account


@dataclass(frozen=True)
class AddressLeft:
    """An account has another address now. `AddressConfirmed` follows."""

    dbsession: Session
    account: Account


@dataclass(frozen=True)
class AccountLeaving:
    """A locked account is about to be deleted."""

    dbsession: Session
    account: Account
