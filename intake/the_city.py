"""The city that this installation serves, as its settings name it."""

from datetime import date, datetime

from intake.errors import RefuseToStart
from intake.settings import Settings
from routing.city import City, load_city
from routing.yaml_files import PackError


def load_the_city(settings: Settings) -> City:
    """Load the city pack. Raises RefuseToStart that lists every fault with file and line."""
    try:
        return load_city(settings.cities_folder / settings.city)
    except PackError as error:
        raise RefuseToStart(str(error)) from error


def date_in(city: City, now: datetime) -> date:
    """The date in the city at a moment."""
    return now.astimezone(city.timezone).date()
