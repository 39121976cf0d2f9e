"""Bringing a label's whole catalogue into the store from one CSV file: read and checked first, then written at once."""
