"""What a cart holds, and what it costs now."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from album_store.services.store.item_key import ItemKey
from album_store.services.store.offer import Offer


@dataclass(frozen=True)
class CartLine:
    """An item of a cart.

    `seen_cents` is what the buyer chose or saw. `owned_by` is the order that bought it, and `order_id` the last one
    that was made of it and is not paid, if there is one.
    """

    item_id: int
    offer: Offer
    seen_cents: int
    seen_currency: str
    owned_by: str | None
    order_id: str | None

    @property
    def can_be_bought(self) -> bool:
        """Whether it is for sale, and not owned."""
        return self.offer.is_for_sale and self.owned_by is None

    @property
    def amount_cents(self) -> int:
        """What it costs now, in minor units."""
        same_currency = self.seen_currency == self.offer.currency
        return self.offer.amount_for(self.seen_cents if same_currency else self.offer.price_cents)

    @property
    def has_changed(self) -> bool:
        """Whether it costs something else than the buyer saw."""
        return (self.amount_cents, self.offer.currency) != (self.seen_cents, self.seen_currency)


@dataclass(frozen=True)
class CartContents:
    """The items of a cart in the order in which they were added. What cannot be bought is not charged."""

    items: tuple[CartLine, ...] = ()

    @cached_property
    def lines(self) -> tuple[CartLine, ...]:
        """The items that can be bought."""
        return tuple(item for item in self.items if item.can_be_bought)

    @property
    def currency(self) -> str:
        """The currency; empty if there is nothing to buy, or if there are several."""
        currencies = {line.offer.currency for line in self.lines}
        return currencies.pop() if len(currencies) == 1 else ""

    @property
    def is_mixed(self) -> bool:
        """Whether there are several currencies, so that it cannot be paid at once."""
        return bool(self.lines) and not self.currency

    @property
    def total_cents(self) -> int:
        """What all of it costs, in minor units."""
        return sum(line.amount_cents for line in self.lines)

    @property
    def fingerprint(self) -> str:
        """A value that is the same only for the same items and amounts. A form says with it what its buyer saw."""
        return fingerprint_of((line.offer.key, line.amount_cents, line.offer.currency) for line in self.lines)


def fingerprint_of(items: Iterable[tuple[ItemKey, int, str]]) -> str:
    """Return the fingerprint of items, each with its amount and currency."""
    parts = sorted(f"{key} {amount_cents} {currency}" for key, amount_cents, currency in items)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
