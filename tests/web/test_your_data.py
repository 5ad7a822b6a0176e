"""The page "Your data": a copy that only its owner has, once; being forgotten and taking it back; the desk's way."""

from __future__ import annotations

import io
import json
import logging
import time
import zipfile
from datetime import timedelta

import sqlalchemy as sa
import structlog

from portal.shared.records.activity import Activity
from portal.shared.records.invoices import Invoice
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Person
from portal.shared.records.privacy import DataExport, Erasure
from portal.shared.web import logs
from tests.support.demo_house import DemoHouse
from tests.support.visitor import Page, Visitor

HERE = "/profile/your-data"


def asked_for_a_copy(visitor: Visitor) -> str:
    page = visitor.post(f"{HERE}/copies", {"csrf_token": visitor.token()}, follow=False)
    assert page.status == 303, page.text
    return page.path


def taken(visitor: Visitor, path: str) -> Page:
    return visitor.post(path, {"csrf_token": visitor.token()}, follow=False)


def person_of(house: DemoHouse, email: str) -> Person:
    with house.database.read() as session:
        return session.scalars(sa.select(Person).where(Person.email == email)).one()


def test_a_copy_holds_everything_in_the_readers_language(house: DemoHouse) -> None:
    email = house.email("monthly")
    visitor = house.contact("monthly", language="pt_BR")
    path = asked_for_a_copy(visitor)
    assert visitor.get(path).heading == "Uma cópia dos seus dados"
    began = time.perf_counter()
    response = visitor.client.post(path, data={"csrf_token": visitor.token()})
    took = time.perf_counter() - began
    assert (response.status_code, response.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(response.data)) as pack:
        names = set(pack.namelist())
        assert {"readme.txt", "summary.html", "data/people.json", "data/memberships.json"} <= names
        (person,) = json.loads(pack.read("data/people.json"))
        assert person["email"] == email
        assert "Seus dados" in pack.read("readme.txt").decode()
        assert email in pack.read("summary.html").decode()
    assert took < 1, "it is made at once as long as that takes less than a second"


def test_a_copy_is_had_once_by_its_owner_and_nobody_else(house: DemoHouse) -> None:
    owner, other = house.contact("monthly"), house.contact("annual")
    path = asked_for_a_copy(owner)
    strange = [other.get(path), other.get(f"{HERE}/copies/nobodys"), taken(other, path)]
    assert {page.status for page in strange} == {404}
    assert taken(owner, path).status == 200
    second = taken(owner, path)
    assert (second.status, second.path) == (303, HERE)
    assert "used already" in owner.get(path).text


def test_a_copy_is_gone_after_a_quarter_of_an_hour(house: DemoHouse) -> None:
    owner = house.contact("monthly")
    path = asked_for_a_copy(owner)
    house.clock.advance(timedelta(minutes=15))
    assert owner.get(path).status == 404


def test_being_forgotten_is_asked_for_and_taken_back(house: DemoHouse) -> None:
    visitor = house.visitor(house.email("admin-only"))
    page = visitor.get(HERE)
    assert visitor.send(page, "/forget").status == 422, "the box was not ticked"
    page = visitor.send(page, "/forget", {"sure": "yes"})
    assert "You asked to be forgotten. It will be done on March 25, 2026" in page.text
    page = visitor.send(page, "/stay")
    assert "Nothing is erased" in page.all_text
    (wish,) = house.rows(Erasure)
    assert wish.taken_back_at is not None


def test_what_is_in_the_way_is_said_with_what_to_do(house: DemoHouse) -> None:
    page = house.contact("monthly").get(HERE)
    assert "You are the last billing contact of" in page.text
    assert "Ask to be forgotten" not in page.text


def test_whose_days_of_grace_are_over_is_out_at_once(house: DemoHouse) -> None:
    visitor = house.visitor(house.email("admin-only"))
    visitor.send(visitor.get(HERE), "/forget", {"sure": "yes"})
    house.clock.advance(timedelta(days=7))
    again = house.visitor(house.email("admin-only"))
    assert again.get(HERE).status == 200
    house.work()
    assert again.get(HERE, follow=False).status in (302, 303), "the sign-in ended"


def test_a_manager_mails_a_link_and_never_sees_the_copy(house: DemoHouse) -> None:
    manager, email = house.visitor(house.email("manager")), house.email("monthly")
    page = manager.send(
        manager.get("/corp-billing/desk/personal-data"), "/personal-data", {"whose_email": email.upper()}
    )
    person = person_of(house, email)
    assert page.path == f"/corp-billing/desk/personal-data/{person.id}"
    assert manager.send(page, "/copy").status == 422, "without a reason"
    page = manager.send(page, "/copy", {"reason": "A letter of 16 March"})
    assert "is on its way" in page.all_text
    (asked,) = house.rows(DataExport)
    assert (asked.person_id, asked.reason) == (person.id, "A letter of 16 March")
    with house.database.read() as session:
        mail = session.scalars(sa.select(OutboxMail).where(OutboxMail.kind == "data-export")).one()
        noted = session.scalars(sa.select(Activity).where(Activity.about_id == person.id)).all()
    assert [entry.action for entry in noted] == ["data-export-asked"]
    path = f"{HERE}/copies/{mail.payload['token']}"
    assert manager.get(path).status == 404
    assert house.contact("monthly").get(path).heading == "A copy of your data"


def test_a_manager_begins_and_takes_back_an_erasure(house: DemoHouse) -> None:
    manager, email = house.visitor(house.email("manager")), house.email("admin-only")
    person = person_of(house, email)
    path = f"/corp-billing/desk/personal-data/{person.id}"
    page = manager.get(path)
    assert manager.send(page, "/forget").status == 422, "without a reason"
    page = manager.send(page, "/forget", {"why": "By phone, called back"})
    assert "will be forgotten on March 25, 2026" in page.text
    page = manager.send(page, "/keep")
    assert "Nothing is erased" in page.all_text


def test_our_own_people_are_not_found_at_the_desk(house: DemoHouse) -> None:
    manager = house.visitor(house.email("manager"))
    page = manager.get("/corp-billing/desk/personal-data")
    answer = manager.send(page, "/personal-data", {"whose_email": house.email("rep")})
    assert answer.status == 422
    rep = person_of(house, house.email("rep"))
    assert manager.get(f"/corp-billing/desk/personal-data/{rep.id}").status == 404


def test_no_line_of_the_log_says_who_it_was(house: DemoHouse) -> None:
    email = house.email("admin-only")
    person = person_of(house, email)
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    logs.configure(stream)
    try:
        visitor, manager = house.visitor(email), house.visitor(house.email("manager"))
        path = asked_for_a_copy(visitor)
        taken(visitor, path)
        page = manager.get("/corp-billing/desk/personal-data")
        page = manager.send(page, "/personal-data", {"whose_email": email})
        page = manager.send(page, "/copy", {"reason": f"{person.name} wrote to us"})
        manager.send(page, "/forget", {"why": f"{person.name} wrote to us"})
        house.clock.advance(timedelta(days=8))
        house.work()
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        structlog.contextvars.clear_contextvars()
    told = stream.getvalue()
    assert person_of_number(house, person.id).name.startswith("Erased person")
    assert '"event": "erasure"' in told
    secret = path.rpartition("/")[2]
    words = [email, email.split("@")[0], person.name, person.name.split()[-1], secret]
    assert [one for one in words if one.lower() in told.lower()] == []


def test_an_old_invoice_is_the_same_document_to_the_byte(house: DemoHouse) -> None:
    contact, email = house.contact("lower-plan"), house.email("admin-only")
    name = house.rows(Invoice, account_id=house.account_id("lower-plan"))[-1].name
    before = contact.client.get(f"/billing/invoices/{name}/pdf").data
    visitor = house.visitor(email)
    visitor.send(visitor.get(HERE), "/forget", {"sure": "yes"})
    house.clock.advance(timedelta(days=7))
    house.work()
    assert house.rows(Erasure)[-1].done_at is not None
    again = house.contact("lower-plan").client.get(f"/billing/invoices/{name}/pdf").data
    assert again.startswith(b"%PDF")
    assert again == before


def person_of_number(house: DemoHouse, number: int) -> Person:
    with house.database.read() as session:
        return session.get_one(Person, number)
