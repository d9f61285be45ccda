"""What tests of residents' pages share: a phone, the words of the pages, and what the database holds afterwards."""

import re

from playwright.sync_api import ViewportSize
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from intake.phrases import Phrases
from intake.wiring import Service

PHONE: ViewportSize = {"width": 390, "height": 844}
NUMBER = re.compile(r"\d{2}-\d{6}")


def say(phrase: str, language: str = "en", **values: str) -> str:
    """A phrase as Boston's pages say it."""
    return Phrases([language]).say(language, phrase, **{"city": "Boston", "phone": "311", **values})


def count(service: Service, table: type) -> int:
    """How many rows a table has."""
    with Session(service.engine) as session:
        return session.scalar(select(func.count()).select_from(table)) or 0
