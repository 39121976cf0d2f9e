"""Scripts that break a running store and look what is left, run by hand."""
