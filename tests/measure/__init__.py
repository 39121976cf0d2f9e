"""Scripts, run by hand, that measure what the store promises about time and memory. pytest collects nothing here."""
