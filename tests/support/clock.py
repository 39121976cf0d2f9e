"""The time at which the `clock` fixture starts, for tests that depend on the time."""

from datetime import UTC, datetime

NOON = datetime(2026, 3, 31, 12, tzinfo=UTC)
