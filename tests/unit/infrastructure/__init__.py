"""Tests of `album_store/infrastructure`."""
