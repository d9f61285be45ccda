"""The map under every page's points."""

from fastapi.testclient import TestClient

from intake.http.headers import headers_of
from intake.settings import Settings


def test_the_base_comes_from_the_pack_and_is_not_sent_twice(client: TestClient) -> None:
    first = client.get("/map/base.json")
    again = client.get("/map/base.json", headers={"If-None-Match": first.headers["etag"]})

    assert {"Dorchester", "East Boston"} <= {outline["name"] for outline in first.json()["outlines"]}
    assert first.json()["tiles"] is None
    assert (again.status_code, again.content) == (304, b"")


def test_pictures_may_come_from_the_city_s_tile_server_and_from_nowhere_else() -> None:
    policy = headers_of(Settings(tile_url="https://tiles.example.org/{z}/{x}/{y}.png"))["Content-Security-Policy"]

    assert "img-src 'self' blob: data: https://tiles.example.org;" in policy
    assert "default-src 'none'" in policy
