"""The benchmark: the store beside other ways to write it, run by hand (python -m tests.benchmark)."""
