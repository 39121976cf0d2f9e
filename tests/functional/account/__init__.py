"""Whole pages of accounts, from registration to leaving."""
