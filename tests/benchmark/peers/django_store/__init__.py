"""The store's public pages written with Django."""
