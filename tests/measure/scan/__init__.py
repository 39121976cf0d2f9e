"""wapiti and sqlmap against a running store, by hand: `python -m tests.measure.scan`."""
