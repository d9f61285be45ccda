"""An app that speaks Open311 with the service, as tests play it."""

from typing import Any
from xml.etree import ElementTree as ET

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.stories.talks import PLACE

POTHOLE, VEHICLE, AIRCRAFT, BEDBUGS = "REQPOTHL", "ABNDVHCL", "AIRCRFTDST", "BEDBUG"


class App:
    """An app with a key; `open` gives a new case's number, `find` what is public of cases."""

    def __init__(self, client: TestClient, key: str) -> None:
        self.client, self.key = client, key

    def get(self, path: str, **query: Any) -> Response:
        return self.client.get(f"/open311/v2/{path}", params=query, headers={"Authorization": f"Bearer {self.key}"})

    def post(self, ending: str = "json", **more: Any) -> Response:
        headers = more.pop("headers", {})
        form = {"api_key": self.key, "service_code": POTHOLE, "address_string": PLACE, **more}
        return self.client.post(f"/open311/v2/requests.{ending}", data=form, headers=headers)

    def open(self, **more: Any) -> str:
        response = self.post(**more)
        assert response.status_code == 201, response.text
        return str(response.json()[0]["service_request_id"])

    def find(self, **query: Any) -> list[dict[str, Any]]:
        response = self.get("requests.json", **query)
        assert response.status_code == 200, response.text
        return list(response.json())

    def numbers(self, **query: Any) -> list[str]:
        return [str(request["service_request_id"]) for request in self.find(**query)]


def errors(response: Response, ending: str = "json") -> list[int]:
    """The codes of an answer's errors, the first of which is its status."""
    if ending == "json":
        codes = [error["code"] for error in response.json()]
    else:
        root = parsed(response)
        assert root.tag == "errors"
        codes = [int(str(error.findtext("code"))) for error in root.findall("error")]
        assert all(error.findtext("description") for error in root.findall("error"))
    assert codes[0] == response.status_code
    return codes


def parsed(response: Response) -> ET.Element:
    """The root of an XML answer."""
    return ET.fromstring(response.content)  # noqa: S314 - The service's own answer.
