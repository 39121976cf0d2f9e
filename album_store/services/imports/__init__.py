"""Albums from outside: a CSV file and its media."""
