"""Only Twilio can make us act: its signature, in all the ways that Twilio makes one, and what is refused."""

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest
from starlette.datastructures import FormData

from channels.twilio_signature import NotConfiguredError, SignatureCheck, SignedRequest

TOKEN = "12345"
BASE = "https://mycompany.com"
PATH = "/myapp.php?foo=1&bar=2"
CALL = {
    "CallSid": "CA1234567890ABCDE",
    "Caller": "+14158675309",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
}
# The example of Twilio's own documentation.
DOCUMENTED = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def check(*, public_url: str = BASE, token: str = TOKEN, keys: dict[str, str] | None = None) -> SignatureCheck:
    return SignatureCheck(public_url, token, keys or {})


def sign(signed_text: str, secret: str = TOKEN, digest: str = "sha1") -> str:
    """The signature by hand, as the protocol describes it, without Twilio's library."""
    return base64.b64encode(hmac.new(secret.encode(), signed_text.encode(), digest).digest()).decode()


def request_of(path: str, signed_text: str, body: dict[str, str] | str = "") -> SignedRequest:
    return SignedRequest(path_and_query=path, body=body, signature=sign(signed_text))


def test_the_example_of_twilios_documentation_is_genuine() -> None:
    assert check().is_genuine(SignedRequest(PATH, CALL, DOCUMENTED))


@pytest.mark.parametrize(
    "forged",
    [
        pytest.param(SignedRequest(PATH, CALL | {"Digits": "9999"}, DOCUMENTED), id="a changed field"),
        pytest.param(SignedRequest(PATH, CALL | {"Extra": "1"}, DOCUMENTED), id="an added field"),
        pytest.param(SignedRequest("/other", CALL, DOCUMENTED), id="another path"),
        pytest.param(SignedRequest(PATH + "&admin=1", CALL, DOCUMENTED), id="a longer query"),
        pytest.param(SignedRequest(PATH, CALL, DOCUMENTED.lower()), id="another signature"),
        pytest.param(SignedRequest(PATH, CALL, "not base64 !"), id="a signature that is none"),
    ],
)
def test_a_forged_webhook_is_refused(forged: SignedRequest) -> None:
    assert not check().is_genuine(forged)


@pytest.mark.parametrize("missing", [pytest.param(None, id="no header"), pytest.param("", id="an empty header")])
def test_a_webhook_without_a_signature_is_refused(missing: str | None) -> None:
    assert not check().is_genuine(SignedRequest(PATH, CALL, missing))


def test_a_signature_by_somebody_elses_token_is_refused() -> None:
    assert not check(token="another token").is_genuine(SignedRequest(PATH, CALL, DOCUMENTED))


def test_without_a_token_nothing_is_believed_and_the_operator_hears_why() -> None:
    with pytest.raises(NotConfiguredError, match="auth token"):
        check(token="").is_genuine(SignedRequest(PATH, CALL, sign(BASE + PATH, secret="")))


@pytest.mark.parametrize(
    ("public_url", "signed_base"),
    [
        pytest.param("https://311.example.org", "https://311.example.org", id="neither has the port"),
        pytest.param("https://311.example.org", "https://311.example.org:443", id="Twilio signed with 443"),
        pytest.param("https://311.example.org:443", "https://311.example.org", id="Twilio signed without 443"),
        pytest.param("http://311.example.org", "http://311.example.org:80", id="Twilio signed with 80"),
        pytest.param("https://311.example.org:8443", "https://311.example.org:8443", id="a port of our own"),
        pytest.param("https://311.example.org/", "https://311.example.org", id="the base ends in a slash"),
    ],
)
def test_the_url_counts_with_and_without_its_port(public_url: str, signed_base: str) -> None:
    assert check(public_url=public_url).is_genuine(request_of("/sms", signed_base + "/sms"))


def test_a_query_is_signed_as_it_came_still_encoded() -> None:
    path = "/voice/turn?language=zh-Hans&note=a%20b%2Bc&caf%C3%A9=%F0%9F%94%A5"
    assert check().is_genuine(request_of(path, BASE + path))


def test_a_query_that_was_decoded_on_the_way_no_longer_fits() -> None:
    assert not check().is_genuine(request_of("/voice/turn?note=a b", BASE + "/voice/turn?note=a%20b"))


def test_blank_fields_and_white_space_are_signed_too() -> None:
    form = {"Body": "  hi ", "FromCity": "", "From": "+16175550123"}
    signed = request_of("/sms", f"{BASE}/smsBody  hi From+16175550123FromCity", form)
    assert check().is_genuine(signed)
    assert not check().is_genuine(replace(signed, body=form | {"Body": "hi"}))


def test_fields_that_twilio_added_without_notice_are_signed_too() -> None:
    assert check().is_genuine(request_of("/sms", f"{BASE}/smsBodyhiSomethingNew1", {"SomethingNew": "1", "Body": "hi"}))


def test_fields_are_sorted_by_their_exact_names() -> None:
    form = {"b": "2", "B": "1", "a": "3"}
    assert check().is_genuine(request_of("/sms", f"{BASE}/smsB1a3b2", form))


def test_a_field_sent_several_times_is_signed_with_each_value_once_in_order() -> None:
    form = FormData([("MediaUrl", "b"), ("Body", "hi"), ("MediaUrl", "a"), ("MediaUrl", "b")])
    body: dict[str, str] = form  # type: ignore[assignment]  # The adapter takes forms as the web framework reads them.
    assert check().is_genuine(request_of("/sms", f"{BASE}/smsBodyhiMediaUrlaMediaUrlb", body))


def test_letters_of_any_script_are_signed_as_utf_8() -> None:
    assert check().is_genuine(request_of("/sms", f"{BASE}/smsBody路灯坏了 🔥", {"Body": "路灯坏了 🔥"}))


class TestJson:
    BODY = '{"event": "transcript.completed", "text": "café"}'
    PATH = f"/events?bodySHA256={hashlib.sha256(BODY.encode()).hexdigest()}"

    def test_a_body_whose_hash_is_in_the_signed_url_is_genuine(self) -> None:
        assert check().is_genuine(request_of(self.PATH, BASE + self.PATH, self.BODY))

    def test_a_body_that_does_not_fit_its_hash_is_refused(self) -> None:
        assert not check().is_genuine(request_of(self.PATH, BASE + self.PATH, self.BODY + " "))

    def test_a_hash_that_was_not_signed_is_refused(self) -> None:
        assert not check().is_genuine(request_of(self.PATH, f"{BASE}/events?bodySHA256=00", self.BODY))

    def test_a_body_without_a_hash_is_refused(self) -> None:
        assert not check().is_genuine(request_of("/events", f"{BASE}/events", self.BODY))

    def test_a_request_without_a_body_needs_no_hash(self) -> None:
        assert check().is_genuine(request_of("/events", f"{BASE}/events"))


class TestSharedKeys:
    KEY = "webhooks_sharedkey_01"
    SECRET = "a shared secret"
    HEADER = f"key={KEY},algorithm=HMAC_SHA256"
    SIGNED = SignedRequest("/sms", {"Body": "hi"}, sign(f"{BASE}/smsBodyhi", SECRET, "sha256"), HEADER)

    def test_a_sha_256_signature_by_a_known_key_is_genuine(self) -> None:
        assert check(keys={self.KEY: self.SECRET}).is_genuine(self.SIGNED)

    def test_blanks_in_the_header_do_not_matter(self) -> None:
        spaced = replace(self.SIGNED, signature_settings=f" key={self.KEY} , algorithm=HMAC_SHA256 ".strip())
        assert check(keys={self.KEY: self.SECRET}).is_genuine(spaced)

    def test_a_shared_key_works_where_no_auth_token_is_set(self) -> None:
        assert check(token="", keys={self.KEY: self.SECRET}).is_genuine(self.SIGNED)

    def test_an_unknown_key_is_refused(self) -> None:
        assert not check(keys={"another": self.SECRET}).is_genuine(self.SIGNED)

    def test_a_header_that_names_no_key_is_refused(self) -> None:
        nameless = replace(self.SIGNED, signature_settings="algorithm=HMAC_SHA256")
        assert not check(keys={self.KEY: self.SECRET}).is_genuine(nameless)

    def test_a_known_key_without_a_secret_is_never_believed(self) -> None:
        unsigned = replace(self.SIGNED, signature=sign(f"{BASE}/smsBodyhi", "", "sha256"))
        with pytest.raises(NotConfiguredError):
            check(keys={self.KEY: ""}).is_genuine(unsigned)

    def test_the_auth_token_does_not_stand_in_for_a_shared_key(self) -> None:
        by_token = replace(self.SIGNED, signature=sign(f"{BASE}/smsBodyhi", TOKEN, "sha256"))
        assert not check(keys={self.KEY: self.SECRET}).is_genuine(by_token)

    def test_an_algorithm_that_we_do_not_know_is_refused(self) -> None:
        newer = replace(self.SIGNED, signature_settings=f"key={self.KEY},algorithm=HMAC_SHA3")
        assert not check(keys={self.KEY: self.SECRET}).is_genuine(newer)
