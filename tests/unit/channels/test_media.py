"""Photos are fetched from the provider only, and nobody can make us read the inside of our own network."""

import base64
from collections.abc import Iterator

import pytest

from channels.media import MediaFetcher, MediaRefusedError, MediaRetryableError
from tests.scripted_server import Answer, ScriptedServer

PHOTO = b"\x89PNG a photo"


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as started:
        yield started


def fetcher(url: str, *, limit: int = 1000) -> MediaFetcher:
    return MediaFetcher(provider_url=url, credentials=("AC1", "a token"), byte_limit=limit)


def redirect(target: str, status: int = 307) -> Answer:
    return Answer(status, headers={"Location": target})


def test_a_photo_is_fetched_with_our_credentials(server: ScriptedServer) -> None:
    server.answers["/photo"] = Answer(content=PHOTO)
    assert fetcher(server.url).fetch(f"{server.url}/photo") == PHOTO
    assert server.asked[0].headers["authorization"] == "Basic " + base64.b64encode(b"AC1:a token").decode()


def test_a_host_that_is_not_the_provider_never_sees_our_credentials(server: ScriptedServer) -> None:
    server.answers["/photo"] = Answer(content=PHOTO)
    assert fetcher(server.url)._get(f"http://localhost:{server.port}/photo") == ("", PHOTO)
    assert "authorization" not in server.asked[0].headers


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://evil.example/photo", id="another host"),
        pytest.param("https://api.twilio.com.evil.example/photo", id="the name as a beginning"),
        pytest.param("https://eviltwilio.com/photo", id="the name as an end"),
        pytest.param("https://api.twilio.com@evil.example/photo", id="the name as a user"),
        pytest.param("https://evil.example/api.twilio.com", id="the name in the path"),
        pytest.param("http://media.twilio.com/photo", id="a part of the provider, unencrypted"),
        pytest.param("file:///etc/passwd", id="a file"),
        pytest.param("", id="nothing"),
    ],
)
def test_an_address_that_is_not_the_providers_is_not_asked(url: str) -> None:
    with pytest.raises(MediaRefusedError, match="not the provider's"):
        fetcher("https://api.twilio.com").fetch(url)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_within_the_provider_is_followed(server: ScriptedServer, status: int) -> None:
    server.answers |= {"/old": redirect("/new", status), "/new": Answer(content=PHOTO)}
    assert fetcher(server.url).fetch(f"{server.url}/old") == PHOTO


@pytest.mark.parametrize(
    "target",
    [
        "https://10.0.0.5/admin",
        "https://192.168.1.1/",
        "https://172.16.0.1/",
        "https://169.254.169.254/latest/meta-data",
        "https://127.0.0.2/",
        "https://[::1]/",
        "https://[fd00::1]/",
        "https://[::ffff:10.0.0.5]/",
        "https://0.0.0.0/",
        "https://localhost/",
    ],
)
def test_a_redirect_to_a_private_address_is_refused(server: ScriptedServer, target: str) -> None:
    server.answers["/photo"] = redirect(target)
    with pytest.raises(MediaRefusedError, match="private"):
        fetcher(server.url).fetch(f"{server.url}/photo")


@pytest.mark.parametrize("target", ["http://8.8.8.8/photo", "ftp://8.8.8.8/photo", "//8.8.8.8/photo", "https:///photo"])
def test_a_redirect_that_is_not_encrypted_is_refused(server: ScriptedServer, target: str) -> None:
    server.answers["/photo"] = redirect(target)
    with pytest.raises(MediaRefusedError, match="not encrypted"):
        fetcher(server.url).fetch(f"{server.url}/photo")


def test_a_redirect_to_a_name_that_nobody_knows_now_may_work_later(server: ScriptedServer) -> None:
    server.answers["/photo"] = redirect("https://nowhere.invalid/photo")
    with pytest.raises(MediaRetryableError):
        fetcher(server.url).fetch(f"{server.url}/photo")


def test_redirects_in_a_circle_end(server: ScriptedServer) -> None:
    server.answers["/photo"] = redirect("/photo")
    with pytest.raises(MediaRefusedError, match="too many redirects"):
        fetcher(server.url).fetch(f"{server.url}/photo")
    assert len(server.asked) == 4


def test_a_file_of_just_the_limit_is_taken(server: ScriptedServer) -> None:
    server.answers["/photo"] = Answer(content=b"a" * 1000)
    assert len(fetcher(server.url, limit=1000).fetch(f"{server.url}/photo")) == 1000


def test_a_file_beyond_the_limit_is_refused(server: ScriptedServer) -> None:
    server.answers["/photo"] = Answer(content=b"a" * 1001)
    with pytest.raises(MediaRefusedError, match="larger than 1000 bytes"):
        fetcher(server.url, limit=1000).fetch(f"{server.url}/photo")


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_file_that_is_gone_or_forbidden_is_given_up(server: ScriptedServer, status: int) -> None:
    server.answers["/photo"] = Answer(status)
    with pytest.raises(MediaRefusedError, match=str(status)):
        fetcher(server.url).fetch(f"{server.url}/photo")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_provider_in_trouble_is_asked_again_later(server: ScriptedServer, status: int) -> None:
    server.answers["/photo"] = Answer(status)
    with pytest.raises(MediaRetryableError, match=str(status)):
        fetcher(server.url).fetch(f"{server.url}/photo")


def test_a_line_that_goes_dead_is_tried_again_later(server: ScriptedServer) -> None:
    server.answers["/photo"] = Answer(0)
    with pytest.raises(MediaRetryableError):
        fetcher(server.url).fetch(f"{server.url}/photo")
