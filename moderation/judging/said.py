"""Sentences with values in them, kept apart from the values, so that they can be said in another language."""

from typing import Self


class Said(str):
    """An English sentence like any other text that also knows its pattern, `%(name)s` places, and the values there.

    It is a text so that data, digests and comparisons see the sentence; only whoever translates looks further.
    """

    __slots__ = ("facts", "pattern")
    pattern: str
    facts: dict[str, str | float]

    def __new__(cls, pattern: str, **facts: str | float) -> Self:
        """Puts the values in their places; a pattern without values is the sentence itself."""
        told = {name: f"{value:g}" if isinstance(value, float) else value for name, value in facts.items()}
        made = super().__new__(cls, pattern % told if facts else pattern)
        made.pattern = pattern
        made.facts = facts
        return made
