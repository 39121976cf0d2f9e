"""Tests of `album_store/data`."""
