"""Who is buying."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Visitor:
    """A signed-in account, or a browser with the secret of its cookie; either may be missing.

    `email` is the confirmed address of the account. A typed address proves nothing and is never part of this.
    """

    account_id: str | None = None
    email: str = ""
    browser_hash: str = field(default="", repr=False)
