from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.shared.gateways.cards import DeclineReason, Outcome
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from tests.gateways.shop import Shop


@pytest.fixture
def path(shop: Shop) -> str:
    path = shop.charge("A1", shop.card("needs_confirmation")).confirmation_path
    assert path is not None
    return path


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (63000, "BRL", "BRL 630.00"),
        (120000, "JPY", "JPY 120,000"),
        (1234, "KWD", "KWD 1.234"),
        (5, "EUR", "EUR 0.05"),
    ],
)
def test_the_bank_shows_what_is_to_be_paid(
    visitor: FlaskClient, shop: Shop, amount: int, currency: str, shown: str
) -> None:
    charge = shop.charge("ORDER-7", shop.card("needs_confirmation"), amount, currency)
    answer = visitor.get(charge.confirmation_path or "")
    page = answer.text.replace("\N{NO-BREAK SPACE}", " ")
    assert answer.headers["Cache-Control"] == "no-store"
    for words in (shown, "Visa ending in 3155", "ORDER-7", "no real money", "Approve", "Refuse"):
        assert words in page
    assert page.count("<h1>") == 1


def test_approving_captures_and_tells_and_leads_back(visitor: FlaskClient, shop: Shop, path: str) -> None:
    answer = visitor.post(path, data={"answer": "approve"})
    assert (answer.status_code, answer.location) == (303, "/billing/orders/A1")
    assert shop.processor.charge_status("A1").outcome is Outcome.APPROVED
    assert shop.processor.book.totals() == {"BRL": 63000}
    assert shop.settled == ["A1"]


def test_refusing_declines_and_tells_and_leads_back(visitor: FlaskClient, shop: Shop, path: str) -> None:
    answer = visitor.post(path, data={"answer": "refuse"})
    assert (answer.status_code, answer.location) == (303, "/billing/orders/A1")
    status = shop.processor.charge_status("A1")
    assert (status.outcome, status.reason) == (Outcome.DECLINED, DeclineReason.CONFIRMATION_FAILED)
    assert shop.processor.book.totals() == {}
    assert shop.settled == ["A1"]


@pytest.mark.parametrize(("first", "second"), [("approve", "refuse"), ("refuse", "approve")])
def test_the_first_answer_stays(visitor: FlaskClient, shop: Shop, path: str, first: str, second: str) -> None:
    visitor.post(path, data={"answer": first})
    before = shop.processor.charge_status("A1")
    assert visitor.post(path, data={"answer": second}).status_code == 303
    assert shop.processor.charge_status("A1") == before
    assert shop.settled == ["A1", "A1"]
    assert "<form" not in visitor.get(path).text


def test_after_an_hour_nothing_can_be_approved(
    visitor: FlaskClient, shop: Shop, clock: FixedClock, path: str
) -> None:
    clock.advance(timedelta(hours=1))
    assert "not confirmed in time" in visitor.get(path).text
    assert visitor.post(path, data={"answer": "approve"}).status_code == 303
    assert shop.processor.charge_status("A1").outcome is Outcome.DECLINED
    assert shop.processor.book.totals() == {}


def test_a_cancelled_payment_cannot_be_approved(visitor: FlaskClient, shop: Shop, path: str) -> None:
    shop.processor.cancel("A1")
    assert "was cancelled" in visitor.get(path).text
    assert visitor.post(path, data={"answer": "approve"}).location == "/billing/orders/A1"
    assert shop.processor.charge_status("A1").outcome is Outcome.CANCELLED
    assert shop.processor.book.totals() == {}


@pytest.mark.parametrize("data", [{}, {"answer": ""}, {"answer": "maybe"}])
def test_an_answer_is_yes_or_no(visitor: FlaskClient, shop: Shop, path: str, data: dict[str, str]) -> None:
    assert visitor.post(path, data=data).status_code == 400
    assert shop.processor.charge_status("A1").outcome is Outcome.NEEDS_CONFIRMATION
    assert shop.settled == []


def test_an_unknown_challenge_is_not_found(visitor: FlaskClient) -> None:
    assert visitor.get("/sandbox-processor/challenge/ch_unknown").status_code == 404
    assert (
        visitor.post("/sandbox-processor/challenge/ch_unknown", data={"answer": "approve"}).status_code == 404
    )


def test_a_post_without_csrf_token_is_refused(site: Flask, shop: Shop, path: str) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    assert site.test_client().post(path, data={"answer": "approve"}).status_code == 400
    assert shop.processor.charge_status("A1").outcome is Outcome.NEEDS_CONFIRMATION


def test_a_book_out_of_reach_is_said_in_a_page(
    visitor: FlaskClient, processor: SandboxProcessor, tmp_path: Path
) -> None:
    (tmp_path / "sandbox-processor.sqlite").write_bytes(
        b"this is not a database, and long enough to be looked at" * 20
    )
    answer = visitor.get("/sandbox-processor/challenge/ch_any")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "does not answer" in answer.text
