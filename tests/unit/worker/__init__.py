"""Tests of `album_store/worker`."""
