"""Small counts are not shown, and no sum beside them tells them."""

import pytest

from moderation.judging.small_numbers import NOT_SHOWN, TOO_FEW, shown, sum_of


@pytest.mark.parametrize(("number", "said"), [(0, TOO_FEW), (1, TOO_FEW), (9, TOO_FEW), (10, 10), (4_711, 4_711)])
def test_a_small_count_is_said_to_be_small(number: int, said: int | str):
    assert shown(number) == said


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], TOO_FEW),
        ([3], TOO_FEW),
        ([30], 30),
        ([10, 20, 30], 60),
        ([10, 20, 3], NOT_SHOWN),
        ([10, 0, 3], NOT_SHOWN),
        ([10, 9, 9], NOT_SHOWN),
        ([10, 9, 8], 27),
        ([9, 9, 9], NOT_SHOWN),
        ([11, 0, 0], 11),
        ([0, 0], TOO_FEW),
        ([0, 0, 3], TOO_FEW),
        ([5, 5], 10),
    ],
)
def test_a_sum_tells_no_small_part_of_it(parts: list[int], said: int | str):
    assert sum_of(parts) == said
