"""What the delivery of alerts may expect of a webhook."""

from collections.abc import Iterator

import pytest

from channels.alert_webhook import AlertRefusedError, AlertRetryableError, AlertWebhook
from tests.alert_server import AlertServer


@pytest.fixture
def server() -> Iterator[AlertServer]:
    with AlertServer() as started:
        yield started


def test_an_alert_arrives_as_a_json_object_with_a_text(server: AlertServer) -> None:
    AlertWebhook(server.url).post("Boston 311: “gas” … look")
    assert server.told == [{"text": "Boston 311: “gas” … look"}]
    assert server.kinds == ["application/json"]


@pytest.mark.parametrize("status", [0, 408, 429, 500, 502, 503])
def test_a_webhook_that_is_away_or_busy_is_tried_again_later(server: AlertServer, status: int) -> None:
    server.fail_next = [status]
    with pytest.raises(AlertRetryableError):
        AlertWebhook(server.url).post("hello")


@pytest.mark.parametrize("status", [301, 307, 400, 403, 404, 410])
def test_a_webhook_that_says_no_is_not_tried_again(server: AlertServer, status: int) -> None:
    server.fail_next = [status]
    with pytest.raises(AlertRefusedError, match=str(status)):
        AlertWebhook(server.url).post("hello")
    assert server.told == []


def test_a_webhook_that_is_not_there_is_tried_again_later_and_its_address_stays_secret() -> None:
    with AlertServer() as gone:
        url = gone.url
    with pytest.raises(AlertRetryableError) as caught:
        AlertWebhook(url).post("hello")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["chat.example.org/hook", "ftp://example.org/hook", "http://[::bad"])
def test_what_is_no_address_is_given_up(url: str) -> None:
    with pytest.raises(AlertRefusedError):
        AlertWebhook(url).post("hello")


def test_without_an_address_nothing_is_posted() -> None:
    AlertWebhook("").post("hello")
