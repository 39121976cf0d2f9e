"""Covers and recordings: their storage, their checks, and placeholder covers."""
