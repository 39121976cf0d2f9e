"""How long a buyer may withdraw from a purchase."""

import datetime as dt
from dataclasses import dataclass

from album_store.data.order import Order
from album_store.infrastructure.calendar import Calendar

# https://eur-lex.europa.eu/eli/dir/2011/83, article 9. The day of the purchase does not count.
DAYS = dt.timedelta(days=14)


@dataclass(frozen=True)
class WithdrawalPeriod:
    """The period of a store that offers withdrawal (`checkout.withdrawal`)."""

    _calendar: Calendar
    _is_offered: bool

    def last_day(self, order: Order) -> dt.date | None:
        """Return the last day on which the buyer may withdraw; None if they cannot.

        They cannot withdraw from what is free or not paid, and not if they agreed to lose that right.
        """
        if not self._is_offered or order.paid_date is None or order.consent_date is not None or not order.total_cents:
            return None
        return self._calendar.day_of(order.paid_date) + DAYS

    def is_open(self, order: Order) -> bool:
        """Return whether the buyer may withdraw today."""
        last_day = self.last_day(order)
        return last_day is not None and self._calendar.today() <= last_day
