"""When news wait, and for how long."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from routing.quiet_hours import seconds_of_quiet

BOSTON = ZoneInfo("America/New_York")
HOUR = 3600.0


@pytest.mark.parametrize(
    ("local", "hours"),
    [("07:59", 1 / 60), ("08:00", 0), ("12:00", 0), ("20:59", 0), ("21:00", 11), ("23:30", 8.5), ("00:00", 8)],
)
def test_news_wait_from_nine_in_the_evening_until_eight(local: str, hours: float) -> None:
    now = datetime.combine(datetime(2026, 11, 23, tzinfo=BOSTON).date(), time.fromisoformat(local), BOSTON).astimezone(UTC)
    assert seconds_of_quiet(now, time(21), time(8), BOSTON) == pytest.approx(hours * HOUR)


def test_the_night_of_the_clock_change_is_an_hour_longer() -> None:
    evening = datetime(2026, 10, 31, 22, 0, tzinfo=BOSTON).astimezone(UTC)
    assert seconds_of_quiet(evening, time(21), time(8), BOSTON) == pytest.approx(11 * HOUR)


def test_quiet_hours_may_lie_within_a_day() -> None:
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=BOSTON)
    assert seconds_of_quiet(noon, time(11), time(14), BOSTON) == 2 * HOUR
    assert seconds_of_quiet(noon, time(13), time(14), BOSTON) == 0
