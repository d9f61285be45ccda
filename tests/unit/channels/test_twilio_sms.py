"""A text message and its photos come in as Twilio posts them, and answers go out as TwiML."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest

from channels.messages import Attachment, Channel, Choice, InboundMessage, Reply
from channels.twilio_sms import answer_sms, is_answered_by_carrier, read_sms, text_of
from tests.conftest import ACCOUNT
from tests.twilio import PHONE, sms_form, texts_in

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
MEDIA = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"


def test_a_text_message_is_read() -> None:
    assert read_sms(sms_form("hoyo en la calle", sid="SM1"), NOW) == InboundMessage(
        channel=Channel.SMS, provider_id=f"{ACCOUNT}:SM1", sender=PHONE, text="hoyo en la calle", received_at=NOW
    )


def test_fields_that_twilio_adds_without_notice_do_no_harm() -> None:
    form = sms_form("a hole", sid="SM1")
    assert read_sms(form | {"ChannelMetadata": "{}", "RcsMedia": "1"}, NOW) == read_sms(form, NOW)


def test_white_space_of_the_resident_is_kept() -> None:
    assert read_sms(sms_form(" two\nlines "), NOW).text == " two\nlines "


def test_sub_accounts_may_use_the_same_message_id() -> None:
    form = sms_form("a hole", sid="SM1")
    assert read_sms(form | {"AccountSid": "AC2"}, NOW).provider_id != read_sms(form, NOW).provider_id


def test_a_repeated_webhook_has_the_same_id() -> None:
    assert read_sms(sms_form("a", sid="SM1"), NOW).provider_id == read_sms(sms_form("b", sid="SM1"), NOW).provider_id


def test_photos_come_with_their_types_in_order() -> None:
    form = sms_form("look", media={f"{MEDIA}a": "image/jpeg", f"{MEDIA}b": "image/heic"})
    assert read_sms(form, NOW).attachments == (
        Attachment("image/jpeg", url=f"{MEDIA}a"),
        Attachment("image/heic", url=f"{MEDIA}b"),
    )


def test_a_photo_alone_is_a_message_without_words() -> None:
    form = {name: value for name, value in sms_form("", media={MEDIA: "image/png"}).items() if name != "Body"}
    message = read_sms(form, NOW)
    assert (message.text, len(message.attachments)) == ("", 1)


def test_no_more_than_ten_files_are_taken() -> None:
    form = sms_form("look", media={f"{MEDIA}{n}": "image/png" for n in range(12)})
    assert len(read_sms(form, NOW).attachments) == 10


@pytest.mark.parametrize(
    "counted",
    [pytest.param("3", id="more counted than sent"), pytest.param("1", id="as many")],
)
def test_a_file_without_an_address_is_passed_over(counted: str) -> None:
    form = sms_form("look", media={MEDIA: "image/png"}) | {"NumMedia": counted}
    assert [attachment.url for attachment in read_sms(form, NOW).attachments] == [MEDIA]


@pytest.mark.parametrize("count", [pytest.param("", id="blank"), pytest.param("0", id="zero"), pytest.param("-1", id="negative")])
def test_a_message_that_counts_no_files_has_none(count: str) -> None:
    assert read_sms(sms_form("look") | {"NumMedia": count, "MediaUrl0": MEDIA}, NOW).attachments == ()


@pytest.mark.parametrize("field", ["AccountSid", "MessageSid", "From"])
def test_a_message_without_what_names_it_is_refused(field: str) -> None:
    form = {name: value for name, value in sms_form("a hole").items() if name != field}
    with pytest.raises(KeyError, match=field):
        read_sms(form, NOW)


@pytest.mark.parametrize("kind", ["STOP", "START", "HELP"])
def test_a_word_that_the_carrier_has_answered_is_known(kind: str) -> None:
    assert is_answered_by_carrier(sms_form(kind) | {"OptOutType": kind})


@pytest.mark.parametrize("text", ["STOP", "hello"])
def test_without_advanced_opt_out_the_carrier_has_answered_nothing(text: str) -> None:
    assert not is_answered_by_carrier(sms_form(text))


def test_each_reply_is_a_message_of_its_own() -> None:
    assert texts_in(answer_sms([Reply("Hello", "en"), Reply("Where is it?", "en")])) == ["Hello", "Where is it?"]


def test_nothing_to_say_is_an_empty_answer() -> None:
    assert list(ET.fromstring(answer_sms([]))) == []  # noqa: S314 - our own answer.


@pytest.mark.parametrize("text", ["a < b & \"c\" > 'd'", "路灯坏了 🔥", "إنارة", "<Redirect>http://evil</Redirect>"])
def test_any_letters_reach_the_phone_unchanged(text: str) -> None:
    assert texts_in(answer_sms([Reply(text, "en")])) == [text]


def test_choices_are_numbered_lines_and_links_come_last() -> None:
    reply = Reply(
        "Which is it?", "en", choices=(Choice("1", "A hole"), Choice("2", "A light")), links=("https://311.example.org/c/1",)
    )
    assert text_of(reply) == "Which is it?\n1 A hole\n2 A light\nhttps://311.example.org/c/1"


def test_no_text_is_longer_than_twilio_takes() -> None:
    assert len(text_of(Reply("a" * 2000, "en"))) == 1600
