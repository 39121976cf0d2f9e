"""Scans running stores with wapiti and sqlmap, by hand: `python -m tests.measure.scan`."""
