"""Texts of our own go out through Twilio, and each failure says whether another try makes sense."""

from collections.abc import Iterator

import pytest

from channels.twilio_sms import OPTED_OUT, SendPermanentError, SendRetryableError, TwilioSender
from tests.conftest import ACCOUNT, AUTH_TOKEN
from tests.fake_twilio import FakeTwilio
from tests.scripted_server import Answer, ScriptedServer
from tests.twilio import PHONE

MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


@pytest.fixture
def twilio() -> Iterator[FakeTwilio]:
    with FakeTwilio() as server:
        yield server


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as started:
        yield started


def sender(url: str, number: str = "+16175550311") -> TwilioSender:
    return TwilioSender(account_sid=ACCOUNT, auth_token=AUTH_TOKEN, sender=number, api_url=url)


def test_a_text_is_sent_from_our_number_under_our_account(twilio: FakeTwilio) -> None:
    sender(twilio.url).send(PHONE, "Su caso está abierto ✓")
    assert twilio.sent == [{"To": PHONE, "From": "+16175550311", "Body": "Su caso está abierto ✓"}]
    assert twilio.authorized == [ACCOUNT]


def test_a_messaging_service_chooses_the_number_itself(twilio: FakeTwilio) -> None:
    sender(twilio.url, "MG0123456789").send(PHONE, "hello")
    assert twilio.sent == [{"To": PHONE, "MessagingServiceSid": "MG0123456789", "Body": "hello"}]


def test_the_messages_id_comes_back(twilio: FakeTwilio) -> None:
    assert sender(twilio.url).send(PHONE, "hello") == "SM" + "1".zfill(32)


def test_a_slash_at_the_end_of_the_address_does_not_matter(server: ScriptedServer) -> None:
    server.answers[MESSAGES] = Answer(201, b'{"sid": "SM1"}')
    assert sender(server.url + "/").send(PHONE, "hello") == "SM1"


def test_a_text_that_is_too_long_is_cut_rather_than_refused(twilio: FakeTwilio) -> None:
    sender(twilio.url).send(PHONE, "a" * 1700)
    assert len(twilio.sent[0]["Body"]) == 1600


def test_a_resident_who_opted_out_is_not_tried_again(twilio: FakeTwilio) -> None:
    twilio.fail_next = [(400, OPTED_OUT)]
    with pytest.raises(SendPermanentError) as refused:
        sender(twilio.url).send(PHONE, "hello")
    assert refused.value.code == 21610


@pytest.mark.parametrize(
    ("status", "code"),
    [
        pytest.param(400, 21211, id="no number"),
        pytest.param(400, 21408, id="a region that is switched off"),
        pytest.param(401, 20003, id="a wrong token"),
        pytest.param(404, 20404, id="no such account"),
    ],
)
def test_what_twilio_refuses_for_good_carries_its_code(twilio: FakeTwilio, status: int, code: int) -> None:
    twilio.fail_next = [(status, code)]
    with pytest.raises(SendPermanentError, match="a failure of tests") as refused:
        sender(twilio.url).send(PHONE, "hello")
    assert refused.value.code == code


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_provider_is_asked_again_later(twilio: FakeTwilio, status: int) -> None:
    twilio.fail_next = [(status, 20429)]
    with pytest.raises(SendRetryableError, match=str(status)):
        sender(twilio.url).send(PHONE, "hello")


def test_a_line_that_goes_dead_is_tried_again_later(server: ScriptedServer) -> None:
    server.answers[MESSAGES] = Answer(0)
    with pytest.raises(SendRetryableError):
        sender(server.url).send(PHONE, "hello")


def test_a_provider_that_is_not_there_is_tried_again_later() -> None:
    with ScriptedServer() as gone:
        url = gone.url
    with pytest.raises(SendRetryableError):
        sender(url).send(PHONE, "hello")


def test_a_proxys_page_instead_of_twilios_answer_is_a_refusal_with_its_status(server: ScriptedServer) -> None:
    server.answers[MESSAGES] = Answer(403, b"<html>Forbidden</html>", {"Content-Type": "text/html"})
    with pytest.raises(SendPermanentError) as refused:
        sender(server.url).send(PHONE, "hello")
    assert refused.value.code == 403
