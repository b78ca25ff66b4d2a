"""Times and lengths in words."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from opsconsole.lib.clock import written
from opsconsole.templatetags import ui

NOW = datetime(2026, 11, 21, 14, 5, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "just now"),
        (-44, "just now"),
        (50, "1 min ago"),
        (59 * 60 + 59, "59 min ago"),
        (3600, "1 h ago"),
        (86400, "1 day ago"),
        (29 * 86400, "29 days ago"),
        (30 * 86400, "22 Oct 2026"),
        (-90, "in 1 min"),
        (-2 * 86400, "in 2 days"),
    ],
)
def test_a_moment_is_said_relative_until_it_is_a_month_away(seconds: int, words: str) -> None:
    assert ui.relative(NOW - timedelta(seconds=seconds)) == words


def test_the_absolute_time_is_utc_to_the_second() -> None:
    berlin = datetime.fromisoformat("2026-11-21T15:05:09+01:00")
    assert written(berlin) == "21 Nov 2026, 14:05:09 UTC"


@pytest.mark.parametrize(
    ("count", "words"),
    [(None, ""), (1, "1 minute"), (30, "30 minutes"), (60, "1 hour"), (90, "1 h 30 min"), (240, "4 hours")],
)
def test_minutes_are_said_in_hours_from_sixty_on(count: int | None, words: str) -> None:
    assert ui.minutes(count) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-1, "Ended"), (0, "Ended"), (59, "0:59 left"), (3600, "1:00:00 left"), (845, "14:05 left")],
)
def test_the_time_left_counts_down_to_ended(seconds: int, words: str) -> None:
    assert ui.left(NOW + timedelta(seconds=seconds)) == words


@pytest.mark.parametrize(("seconds", "tone"), [(0, "neutral"), (60, "bad"), (300, "notice"), (301, "good")])
def test_a_countdown_turns_before_it_ends(seconds: int, tone: str) -> None:
    assert ui.countdown(NOW + timedelta(seconds=seconds))["tone"] == tone


def test_only_production_looks_like_production() -> None:
    assert [ui.environment_badge(name)["kind"] for name in ("production", "Prod", "staging", "test", "")] == [
        "production",
        "production",
        "test",
        "test",
        "test",
    ]


def test_an_unknown_tone_is_shown_as_neutral() -> None:
    assert 'data-tone="neutral"' in ui.chip("E", "not in the glossary", "odd")
