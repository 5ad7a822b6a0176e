"""The statement in both portals: read, asked for with nonsense, kept as a file."""

from __future__ import annotations

import csv
import io

import pytest

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
