"""What the store promises about time and memory, measured by hand: pytest collects nothing here."""
