"""How often forms can send email to one address, so that no form can flood an inbox."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from album_store.infrastructure.wording import spoken_length

# The pause before the first email of a day, the second and so on: three at once, then at growing intervals.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (0, 0, 0, 5, 20, 60))
MAX_PER_DAY = 12
# The limit while a mailed link works. The rest is for an owner who has ended that link and needs another.
MAX_WHILE_A_LINK_WORKS = 8
DAY = timedelta(days=1)


class MailLimitError(Exception):
    """An address has been sent as many emails as forms may send to it. `wait_s` is how many seconds until the next."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(wait_s)
        self.wait_s = wait_s

    @property
    def sentence(self) -> str:
        """What to tell the person who sent the form."""
        return f"This address has been sent several emails already. Try again in {spoken_length(self.wait_s * 1000)}."


def next_mail_date(sent: Sequence[datetime], *, a_link_works: bool = False) -> datetime:
    """Return when the next email may be sent; `sent` are the dates of those of the last 24 hours, oldest first."""
    if not sent:
        return datetime.min.replace(tzinfo=UTC)
    limit = MAX_WHILE_A_LINK_WORKS if a_link_works else MAX_PER_DAY
    if len(sent) >= limit:
        return sent[-limit] + DAY
    return sent[-1] + PAUSES[min(len(sent), len(PAUSES) - 1)]
