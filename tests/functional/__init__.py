"""Tests of whole pages through the real application, by area."""
