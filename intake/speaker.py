"""What every word to residents is made of: phrases, the city's own values, the names of languages, and links."""

from intake.casework.cases import Case
from intake.dates import write_date, write_hours
from intake.phrases import Phrases
from nlp.lexicon import Lexicon
from routing.city import City


class Speaker:
    """Words for steps, in every language of a city."""

    def __init__(self, phrases: Phrases, city: City, lexicons: dict[str, Lexicon], public_url: str) -> None:
        self._phrases = phrases
        self._city = city
        self._lexicons = lexicons
        self._public_url = public_url.rstrip("/")

    def say(self, language: str, phrase: str, **values: str) -> str:
        """A phrase, with the values that belong to the city filled in."""
        hours = write_hours(self._city.hours, language)
        about = {"city": self._city.name, "phone": self._city.phone, "hours": hours}
        return self._phrases.say(language, phrase, **{**about, **values})

    def say_of_case(self, language: str, phrase: str, case: Case) -> str:
        """A phrase about a case: when it is expected, or when it was closed."""
        moment = case.due_at if case.is_open else (case.closed_at or case.due_at)
        return self.say(
            language,
            phrase,
            number=case.number,
            service=self._city.catalog.service_name(case.service, language),
            place=case.place,
            department=self._city.catalog.department_name(case.department, language),
            date=write_date(moment, language, self._city.timezone),
        )

    def state_of_case(self, language: str, case: Case) -> str:
        """Whether a case is open or closed, and since or until when."""
        return self.say_of_case(language, "status-open" if case.is_open else "status-closed", case)

    def language_name(self, code: str) -> str:
        """A language's name in itself."""
        return self._lexicons[code].names[0]

    def status_link(self, case: Case) -> str:
        """The page that tells a case's state to whoever has its link."""
        return f"{self._public_url}/cases/{case.number}?key={case.token}"

    def help_link(self, article: str, language: str) -> str:
        """The page with an article in a language."""
        return f"{self._public_url}/help/{article}?lang={language}"

    @property
    def city(self) -> City:
        """The city that is spoken for."""
        return self._city
