"""News wait until morning: nobody is woken because a pothole is filled."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo


def seconds_of_quiet(now: datetime, quiet_from: time, quiet_until: time, zone: ZoneInfo) -> float:
    """How long news wait from `now`: 0 outside the quiet hours, which run over midnight; local time, clock changes included."""
    local = now.astimezone(zone)
    clock = local.time()
    is_quiet = clock >= quiet_from or clock < quiet_until if quiet_from > quiet_until else quiet_from <= clock < quiet_until
    if not is_quiet:
        return 0.0
    day = local.date() if clock < quiet_until else local.date() + timedelta(days=1)
    morning = datetime.combine(day, quiet_until, zone)
    return (morning - now).total_seconds()
