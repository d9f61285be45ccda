"""What people do with cases at the console: each change is one transaction, with a line in the history and one in the audit trail."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from intake.casework import case_changes
from intake.casework.case_state import note_event
from intake.console.audit import note
from intake.console.case_form import CaseForm, read_form, whole_number
from intake.console.case_in_full import CaseInFull, effects_of, read_case, what_it_does
from intake.console.case_search import CasePage, find_cases, has_case
from intake.console.people import Person
from intake.console.service_search import find_services
from intake.contacts import ContactVault
from intake.database import WRITES
from intake.delivering.destinations import Destinations
from intake.delivering.effect_book import EffectBook
from intake.delivering.outbox import Outbox
from intake.delivery_tables import EffectTable, WorkOrderTable
from intake.errors import CaseError
from intake.tables import CaseTable, ContactTable
from intake.work import Work
from nlp.folding import fold
from routing.catalog import Priority, Service
from routing.city import City
from routing.drafts import CaseDraft, Place

_NAMED_AT_ONCE = 5
_ENGLISH = "en"
# Candidates on the map for words in a language.
FindPlaces = Callable[[str, str], tuple[Place, ...]]


@dataclass(frozen=True)
class _Change:
    """An open transaction about a case that is held until it ends."""

    session: Session
    work: Work
    case: CaseTable
    actor: str
    now: datetime


class CaseDesk:
    """Finds, shows and changes cases. Changes raise CaseError with a sentence for whoever asked."""

    def __init__(
        self, engine: Engine, outbox: Outbox, destinations: Destinations, vault: ContactVault, city: City, find_places: FindPlaces
    ) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**WRITES)
        self._outbox, self._destinations = outbox, destinations
        self._vault, self._city, self._find_places = vault, city, find_places

    def read_form(self, fields: Mapping[str, str]) -> CaseForm:
        """What the search form asks for."""
        return read_form(fields, self._city)

    def find(self, form: CaseForm, now: datetime, *, after: int | None = None) -> CasePage:
        """The cases of a form, none where it has faults."""
        return CasePage((), 0, None) if form.faults else find_cases(self._engine, form.query, now, after=after)

    def has(self, number: str) -> bool:
        """Whether there is a case with this number."""
        return has_case(self._engine, number)

    def contact_of(self, words: str, person: Person, now: datetime) -> int | None:
        """The id of whoever has this phone number or e-mail address, None where nobody wrote from it. That it was asked is noted, not the number."""
        lookup = self._vault.lookup(words)
        with Session(self._writer) as session, session.begin():
            found = session.scalar(select(ContactTable.id).where(ContactTable.lookup == lookup))
            note(session, person.login, "contact_searched", f"contact {found or 'unknown'}", now)
            return found

    def read(self, number: str) -> CaseInFull | None:
        """A case without personal data, None where there is none."""
        with Session(self._engine) as session:
            return read_case(session, number, self._city)

    def reveal(self, number: str, person: Person, now: datetime) -> CaseInFull | None:
        """A case with all that its resident wrote; who looked is noted first."""
        with Session(self._writer) as session, session.begin():
            note(session, person.login, "case_text_shown", f"case {number}", now)
        with Session(self._engine) as session:
            return read_case(session, number, self._city, reveals=True)

    def places(self, words: str) -> tuple[Place, ...]:
        """Candidates on the map for words."""
        return self._find_places(words, _ENGLISH)

    def change_service(self, number: str, words: str, person: Person, now: datetime) -> None:
        """Give a case the service with this name or code; a service that needs a crew brings a task where there is none."""
        service = self._service(words)
        with self._changing(number, person, "case_service_changed", now, service=service.code) as change:
            case_changes.change_service(change.session, change.case, service.code, self._city, change.actor, now)
            tasks = select(WorkOrderTable.id).where(WorkOrderTable.case_id == change.case.id)
            has_task = change.session.scalars(tasks).first() is not None
            if service.asset_class and not has_task and change.case.status == "open":
                case_changes.add_task(
                    change.session, change.work, change.case, service.department, change.actor, now, service.asset_class
                )

    def change_place(self, number: str, place: Place, person: Person, now: datetime) -> None:
        """Put a case at another place."""
        with self._changing(number, person, "case_place_changed", now) as change:
            case_changes.change_place(change.session, change.case, place, change.actor, now)

    def set_priority(self, number: str, priority: Priority, person: Person, now: datetime) -> None:
        """Say how soon staff should look."""
        with self._changing(number, person, "case_priority_set", now, priority=priority.value) as change:
            case_changes.set_priority(change.session, change.case, priority, change.actor, now)

    def add_task(self, number: str, department: str, asset_class: str, asset: str, person: Person, now: datetime) -> None:
        """Give a department a task; with a kind of asset it reaches that department's asset system."""
        if department not in self._city.catalog.departments:
            raise CaseError(f"there is no department {department}")
        with self._changing(number, person, "case_task_added", now, department=department) as change:
            case_changes.add_task(
                change.session, change.work, change.case, department, change.actor, now, asset_class, asset or None
            )

    def finish_task(self, number: str, task_id: int, person: Person, now: datetime) -> None:
        """Note that a task which lives here alone is done."""
        with self._changing(number, person, "case_task_done", now, task=task_id) as change:
            order = change.session.get(WorkOrderTable, task_id)
            if order is None or order.case_id != change.case.id:
                raise CaseError("there is no such task")
            case_changes.finish_task(change.session, change.work, order, change.actor, now)

    def merge(self, number: str, into: str, person: Person, now: datetime) -> None:
        """Let a case stand as the one with the number `into` does."""
        wanted = whole_number(into)
        if wanted is None:
            raise CaseError("a case number looks like 26-000123")
        with self._changing(number, person, "case_merged", now, also=wanted, into=wanted) as change:
            target = _the_case(change.session, wanted)
            case_changes.merge(change.session, change.case, target, change.actor, now)

    def unmerge(self, number: str, person: Person, now: datetime) -> None:
        """Let a merged case stand for itself again."""
        with self._changing(number, person, "case_unmerged", now) as change:
            case_changes.unmerge(change.session, change.case, change.actor, now)

    def split(self, number: str, words: str, description: str, place: Place | None, person: Person, now: datetime) -> str:
        """Open another case for the same message and return its number; without a place it is where the first one is."""
        service = self._service(words)
        with self._changing(number, person, "case_split", now, service=service.code) as change:
            case = change.case
            kept = place or (Place(**case.place) if case.place else None)
            draft = CaseDraft(service.code, description or case.description, 1.0, kept)
            (opened,) = case_changes.split(change.session, change.work, case, [draft], self._city, change.actor, now)
            return opened.number or ""

    def close(self, number: str, text: str, person: Person, now: datetime) -> None:
        """Close a case; whoever waits for it is told."""
        with self._changing(number, person, "case_closed", now) as change:
            case_changes.close(change.session, change.work, change.case, change.actor, now, text)

    def reopen(self, number: str, person: Person, now: datetime) -> None:
        """Open a case again; whoever waits for it is told."""
        with self._changing(number, person, "case_reopened", now) as change:
            case_changes.reopen(change.session, change.work, change.case, change.actor, now)

    def withdraw(self, number: str, person: Person, now: datetime) -> None:
        """Take back a case that was opened by mistake."""
        with self._changing(number, person, "case_withdrawn", now) as change:
            case_changes.withdraw(change.session, change.case, change.actor, now)

    def try_again(self, number: str, effect_id: str, person: Person, now: datetime) -> None:
        """Put back something of this case that was given up."""
        with self._changing(number, person, "case_delivery_tried_again", now, effect=effect_id) as change:
            mine: dict[str, EffectTable] = {effect.id: effect for effect in effects_of(change.session, change.case)}
            if effect_id not in mine:
                raise CaseError("there is nothing like that to try again")
            what = {"effect": what_it_does(mine[effect_id])}
            note_event(change.session, change.case.id, "tried_again", change.actor, now, after=what)
            if not EffectBook(self._engine, self._outbox).requeue_in(change.session, effect_id):
                raise CaseError("it was not given up, or is tried again already")

    def _service(self, words: str) -> Service:
        """The service that `words` name. Raises CaseError that lists what they may mean."""
        catalog, wanted = self._city.catalog, fold(words)
        for code, service in catalog.services.items():
            if wanted in {code.casefold(), fold(catalog.service_name(code, "en"))}:
                return service
        found = find_services(catalog, words) if words.strip() else ()
        if len(found) == 1:
            return catalog.services[found[0].code]
        names = ", ".join(f"“{one.name}”" for one in found[:_NAMED_AT_ONCE])
        raise CaseError(f"which service is meant: {names}?" if found else f"no service is called “{words}”")

    @contextmanager
    def _changing(
        self, number: str, person: Person, name: str, now: datetime, *, also: str = "", **after: Any
    ) -> Iterator[_Change]:
        """Hold a case, and with `also` another, until the change is committed with its line in the audit trail."""
        with Session(self._writer) as session, session.begin():
            # Whoever holds two cases takes the older first, so that two merges never wait for each other.
            wanted = select(CaseTable).where(CaseTable.number.in_([number, also])).order_by(CaseTable.id)
            session.scalars(wanted.with_for_update()).all()
            work = Work(session, self._outbox, self._destinations, person.login)
            yield _Change(session, work, _the_case(session, number), person.login, now)
            note(session, person.login, name, f"case {number}", now, after=after or None)


def _the_case(session: Session, number: str) -> CaseTable:
    case = session.scalars(select(CaseTable).where(CaseTable.number == number)).one_or_none()
    if case is None:
        raise CaseError(f"there is no case {number}")
    return case
