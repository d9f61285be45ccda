"""What one does with an item of the queue, as its page's forms do it."""

from tests.desk import Desk, text_of_page


def taken(desk: Desk, review_id: int) -> str:
    """An item's page, opened and so taken."""
    response = desk.get(f"/console/reviews/{review_id}")
    assert response.status_code == 200, response.text
    return response.text


def do(desk: Desk, review_id: int, what: str, **fields: str) -> str:
    """Press a button of an item's page, and say where that leads."""
    response = desk.post(f"/console/reviews/{review_id}/{what}", **fields)
    assert response.status_code == 303, text_of_page(response)
    return response.headers["location"]
