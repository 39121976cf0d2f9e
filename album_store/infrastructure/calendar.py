"""Days in the store's time zone, for release dates and for everything that the store counts by day."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from pyramid.config import Configurator
from pyramid.request import Request

from album_store.data.types import utc_now


@dataclass(frozen=True)
class Calendar:
    """Dates and moments in one time zone. A day may have 23 or 25 hours."""

    timezone: ZoneInfo

    def today(self) -> dt.date:
        """The current date."""
        return self.day_of(utc_now())

    def day_of(self, when: dt.datetime) -> dt.date:
        """The date of a moment."""
        return when.astimezone(self.timezone).date()

    def start_of(self, day: dt.date) -> dt.datetime:
        """The first moment of a day, in UTC. Raises OverflowError at the ends of the calendar."""
        return dt.datetime.combine(day, dt.time(), self.timezone).astimezone(dt.UTC)

    def last_days(self, count: int) -> list[dt.date]:
        """The last `count` days, oldest first, ending with today."""
        today = self.today()
        return [today - dt.timedelta(days=back) for back in reversed(range(count))]


def includeme(config: Configurator) -> None:
    """Add `request.calendar`."""
    config.add_request_method(_calendar, "calendar", reify=True)


def _calendar(request: Request) -> Calendar:
    return Calendar(request.store_settings.timezone)
