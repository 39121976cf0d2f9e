"""Covers and recordings: storage, validation, and placeholder covers."""
