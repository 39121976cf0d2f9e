"""Who is buying."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Visitor:
    """A signed-in account, or a browser with the secrets of its cookies; any of them may be missing.

    `email` is the confirmed address of the account. A typed address proves nothing and is never part of this.
    `browser_hash` opens purchases, `cart_hash` the cart of a visitor without an account.
    """

    account_id: str | None = None
    email: str = ""
    browser_hash: str = field(default="", repr=False)
    cart_hash: str = field(default="", repr=False)
