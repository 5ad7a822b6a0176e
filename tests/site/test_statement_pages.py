"""The statement in both portals: read, asked for with nonsense, kept as a file."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from portal.shared.domain.money import Money
from portal.shared.records.accounts import Account
from portal.shared.services import ledger
from portal.shared.web.invoices.statements import MOST_ON_PAPER
from tests.support.demo_house import DemoHouse

PORTALS = [
    pytest.param("balance", "/billing/statement", id="Billing Center"),
    pytest.param("corporate", "/corp-billing/statement", id="Corporate Billing Portal"),
]


@pytest.mark.parametrize(("story", "path"), PORTALS)
def test_the_statement_is_read_and_kept(house: DemoHouse, story: str, path: str) -> None:
    contact = house.contact(story)
    page = contact.get(path)
    assert (page.status, page.heading) == (200, "Statement")
    rows = contact.client.get(f"{path}/csv")
    sheet = list(csv.reader(io.StringIO(rows.data.decode("utf-8-sig"))))
    assert sheet[0][0] == "Date"
    assert len(sheet) > 1
    assert rows.headers["Cache-Control"] == "private, no-store"
    assert contact.client.get(f"{path}/pdf").data.startswith(b"%PDF-")


@pytest.mark.parametrize(("story", "path"), PORTALS)
@pytest.mark.parametrize(
    "query",
    [
        pytest.param("from=yesterday", id="no date"),
        pytest.param("from=2026-02-31", id="no such day"),
        pytest.param("from=2026-03-02&to=2026-03-01", id="backwards"),
        pytest.param("to=9999-12-31", id="far away"),
    ],
)
def test_nonsense_is_answered(house: DemoHouse, story: str, path: str, query: str) -> None:
    assert house.contact(story).get(f"{path}?{query}").status == 422


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 30, "٣"])
def test_a_page_that_is_none_is_empty_or_the_first(house: DemoHouse, before: str) -> None:
    assert house.contact("balance").get(f"/billing/statement?before={before}").status == 200


@pytest.mark.parametrize(("story", "path"), PORTALS)
def test_more_movements_than_paper_holds_are_a_file_for_spreadsheets(
    house: DemoHouse, story: str, path: str
) -> None:
    account_id, contact = house.account_id(story), house.contact(story)
    with house.database.write() as session:
        amount = Money(1, session.get_one(Account, account_id).currency)
        for _ in range(MOST_ON_PAPER + 1):
            books = {"balance": -amount, "sales": amount}
            ledger.post(session, account_id, "credit-granted", books, house.clock.now())
    page = contact.get(f"{path}/pdf")
    assert page.path == path
    assert "This statement is too long for a document." in page.all_text
    rows = contact.client.get(f"{path}/csv")
    assert rows.status_code == 200
    assert len(rows.data.splitlines()) > MOST_ON_PAPER + 1
    yesterday = (house.clock.now() - timedelta(days=1)).date()
    shorter = contact.client.get(f"{path}/pdf?from=2025-01-01&to={yesterday}")
    assert shorter.data.startswith(b"%PDF-")


def test_an_expired_account_still_reads_its_statement_and_finds_it(house: DemoHouse) -> None:
    contact = house.contact("expired")
    offered = {one.get("href") for one in contact.get("/billing/invoices").root.all("a")}
    assert "/billing/statement" in offered
    page = contact.get("/billing/statement")
    assert (page.status, page.heading) == (200, "Statement")
    assert contact.client.get("/billing/statement/csv").status_code == 200
