"""Commands of operators: what they print, and how they report what is wrong."""

import io
import json
import subprocess
import sys
from typing import Any

import pytest

from intake.commands.understand import understand_lines
from intake.settings import ROOT
from routing.comprehension import Comprehension
from tests.stories.talks import TALKS


def understand(lines: list[str], parts: Comprehension, *, processes: int = 1) -> tuple[list[dict[str, Any]], str, int]:
    target, complaints = io.StringIO(), io.StringIO()
    faults = understand_lines(io.StringIO("".join(line + "\n" for line in lines)), target, complaints, parts, processes=processes)
    return [json.loads(line) for line in target.getvalue().splitlines()], complaints.getvalue(), faults


@pytest.mark.parametrize("language", TALKS)
def test_each_line_is_understood_with_language_kind_service_and_department(language: str, understanding: Comprehension) -> None:
    ((result,), _, faults) = understand([json.dumps({"text": TALKS[language].report})], understanding)
    assert faults == 0
    assert result["language"] == language
    assert (result["kind"], result["service_code"], result["department"]) == ("service", "REQPOTHL", "COB_PWD_HWY")
    assert len(result["alternatives"]) == 5
    assert result["alternatives"][0] == {"code": "REQPOTHL", "confidence": result["confidence"]}
    assert (result["emergency"], result["article"]) == (None, None)


@pytest.mark.parametrize("language", TALKS)
def test_an_emergency_is_marked_and_reviewed(language: str, understanding: Comprehension) -> None:
    ((result,), _, _) = understand([json.dumps({"text": TALKS[language].gas})], understanding)
    assert (result["kind"], result["emergency"], result["review"]) == ("emergency", "gas", True)


@pytest.mark.parametrize("language", TALKS)
def test_other_kinds_are_told_apart(language: str, understanding: Comprehension) -> None:
    talk = TALKS[language]
    lines = [json.dumps({"text": text, "language": language}) for text in (talk.nonsense, talk.agent, talk.status, talk.stop)]
    results, _, _ = understand(lines, understanding)
    assert [result["kind"] for result in results] == ["other", "agent", "status", "command"]


def test_a_named_language_is_believed(understanding: Comprehension) -> None:
    ((result,), _, _) = understand(['{"text": "450 Blue Hill Ave", "language": "kea"}'], understanding)
    assert (result["language"], result["language_confidence"]) == ("kea", 1.0)


def test_the_words_that_carried_the_score_are_shown_when_asked_for(understanding: Comprehension) -> None:
    ((result,), _, _) = understand(['{"text": "please mend the deep pothole in our street", "explain": true}'], understanding)
    assert result["words"][0]["text"] == "pothole"
    ((result,), _, _) = understand(['{"text": "please mend the deep pothole in our street"}'], understanding)
    assert "words" not in result


def test_a_message_in_two_languages_is_named_as_such(understanding: Comprehension) -> None:
    text = "Hay un hoyo enorme en mi calle. please fix it before someone gets hurt"
    ((mixed,), _, _) = understand([json.dumps({"text": text})], understanding)
    assert {mixed["language"], mixed["language_mixed_with"]} == {"en", "es"}
    ((whole,), _, _) = understand(['{"text": "Hay un hoyo enorme en mi calle, por favor arréglenlo pronto"}'], understanding)
    assert (whole["language"], whole["language_mixed_with"]) == ("es", None)


def test_bad_lines_are_reported_by_number_and_the_rest_goes_on(understanding: Comprehension) -> None:
    results, complaints, faults = understand(['{"text": "pothole"}', "{", '{"txt": 1}', "", '{"text": "rats"}'], understanding)
    assert (len(results), faults) == (2, 2)
    assert "line 2:" in complaints
    assert "line 3: text: Field required" in complaints


def test_many_lines_in_several_processes_keep_their_order(understanding: Comprehension) -> None:
    lines = [json.dumps({"text": f"pothole at {number} Adams St"}) for number in range(700)]
    lines[500] = "broken"
    results, complaints, _ = understand(lines, understanding, processes=2)
    numbers = [result["places"][0]["text"].split()[0] for result in results]
    assert numbers == [str(number) for number in range(700) if number != 500]
    assert "line 501:" in complaints


def test_an_unknown_city_is_refused_with_a_word_and_not_a_traceback() -> None:
    environment = {"INTAKE_CITY": "atlantis", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-m", "intake", "check"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "atlantis" in done.stderr
    assert "Traceback" not in done.stderr
