"""Tests of `album_store/services`."""
