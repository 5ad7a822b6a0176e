"""The activity as people read it: on its page, in a spreadsheet, and in the file that can be checked without us."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from portal.shared.records.activity import Activity
from portal.shared.records.people import Person
from portal.shared.services import activity
from tests.support.demo_house import NOON, DemoHouse
from tests.support.source_files import ROOT
from tests.support.visitor import Visitor

PORTALS = [
    pytest.param("lower-plan", "/billing/activity", id="Billing Center"),
    pytest.param("corporate", "/corp-billing/activity", id="Corporate Billing Portal"),
]


def do(house: DemoHouse, story: str, action: str, by: int | None = None, **detail: Any) -> None:
    with house.database.write() as session:
        activity.record(session, house.account_id(story), by, action, detail, NOON)


def person(house: DemoHouse, story: str) -> int:
    (found,) = house.rows(Person, email=house.email(story))
    return int(found.id)


def exported(visitor: Visitor, path: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(visitor.client.get(f"{path}/json").data)
    return told


@pytest.mark.parametrize(("story", "path"), PORTALS)
def test_old_and_new_values_are_told_in_words(house: DemoHouse, story: str, path: str) -> None:
    street = {"before": "Rua Augusta, 24", "after": "Rua do Ouro, 1"}
    do(house, story, "billing-details-changed", street=street)
    page = house.contact(story).get(path)
    assert (page.status, page.heading) == (200, "Activity")
    assert "Billing details changed" in page.all_text
    assert "Street: Rua Augusta, 24 → Rua do Ouro, 1" in page.all_text
    assert "automatically" in page.all_text


def test_names_of_people_are_looked_up_and_our_own_are_told_apart(house: DemoHouse) -> None:
    care, contact = person(house, "care"), person(house, "lower-plan")
    do(house, "lower-plan", "admin-added", care, person=contact)
    do(house, "lower-plan", "seat-moved", care, person={"from": care, "to": contact})
    shown = house.contact("lower-plan").get("/billing/activity").all_text
    name = house.told("lower-plan").members[0].name
    assert f"Account admin added: {name}" in shown
    assert "Camila Rocha, for" in shown
    assert f"Person: Camila Rocha → {name}" in shown


def test_what_is_asked_for_is_shown(house: DemoHouse) -> None:
    do(house, "lower-plan", "seat-assigned", email="=cmd@example.com")
    visitor = house.contact("lower-plan")
    assert "Seat assigned" in visitor.get("/billing/activity?kind=seats").all_text
    assert "Order placed" not in visitor.get("/billing/activity?kind=seats").all_text
    assert "Nothing like that" in visitor.get("/billing/activity?from=2040-01-01").all_text
    assert visitor.get("/billing/activity?from=nonsense").status == 422
    assert visitor.get("/billing/activity?from=2026-03-02&to=2026-03-01").status == 422
    for odd in ("kind=other", "person=x", "person=99999999999999999999", "before=-1", "to=9999-12-31"):
        assert visitor.get(f"/billing/activity?{odd}").status in (200, 422), odd


def test_an_admin_reads_what_was_done_about_people_and_seats_alone(house: DemoHouse) -> None:
    do(house, "lower-plan", "seat-assigned", person=person(house, "admin-only"))
    admin = house.visitor(house.email("admin-only"))
    path = "/billing/activity"
    assert "Seat assigned" in admin.get(path).all_text
    for asked in (path, f"{path}?kind=money", f"{path}?kind=subscriptions"):
        assert "Order placed" not in admin.get(asked).all_text
        assert "Card added" not in admin.get(asked).all_text
    assert {one["action"].split("-")[0] for one in exported(admin, path)["entries"]} <= {"seat", "admin"}


@pytest.mark.parametrize(("story", "path"), PORTALS)
def test_a_spreadsheet_takes_no_cell_for_a_formula(house: DemoHouse, story: str, path: str) -> None:
    do(house, story, "invoice-recipient-added", person_name="=HYPERLINK(1)", email="+1@example.com")
    do(house, story, "purchase-order-added", after={"number": "@SUM(1)"})
    answer = house.contact(story).client.get(f"{path}/csv")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0][:3] == ["Number", "Time", "What was done"]
    assert [int(row[0]) for row in rows[1:]] == list(range(1, len(rows)))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@", "-", "\t"))]


def documented_script(folder: Path) -> Path:
    """The program of docs/activity.md, as a customer would keep it."""
    text = (ROOT / "docs" / "activity.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(found.splitlines()) <= 26
    script = folder / "check.py"
    script.write_text(found, encoding="utf-8")
    return script


def checked(script: Path, told: dict[str, Any], *more: str) -> tuple[int, str]:
    file = script.parent / "activity.json"
    file.write_text(json.dumps(told), encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-I", script, file, *more], capture_output=True, text=True, check=False, timeout=30
    )
    return ran.returncode, ran.stdout + ran.stderr


def test_the_documented_program_checks_an_export(house: DemoHouse, tmp_path: Path) -> None:
    do(house, "lower-plan", "invoice-recipient-added", person_name="Zoë Ü.", email="zoe@example.com")
    told = exported(house.contact("lower-plan"), "/billing/activity")
    script, count = documented_script(tmp_path), len(told["entries"])
    newest = f"{count}:{told['checkpoint']['digest']}"
    assert count == len(house.rows(Activity, account_id=house.account_id("lower-plan")))
    assert checked(script, told, newest) == (0, f"All {count} entries hold. Write down: {newest}\n")
    changed = json.loads(json.dumps(told))
    changed["entries"][1]["action"] = "order-cancelled"
    assert "Entry 2 does not hold." in checked(script, changed)[1]
    other_value = json.loads(json.dumps(told))
    other_value["entries"][-1]["values"][0]["value"] = "Eve"
    assert f"Entry {count} does not hold." in checked(script, other_value)[1]
    cut = told | {"entries": told["entries"][:-1]}
    assert checked(script, cut)[0] == 0
    assert "does not reach" in checked(script, cut, newest)[1]
    erased = json.loads(json.dumps(told))
    erased["entries"][-1]["values"] = []
    assert checked(script, erased, newest)[0] == 0


def test_the_newest_digest_stands_below_the_list(house: DemoHouse) -> None:
    visitor = house.contact("corporate")
    digest = exported(visitor, "/corp-billing/activity")["checkpoint"]["digest"]
    assert digest in visitor.get("/corp-billing/activity").all_text
