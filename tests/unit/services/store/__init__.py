"""Tests of orders, payments and ownership."""
