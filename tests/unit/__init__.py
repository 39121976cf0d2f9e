"""Tests of services, data and view models; mirrors the package."""
