"""The labels of an account in admin pages."""

from album_store.data.account import Account


def role_labels(account: Account) -> list[str]:
    """The roles of the account except `user`, which every account has."""
    return sorted(role.name for role in account.roles if role.name != "user")


def account_labels(account: Account) -> list[str]:
    """The role labels of the account, and `disabled` or `not confirmed` if the owner cannot sign in."""
    closed = {"disabled": account.disabled, "not confirmed": not account.confirmed}
    return role_labels(account) + [word for word, is_so in closed.items() if is_so]
