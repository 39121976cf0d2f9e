"""What is special about an account, in a word each."""

from album_store.data.account import Account


def account_labels(account: Account) -> list[str]:
    """Its roles beyond the one that every account has, and why it cannot be signed in to."""
    roles = sorted(role.name for role in account.roles if role.name != "user")
    closed = {"disabled": account.disabled, "not confirmed": not account.confirmed}
    return roles + [word for word, is_so in closed.items() if is_so]
