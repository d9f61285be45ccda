"""When a case is due, on the department's days and hours."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.catalog import Deadline, DeadlineUnit
from routing.city import OfficeHours


def due_at(opened_at: datetime, deadline: Deadline, hours: OfficeHours, timezone: ZoneInfo) -> datetime:
    """Return when a case opened at `opened_at` is due, in UTC.

    Business days end at closing time and skip days on which nobody works; a case opened after closing counts from the next working day.
    """
    local = opened_at.astimezone(timezone)
    match deadline.unit:
        case DeadlineUnit.HOURS:
            return opened_at.astimezone(UTC) + timedelta(hours=deadline.amount)
        case DeadlineUnit.CALENDAR_DAYS:
            end = local.date() + timedelta(days=deadline.amount)
            return datetime.combine(end, datetime.max.time().replace(microsecond=0), timezone).astimezone(UTC)
        case DeadlineUnit.BUSINESS_DAYS:
            return _after_business_days(local, deadline.amount, hours).astimezone(UTC)


def _after_business_days(local: datetime, days: int, hours: OfficeHours) -> datetime:
    day = local
    if not is_working(day, hours) or day.time() > hours.weekdays[day.weekday()][1]:
        day = _next_working(day, hours)
    for _ in range(days):
        day = _next_working(day, hours)
    return datetime.combine(day.date(), hours.weekdays[day.weekday()][1], local.tzinfo)


def _next_working(day: datetime, hours: OfficeHours) -> datetime:
    day += timedelta(days=1)
    while not is_working(day, hours):
        day += timedelta(days=1)
    return day


def is_working(day: datetime, hours: OfficeHours) -> bool:
    """Whether anybody works on the (local) date of `day`."""
    return day.weekday() in hours.weekdays and day.date() not in hours.holidays
