"""What a statement that does not hold says of itself: what differs, in words."""

from typing import Any

import pytest

from moderation.duties.reporting.wording import differing


@pytest.mark.parametrize(
    ("told", "found", "said"),
    [
        (1, 1, None),
        (("a", "b"), ["a", "b"], None),
        (1, 2, "The page says 1, and what was found is 2."),
        (True, None, "The page says yes, and what was found is nothing."),
        (
            {"see it": True, "erase it": True},
            {"see it": True, "erase it": False},
            "The page says erase it: yes, and what was found is erase it: no.",
        ),
        (("a", "b"), ("b", "c"), "The page says a, and what was found is c."),
        (("a",), (), "The page says a, and what was found is nothing."),
        (("a", "b"), ("b", "a"), "The page says a, b, and what was found is b, a."),
    ],
)
def test_a_statement_that_does_not_hold_names_what_differs(told: Any, found: Any, said: str | None):
    assert differing(told, found) == said
