"""The demo catalogue: a CSV of invented albums, with their covers and clips."""
