"""The second, invented city: small enough to think with."""

from functools import lru_cache

from intake.settings import ROOT
from routing.city import City, load_city


@lru_cache(maxsize=1)
def small_city() -> City:
    """Millbrook, loaded once."""
    return load_city(ROOT / "cities" / "millbrook")
