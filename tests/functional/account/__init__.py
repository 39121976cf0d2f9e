"""Whole account pages, from registration to deletion."""
