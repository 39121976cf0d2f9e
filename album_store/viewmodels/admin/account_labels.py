"""The labels of an account in admin pages."""

from album_store.data.account import Account


def account_labels(account: Account) -> list[str]:
    """The roles of the account except `user`, and `disabled` or `not confirmed` if the owner cannot sign in."""
    roles = sorted(role.name for role in account.roles if role.name != "user")
    closed = {"disabled": account.disabled, "not confirmed": not account.confirmed}
    return roles + [word for word, is_so in closed.items() if is_so]
