"""Rules that hold for the whole site."""
