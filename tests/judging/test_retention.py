"""Dates of deletion follow from the terms in force, for any terms; later terms only bring them forward."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.judging.retention import COLUMN_OF, REDUCED, Terms, month_of, next_month, shortened
from moderation.vocabulary import Channel, State

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SPANS = st.none() | st.timedeltas(min_value=DAY, max_value=36_500 * DAY)
TERMS = st.builds(Terms, published=SPANS, checked=SPANS, held=SPANS, removed=SPANS, network=SPANS)


def test_what_only_the_dialect_sent_has_a_term_of_its_own_while_it_is_published():
    terms = Terms(published=DAY, checked=2 * DAY, held=3 * DAY, removed=4 * DAY, network=5 * DAY)
    native = terms.dates(Channel.API, NOW, has_network=True)
    assert native == {
        "delete_published_after": NOW + DAY,
        "delete_held_after": NOW + 3 * DAY,
        "delete_removed_after": NOW + 4 * DAY,
        "reduce_after": NOW + 5 * DAY,
    }
    assert terms.dates(Channel.AKISMET, NOW, has_network=True) == native | {"delete_published_after": NOW + 2 * DAY}


def test_without_a_network_address_there_is_none_to_go():
    assert Terms(network=DAY).dates(Channel.API, NOW, has_network=False)[REDUCED] is None


def test_every_state_in_which_a_comment_can_stand_has_its_date():
    assert set(COLUMN_OF) == set(State) - {State.ERASED}


@given(TERMS, TERMS, st.sampled_from(Channel))
def test_later_terms_bring_dates_forward_and_never_put_them_off(before: Terms, after: Terms, channel: Channel):
    stored = before.dates(channel, NOW, has_network=True)
    today = after.dates(channel, NOW, has_network=True)
    left = stored | shortened(stored, today)
    for name, date in left.items():
        given_ones = [one for one in (stored[name], today[name]) if one is not None]
        assert date == min(given_ones, default=None)


@pytest.mark.parametrize(
    ("moment", "month", "following"),
    [
        (NOW, datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
        (
            datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
            datetime(2026, 12, 1, tzinfo=UTC),
            datetime(2027, 1, 1, tzinfo=UTC),
        ),
        (datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)),
    ],
)
def test_of_a_moment_the_month_is_kept(moment: datetime, month: datetime, following: datetime):
    assert (month_of(moment), next_month(moment)) == (month, following)
