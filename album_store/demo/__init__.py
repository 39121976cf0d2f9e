"""The demo catalogue: a CSV file of fictional albums, with covers and previews."""
