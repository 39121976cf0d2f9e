"""Limits how often forms can send email to one address, so that they cannot be used to flood a mailbox."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

# The pauses before the first, second and later emails of a day: three without a pause, then at growing intervals.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (0, 0, 0, 5, 20, 60))
MAX_PER_DAY = 12
# The limit while an emailed link works. The rest is for owners who have ended that link and need another.
MAX_WHILE_A_LINK_WORKS = 8
DAY = timedelta(days=1)


def next_mail_date(sent: Sequence[datetime], *, a_link_works: bool = False) -> datetime:
    """Return when the next email may be sent. `sent` holds the dates of the last 24 hours, oldest first."""
    if not sent:
        return datetime.min.replace(tzinfo=UTC)
    limit = MAX_WHILE_A_LINK_WORKS if a_link_works else MAX_PER_DAY
    if len(sent) >= limit:
        return sent[-limit] + DAY
    return sent[-1] + PAUSES[min(len(sent), len(PAUSES) - 1)]
