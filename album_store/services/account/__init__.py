"""Accounts, from registration and sign-in to leaving."""
