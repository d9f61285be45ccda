"""Changes of cases: each leaves a line in the history, tells whom it should, and can be told apart from a mistake."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from intake.casework.case_changes import change_place, split
from intake.casework.case_ledger import CaseLedger
from intake.casework.open_data import export_open_data
from intake.delivery_tables import CaseLinkTable
from intake.effects import TellCaseNews
from intake.errors import CaseError
from routing.catalog import Priority
from routing.connectors.ports import Filed, RemoteChange
from routing.drafts import CaseDraft
from tests.case_town import ALONE, ANA, CONNECTED, HERE, LATER, NOW, Town, the


@pytest.fixture
def town(database_url: str) -> Iterator[Town]:
    built = Town(database_url)
    yield built
    built.engine.dispose()


def test_another_service_brings_department_deadline_and_priority_and_keeps_what_was_in_the_history(town: Town) -> None:
    number = town.report()
    town.change_service(number, "TREEDOWN")
    case, event = town.case(number), town.history(number)[-1]
    assert (case.service, case.department, case.priority) == ("TREEDOWN", "GROUNDS", "urgent")
    assert case.due_at == NOW + timedelta(hours=12)
    assert (event.name, event.actor, event.at) == ("service_changed", ANA, LATER)
    assert event.before is not None
    assert event.after is not None
    assert (event.before["service"], event.before["department"]) == ("POTHOLE", "HIGHWAY")
    assert (event.after["service"], event.after["due_at"]) == ("TREEDOWN", (NOW + timedelta(hours=12)).isoformat())


def test_a_task_that_no_crew_has_yet_goes_along_to_the_new_department(town: Town) -> None:
    number = town.report("STREETLIGHT")
    town.change_service(number, "TREEDOWN")
    (task,) = town.tasks(number)
    assert (task.department, task.asset_class) == ("GROUNDS", "tree")


def test_the_same_service_again_changes_nothing_and_an_unknown_one_is_refused(town: Town) -> None:
    number = town.report()
    town.change_service(number, "POTHOLE")
    assert [event.name for event in town.history(number)] == ["opened"]
    with pytest.raises(CaseError, match="no service NONE"):
        town.change_service(number, "NONE")


def test_place_and_priority_change_with_what_was_before(town: Town) -> None:
    number = town.report()
    there = replace(HERE, text="9 Chandlery Ln")
    with town.changing() as work:
        change_place(work.session, the(work.session, number), there, ANA, LATER)
    town.set_priority(number, Priority.URGENT)
    place, priority = town.history(number)[-2:]
    assert place.before is not None
    assert place.after is not None
    assert (place.before["place"]["text"], place.after["place"]["text"]) == ("12 Pettibone St", "9 Chandlery Ln")
    assert (priority.before, priority.after) == ({"priority": "normal"}, {"priority": "urgent"})


def test_a_merged_case_closes_untold_and_whoever_waits_for_it_waits_for_the_other(town: Town) -> None:
    first, second = town.report(), town.report()
    town.join(second, sender="+15085559999")
    town.merge(second, first)
    merged, target = town.case(second), town.case(first)
    assert (merged.status, merged.merged_into, merged.closed_at) == ("closed", target.id, LATER)
    assert town.told() == []
    assert len(town.followers(first)) == 2
    assert [event.name for event in town.history(second)] == ["opened", "joined", "merged"]
    assert [event.name for event in town.history(first)] == ["opened", "took_over"]
    town.close(first)
    assert [case_id for case_id, _ in town.told()] == [target.id] * 3


def test_whoever_waits_for_both_cases_is_told_once(town: Town) -> None:
    first, second = town.report(sender="+15085550001"), town.report(sender="+15085550001")
    third = town.report(sender="+15085550003")
    town.join(first, sender="+15085550003")
    town.merge(second, first)
    town.merge(third, first)
    town.close(first)
    assert len(town.told()) == 2


def test_an_undone_merge_gives_back_the_case_its_people_and_its_task(town: Town) -> None:
    first, second = town.report(), town.report("STREETLIGHT")
    town.join(first, sender="+15085559999")
    before = town.followers(first)
    town.merge(second, first)
    assert town.tasks(second)[0].status == "done"
    town.unmerge(second)
    case = town.case(second)
    assert (case.status, case.merged_into, case.closed_at) == ("open", None, None)
    assert town.tasks(second)[0].status == "open"
    assert town.followers(first) == before
    assert [event.name for event in town.history(second)] == ["opened", "merged", "unmerged"]
    assert [event.name for event in town.history(first)] == ["opened", "joined", "took_over", "gave_back"]


def test_somebody_with_two_merged_cases_still_waits_when_one_is_given_back(town: Town) -> None:
    target = town.report()
    two = [town.report(sender="+15085550077") for _ in range(2)]
    for number in two:
        town.merge(number, target)
    town.unmerge(two[0])
    assert len(town.followers(target)) == 1
    town.unmerge(two[1])
    assert town.followers(target) == []


def test_merges_that_make_no_sense_are_refused(town: Town) -> None:
    first, second, third, fourth = (town.report() for _ in range(4))
    with pytest.raises(CaseError, match="itself"):
        town.merge(first, first)
    town.merge(second, first)
    with pytest.raises(CaseError, match="merged into another case already"):
        town.merge(third, second)
    with pytest.raises(CaseError, match="other cases are merged into"):
        town.merge(first, third)
    town.close(fourth)
    with pytest.raises(CaseError, match="is not open"):
        town.merge(third, fourth)
    with pytest.raises(CaseError, match="stands as that one does"):
        town.reopen(second)


def test_what_the_crm_says_of_a_merged_case_does_not_open_it(town: Town) -> None:
    first, second = town.report(to=CONNECTED), town.report(to=CONNECTED)
    town.merge(second, first)
    ledger = CaseLedger(town.engine, town.outbox, town.city, CONNECTED)
    change = RemoteChange(f"millbrook-{second}", "7", "New", is_open=True, note="", changed_at=LATER)
    assert not ledger.apply("creatio", change, LATER)
    assert town.case(second).status == "closed"


def test_closing_takes_the_tasks_that_live_here_along_and_opening_again_brings_them_back(town: Town) -> None:
    number = town.report("STREETLIGHT")
    town.join(number, sender="+15085559999")
    town.close(number, "the lamp was changed")
    assert town.case(number).closed_at == LATER
    assert town.tasks(number)[0].status == "done"
    assert town.history(number)[-1].after == {"status": "closed", "note": "the lamp was changed"}
    town.reopen(number)
    assert town.case(number).closed_at is None
    assert town.tasks(number)[0].status == "open"
    assert len(town.told()) == 4
    with pytest.raises(CaseError, match="open already"):
        town.reopen(number)


def test_a_task_that_was_done_before_stays_done_when_its_case_opens_again(town: Town) -> None:
    number = town.report("STREETLIGHT")
    town.add_task(number, "GROUNDS")
    first = town.tasks(number)[0].id
    town.finish_task(first, NOW + timedelta(minutes=5))
    town.close(number)
    town.reopen(number)
    assert [task.status for task in town.tasks(number)] == ["done", "open"]


def test_news_of_the_night_wait_until_morning(town: Town) -> None:
    number = town.report()
    sleepy = replace(ALONE, seconds_of_quiet=lambda _: 3600.0)
    town.close(number, to=sleepy)
    assert town.outbox.delays[-1] == 3600.0


def test_a_split_opens_cases_for_the_same_message_and_the_histories_say_so(town: Town) -> None:
    number = town.report()
    drafts = [CaseDraft("STREETLIGHT", "the lamp", 1.0, HERE), CaseDraft("GRAFFITI", "the wall", 1.0, HERE)]
    with town.changing() as work:
        split(work.session, work, the(work.session, number), drafts, town.city, ANA, LATER)
    others = [f"26-{i:06d}" for i in (2, 3)]
    assert town.history(number)[-1].after == {"cases": others}
    for other, service in zip(others, ("STREETLIGHT", "GRAFFITI"), strict=True):
        case = town.case(other)
        assert (case.service, case.message_id) == (service, town.case(number).message_id)
        assert [event.name for event in town.history(other)] == ["opened", "split_from"]
        assert town.history(other)[-1].after == {"case": number}
    assert len(town.tasks(others[0])) == 1


def test_a_withdrawn_case_is_filed_told_and_published_nowhere(town: Town, tmp_path: Path) -> None:
    number = town.report("STREETLIGHT", to=CONNECTED)
    town.close(number)
    town.withdraw(number)
    case = town.case(number)
    ledger = CaseLedger(town.engine, town.outbox, town.city, CONNECTED)
    assert case.status == "withdrawn"
    assert ledger.case_to_file(case.id) is None
    assert ledger.work_order_to_file(town.tasks(number)[0].id) is None
    assert ledger.news(TellCaseNews(case.id, town.history(number)[1].id)) is None
    assert export_open_data(town.engine, town.city, tmp_path / "open", LATER).cases == 0
    change = RemoteChange(f"millbrook-{number}", "7", "New", is_open=True, note="", changed_at=LATER)
    assert not ledger.apply("creatio", change, LATER)
    with pytest.raises(CaseError, match="withdrawn"):
        town.set_priority(number, Priority.LOW)


def test_a_case_with_others_merged_into_it_is_not_withdrawn(town: Town) -> None:
    first, second = town.report(), town.report()
    town.merge(second, first)
    for number in (first, second):
        with pytest.raises(CaseError, match="undo that first"):
            town.withdraw(number)


def test_tasks_of_other_departments_are_counted_on_and_the_last_one_closes_the_case(town: Town) -> None:
    number = town.report()
    for department in ("GROUNDS", "WATERDIST"):
        town.add_task(number, department)
    tasks = town.tasks(number)
    assert [task.correlation for task in tasks] == [f"millbrook-{number}-W2", f"millbrook-{number}-W3"]
    assert [task.system for task in tasks] == ["", ""]
    for task in tasks:
        assert town.case(number).status == "open"
        town.finish_task(task.id)
    assert town.case(number).status == "closed"
    assert [event.name for event in town.history(number)[1:]] == ["task_added"] * 2 + ["work_order_done"] * 2 + ["closed"]


def test_a_task_with_an_asset_waits_for_the_crm_and_goes_out_at_once_where_that_has_the_case(town: Town) -> None:
    number = town.report(to=CONNECTED)
    filed = len(town.outbox.effect_ids)
    town.add_task(number, "GROUNDS", "tree", to=CONNECTED)
    assert len(town.outbox.effect_ids) == filed
    CaseLedger(town.engine, town.outbox, town.city, CONNECTED).case_filed(town.case(number).id, Filed("1", "SR-1"), LATER)
    assert len(town.outbox.effect_ids) == filed + 1
    town.add_task(number, "GROUNDS", "tree", to=CONNECTED)
    assert len(town.outbox.effect_ids) == filed + 2
    with Session(town.engine) as session:
        assert session.scalars(select(CaseLinkTable.remote_number)).all() == ["SR-1"]
