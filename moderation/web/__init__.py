"""Speaks: one request, one duty, one page or JSON."""
