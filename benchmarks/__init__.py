"""Measures speed as ratios within one run, on real comments; none of it is a test."""
