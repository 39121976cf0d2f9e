"""The text of each email: one folder of templates per kind."""
