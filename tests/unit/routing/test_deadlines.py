"""Deadlines: on the department's days, not the calendar's."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from routing.catalog import Deadline, DeadlineUnit
from routing.city import OfficeHours
from routing.deadlines import due_at

ZONE = ZoneInfo("America/New_York")
HOURS = OfficeHours({day: (time(9), time(17)) for day in range(5)}, frozenset({date(2026, 11, 26)}))


def local(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("opened", "amount", "due"),
    [
        pytest.param(local(23), 1, local(24, 17), id="monday, one day"),
        pytest.param(local(20), 1, local(23, 17), id="friday, one day: over the weekend"),
        pytest.param(local(25), 1, local(27, 17), id="wednesday, one day: over the holiday"),
        pytest.param(local(21), 1, local(24, 17), id="saturday counts from monday"),
        pytest.param(local(23, 18), 1, local(25, 17), id="after closing counts from the next day"),
        pytest.param(local(23), 3, local(27, 17), id="three days with a holiday among them"),
    ],
)
def test_business_days_end_at_closing_time(opened: datetime, amount: int, due: datetime) -> None:
    assert due_at(opened, Deadline(amount, DeadlineUnit.BUSINESS_DAYS), HOURS, ZONE) == due.astimezone(UTC)


def test_hours_run_through_the_night() -> None:
    assert due_at(local(21, 23), Deadline(24, DeadlineUnit.HOURS), HOURS, ZONE) == local(22, 23)


def test_calendar_days_end_with_the_day() -> None:
    due = due_at(local(20), Deadline(10, DeadlineUnit.CALENDAR_DAYS), HOURS, ZONE)
    assert due.astimezone(ZONE).date() == date(2026, 11, 30)


def test_an_hour_that_the_clock_skips_does_no_harm() -> None:
    opened = datetime(2026, 3, 7, 12, tzinfo=ZONE)
    due = due_at(opened, Deadline(1, DeadlineUnit.CALENDAR_DAYS), HOURS, ZONE)
    assert due.astimezone(ZONE).date() == date(2026, 3, 8)
