"""Whole pages with albums: lists, search, feeds."""
