"""Tests of `album_store/viewmodels`."""
