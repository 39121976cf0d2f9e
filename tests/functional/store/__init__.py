"""Buying: checkout, orders, receipts, purchases and downloads."""
