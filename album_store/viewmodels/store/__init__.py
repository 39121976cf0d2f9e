"""Checkout, orders, purchases and the library."""
