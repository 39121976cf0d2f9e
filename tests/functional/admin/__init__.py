"""Whole admin pages."""
