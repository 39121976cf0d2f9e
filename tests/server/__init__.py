"""Tests that run the store and its commands as separate processes."""
