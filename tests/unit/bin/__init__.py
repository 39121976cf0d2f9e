"""Tests of `album_store/bin`."""
