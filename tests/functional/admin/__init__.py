"""Whole pages for those who run the store."""
