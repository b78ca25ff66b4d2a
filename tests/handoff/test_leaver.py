"""Somebody who leaves in the middle of the way into the product: what they took along opens nothing, here or there."""

from typing import Any

from django.test import Client

from tests.conftest import PASSWORD
from tests.handoff.product import Product
from tests.handoff.test_console_end import claims_in, code_of, exchange, handle_of


def test_codes_sessions_and_what_the_product_asks_end_with_the_person(
    agent: Client, session: Any, product: Product, people: Any, browse_as: Any, events: Any
) -> None:
    jti = claims_in(exchange(product, code_of(agent, session, product)))["jti"]
    handle, code = handle_of(agent, session), code_of(agent, session, product)
    assert product.call(Client(), "/oauth/introspect", token=jti).json()["active"] is True
    assert agent.get(f"/sessions/{session.pk}/").status_code == 200

    left = browse_as("admin").post(f"/people/{session.agent_id}/off-board/", {"reason": "Left on Friday."})
    assert left.status_code == 302

    refused = exchange(product, code)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    assert product.call(Client(), "/oauth/introspect", token=jti).json() == {"active": False}
    again = agent.get("/oauth/authorize", product.asked(handle))
    assert (again.status_code, again["Location"].startswith("/sign-in/")) == (302, True)
    for path in (f"/sessions/{session.pk}/", f"/sessions/{session.pk}/open/"):
        assert agent.get(path)["Location"].startswith("/sign-in/"), path
    typed = {"username": "agent", "password": PASSWORD}
    assert Client().post("/sign-in/", typed).status_code == 422
    session.refresh_from_db()
    assert session.ended_at is not None
    assert len(events("session.ended")) == 1
