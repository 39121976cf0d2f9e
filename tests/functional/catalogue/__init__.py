"""Whole catalogue pages: albums, lists, search and feeds."""
