"""Logging in to Creatio, which of its answers are tried again, and that its fake has the oddities that the adapter is made for."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import quote

import httpx2
import pytest

from routing.connectors.creatio_session import CookieLogin, Login, OAuthLogin, Session
from routing.connectors.ports import ReceiverAwayError, ReceiverRefusedError
from tests.fake_creatio import CLIENT_ID, CLIENT_SECRET, PASSWORD, USER, Answer, FakeCreatio

COOKIE = CookieLogin(USER, PASSWORD)
NUMBERS = "$select=Number"

ListCases = Callable[..., httpx2.Response]
Connect = Callable[..., ListCases]


@pytest.fixture
def creatio() -> Iterator[FakeCreatio]:
    with FakeCreatio() as started:
        yield started


@pytest.fixture
def connect(creatio: FakeCreatio) -> Iterator[Connect]:
    """Gives functions that list cases by a query, each over a session of its own."""
    with ExitStack() as clients:

        def build(
            login: Login = COOKIE, *, timeout: float = 5.0, url: str = creatio.url, clock: Callable[[], float] = lambda: 0.0
        ) -> ListCases:
            client = clients.enter_context(httpx2.Client(timeout=timeout, trust_env=False))
            session = Session(url, login, client, clock)

            def list_cases(query: str = NUMBERS) -> httpx2.Response:
                return session.request("GET", f"{url}/0/odata/Case?{quote(query, safe='$=&,')}")

            return list_cases

        yield build


@pytest.fixture
def list_cases(connect: Connect) -> ListCases:
    return connect()


@pytest.fixture(params=["cookie", "OAuth"])
def login(request: pytest.FixtureRequest, creatio: FakeCreatio) -> Login:
    return COOKIE if request.param == "cookie" else oauth(creatio, CLIENT_SECRET)


def oauth(creatio: FakeCreatio, secret: str) -> OAuthLogin:
    return OAuthLogin(creatio.token_url, CLIENT_ID, secret)


class TestLogin:
    def test_one_login_serves_many_requests(self, login: Login, connect: Connect, creatio: FakeCreatio) -> None:
        list_cases = connect(login)
        for _ in range(3):
            list_cases()
        assert creatio.logins == 1

    def test_an_expired_session_is_renewed_in_passing(self, login: Login, connect: Connect, creatio: FakeCreatio) -> None:
        list_cases = connect(login)
        list_cases()
        creatio.end_sessions()
        assert list_cases().status_code == 200
        assert creatio.logins == 2

    @pytest.mark.parametrize("status", [401, 403])
    def test_either_status_asks_for_a_new_login(self, status: int, list_cases: ListCases, creatio: FakeCreatio) -> None:
        creatio.fail_next = [Answer(status)]
        list_cases()
        assert creatio.logins == 2

    def test_a_session_that_ends_at_once_is_tried_later(self, login: Login, connect: Connect, creatio: FakeCreatio) -> None:
        creatio.session_calls = 0
        with pytest.raises(ReceiverAwayError, match="401 right after a login"):
            connect(login)()
        assert creatio.logins == 2

    def test_a_wrong_password_is_refused_and_not_shown(self, connect: Connect) -> None:
        wrong = CookieLogin(USER, "a wrong word")
        with pytest.raises(ReceiverRefusedError, match="refused the login with code 1") as caught:
            connect(wrong)()
        assert "a wrong word" not in f"{caught.value} {wrong}"

    def test_a_wrong_secret_is_refused_and_not_shown(self, connect: Connect, creatio: FakeCreatio) -> None:
        wrong = oauth(creatio, "a wrong word")
        with pytest.raises(ReceiverRefusedError, match="400: invalid_client") as caught:
            connect(wrong)()
        assert "a wrong word" not in f"{caught.value} {wrong}"

    def test_a_token_is_renewed_before_it_expires(self, connect: Connect, creatio: FakeCreatio) -> None:
        creatio.token_seconds = 1000
        now = [0.0]
        list_cases = connect(oauth(creatio, CLIENT_SECRET), clock=lambda: now[0])
        logins = []
        for now[0] in (0.0, 899.0, 901.0):
            list_cases()
            logins.append(creatio.logins)
        assert logins == [1, 1, 2]


class TestErrors:
    @pytest.mark.parametrize("status", [302, 408, 429, 500, 502, 503])
    def test_what_may_pass_is_tried_later(self, status: int, list_cases: ListCases, creatio: FakeCreatio) -> None:
        creatio.fail_next = [Answer(status)]
        with pytest.raises(ReceiverAwayError, match=f"Creatio answered {status}"):
            list_cases()

    @pytest.mark.parametrize("status", [400, 404, 409, 422])
    def test_what_will_never_pass_is_refused(self, status: int, list_cases: ListCases, creatio: FakeCreatio) -> None:
        creatio.fail_next = [Answer(status)]
        with pytest.raises(ReceiverRefusedError, match=f"Creatio answered {status}"):
            list_cases()

    def test_a_refusal_is_told_in_creatios_words_but_briefly(self, list_cases: ListCases, creatio: FakeCreatio) -> None:
        creatio.fail_next = [Answer(400, {"error": {"code": "", "message": "No such column. " + "x" * 1000}})]
        with pytest.raises(ReceiverRefusedError, match=r"Creatio answered 400: No such column\. x{184}$"):
            list_cases()

    def test_how_long_to_wait_is_said(self, list_cases: ListCases, creatio: FakeCreatio) -> None:
        creatio.fail_next = [Answer(429, None, (("Retry-After", "30"),))]
        with pytest.raises(ReceiverAwayError, match="asks to wait 30 seconds"):
            list_cases()

    def test_a_lost_answer_is_tried_later(self, list_cases: ListCases, creatio: FakeCreatio) -> None:
        creatio.lose_share = 1.0
        with pytest.raises(ReceiverAwayError, match="RemoteProtocolError"):
            list_cases()

    def test_a_slow_server_is_tried_later(self, connect: Connect, creatio: FakeCreatio) -> None:
        creatio.delay_seconds = 0.2
        with pytest.raises(ReceiverAwayError, match="ReadTimeout"):
            connect(timeout=0.05)()

    def test_a_server_that_is_not_there_is_tried_later(self, connect: Connect) -> None:
        with pytest.raises(ReceiverAwayError, match="ConnectError"):
            connect(url="http://127.0.0.1:9")()


class TestFake:
    @pytest.mark.parametrize(
        "query",
        [
            "$top=1",
            f"{NUMBERS}&$filter=NoSuch eq 'x'",
            f"{NUMBERS}&$filter=Id in ('a','b')",
            f"{NUMBERS}&$filter={' or '.join(['Id eq x'] * 17)}",
            f"{NUMBERS}&$filter=Subject eq 'O'Brien'",
        ],
        ids=["every column", "unknown field", "in", "too many or", "open string"],
    )
    def test_a_list_that_creatio_cannot_give_is_a_failure_of_the_server(self, query: str, list_cases: ListCases) -> None:
        with pytest.raises(ReceiverAwayError, match="Creatio answered 500: An error has occurred"):
            list_cases(query)

    def test_cases_are_filtered_ordered_counted_and_skipped(self, list_cases: ListCases, creatio: FakeCreatio) -> None:
        for subject in ("b", "a", "c", "a"):
            creatio.add({"Subject": subject})
        where = "$filter=Subject eq 'a' or Subject ge 'c' and Notes eq ''"
        found = list_cases(f"{NUMBERS}&{where}&$orderby=Subject desc,Number&$top=2&$skip=1&$count=true").json()
        assert (found["@odata.count"], found["value"]) == (3, [{"Number": "SR00000002"}, {"Number": "SR00000004"}])
