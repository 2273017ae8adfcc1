"""Candor's house: judging thinks, storage remembers, duties act, web speaks."""
