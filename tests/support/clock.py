"""The moment at which tests begin that need to know the time; the fixture `clock` stands there."""

from datetime import UTC, datetime

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
