"""Business hours on a wall clock, and the changes of the clock inside them. Pure."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from grants import policy
from grants.hours import Hours, closing, shift_minutes

BERLIN = ZoneInfo("Europe/Berlin")
SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)  # two o'clock is skipped, and comes twice


def hours(opens, closes, *, days=range(7), zone=BERLIN, holidays=()):
    return Hours("desk", frozenset(days), opens * 60, closes * 60, zone, frozenset(holidays))


def utc(day, hour, minute=0):
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def test_hours_open_and_close_with_the_wall_clock_in_summer_and_in_winter():
    desk = hours(8, 18)
    for day, opens in ((date(2026, 1, 14), 7), (date(2026, 7, 15), 6)):
        assert desk.window_at(utc(day, opens) - timedelta(seconds=1)) is None
        assert desk.window_at(utc(day, opens)) == (utc(day, opens), utc(day, opens + 10))
        assert desk.window_at(utc(day, opens + 10)) is None


@pytest.mark.parametrize(("day", "length"), [(SPRING, 7), (AUTUMN, 9), (date(2026, 6, 1), 8)])
def test_a_night_shift_over_a_change_of_the_clock_is_as_long_as_the_night_is(day, length):
    night = hours(22, 6)
    opens = (
        datetime.combine(day - timedelta(days=1), datetime.min.time(), BERLIN)
        .replace(hour=22)
        .astimezone(UTC)
    )
    assert night.window_at(opens + timedelta(hours=2)) == (opens, opens + timedelta(hours=length))
    assert night.closes_at(opens) == opens + timedelta(hours=length)


def test_a_time_that_is_skipped_or_comes_twice_is_read_so_that_less_is_open():
    early = hours(2, 4)
    assert early.window_at(utc(SPRING, 1)) == (utc(SPRING, 1), utc(SPRING, 2))
    assert early.window_at(utc(AUTUMN, 0, 30)) is None
    assert early.window_at(utc(AUTUMN, 1)) == (utc(AUTUMN, 1), utc(AUTUMN, 3))
    late = hours(0, 2)
    assert late.window_at(utc(AUTUMN, 0)) is None
    assert late.closes_at(utc(AUTUMN, 0) - timedelta(minutes=1)) == utc(AUTUMN, 0)


@pytest.mark.parametrize(("day", "minutes"), [(SPRING, 420), (AUTUMN, 540)])
def test_until_the_end_of_a_shift_counts_the_minutes_that_pass(day, minutes):
    start = datetime.combine(day - timedelta(days=1), datetime.min.time(), BERLIN).replace(hour=22)
    assert shift_minutes("06:00", BERLIN, start.astimezone(UTC), 1440) == minutes
    assert shift_minutes("06:00", BERLIN, start.astimezone(UTC), 240) == 240


@pytest.mark.parametrize(
    ("typed", "says"),
    [("17", "17:30"), ("25:00", "17:30"), ("", "17:30"), ("11:59", "is over"), ("24:30", "17:30")],
)
def test_a_shift_end_that_is_none_or_long_ago_is_told(typed, says):
    with pytest.raises(ValueError, match=says):
        shift_minutes(typed, ZoneInfo("UTC"), datetime(2026, 6, 1, 12, tzinfo=UTC), 60)


def test_a_day_without_end_is_whole_and_24_hours_are_never_none():
    whole = hours(0, 24, zone=ZoneInfo("UTC"))
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert whole.window_at(noon) == (noon - timedelta(hours=12), noon + timedelta(hours=12))
    assert whole.closes_at(noon) - noon > timedelta(days=6)
    assert policy.window(noon, None, 1440, [whole]) == (noon, noon + timedelta(days=1))


def test_access_ends_when_the_first_of_its_hours_closes_and_never_begins_while_one_is_closed():
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)  # a Monday, 14:00 in Berlin
    desk, long = hours(8, 18), hours(6, 22)
    assert closing([], noon) is None
    assert policy.window(noon, None, 30, [desk, long]) == (noon, noon + timedelta(minutes=30))
    assert policy.window(noon, None, 600, [desk, long])[1] == noon + timedelta(hours=4)
    with pytest.raises(ValueError, match="They open next at 2 Jun, 06:00 UTC"):
        policy.window(noon + timedelta(hours=5), None, 30, [desk, long])


def test_hours_stay_closed_on_holidays_and_other_days():
    desk = hours(8, 18, days=range(5), holidays=[date(2026, 12, 25)])
    friday = utc(date(2026, 12, 25), 12)
    assert desk.window_at(friday) is None
    assert desk.opens_next(friday) == utc(date(2026, 12, 28), 7)
    assert desk.window_at(utc(date(2026, 12, 24), 12)) is not None
