"""Remembers: the only floor that speaks SQL."""
