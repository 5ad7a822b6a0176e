"""Manage product seats for users: the same pages in both portals, for billing contacts and for admins."""

from __future__ import annotations

import io

import pytest
import sqlalchemy as sa

from portal.shared.records.people import Membership, Person
from portal.shared.records.seat_spells import SeatSpell
from portal.shared.records.subscriptions import Seat, SubscriptionRow
from tests.support.demo_house import DemoHouse
from tests.support.factories import NOW
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

SELLER = "Exemplo Software"
DOORS = {"/billing": "lower-plan", "/corp-billing": "corporate"}


class Door:
    """A portal, an account in it, and somebody who manages its seats."""

    def __init__(self, house: DemoHouse, portal: str) -> None:
        self.house, self.portal, self.story = house, portal, DOORS[portal]
        self.contact: Visitor = house.contact(self.story)
        self.subscription = house.subscription_id(self.story)
        self.account = house.account_id(self.story)

    def page(self, path: str) -> Page:
        return self.contact.get(f"{self.portal}{path}")

    def of_one(self, path: str = "") -> Page:
        return self.page(f"/subscriptions/{self.subscription}/seats{path}")

    def seats(self) -> list[Seat]:
        return self.house.rows(Seat, subscription_id=self.subscription)

    def somebody(self) -> Person:
        (person,) = self.house.rows(Person, id=self.seats()[0].person_id)
        assert isinstance(person, Person)
        return person


@pytest.fixture(params=DOORS, ids=["billing-center", "corporate"])
def door(request: pytest.FixtureRequest, house: DemoHouse) -> Door:
    return Door(house, request.param)


def test_every_page_keeps_the_rules_of_the_house(door: Door) -> None:
    seat = door.seats()[0]
    paths = [
        "/seats",
        "/seats?search=nobody-at-all",
        "/seats/history",
        f"/seats/people/{seat.person_id}",
        f"/subscriptions/{door.subscription}/seats",
        f"/subscriptions/{door.subscription}/seats/import",
        f"/subscriptions/{door.subscription}/seats/{seat.id}/move",
    ]
    for path in paths:
        page = door.page(path)
        assert page.status == 200, path
        assert broken_rules(page, "en", SELLER) == [], path


def test_the_people_of_the_account_stand_with_what_they_hold(door: Door) -> None:
    person = door.somebody()
    page = door.page("/seats")
    assert page.heading == "Manage product seats for users"
    assert person.email in page.text
    found = door.page(f"/seats?search={person.email}&show=holds-{door.subscription}")
    assert person.name in found.text
    assert "All that match: 1 person" in found.text


def test_what_is_ticked_for_a_person_replaces_what_they_had(door: Door) -> None:
    person = door.somebody()
    page = door.page(f"/seats/people/{person.id}")
    page = door.contact.send(page, f"/seats/people/{person.id}", {"product": []})
    assert f"The seats of {person.name} were changed." in page.all_text
    assert "Suspended" in page.text
    assert "taken away, by" in page.text
    page = door.contact.send(page, f"/seats/people/{person.id}", {"product": str(door.subscription)})
    assert door.house.rows(Seat, person_id=person.id, subscription_id=door.subscription)
    assert "Suspended" not in page.text


def test_a_page_that_is_older_than_the_seats_changes_nothing(door: Door) -> None:
    person = door.somebody()
    page = door.page(f"/seats/people/{person.id}")
    door.contact.send(page, f"/seats/people/{person.id}", {"product": []})
    late = door.contact.send(page, f"/seats/people/{person.id}", {"product": []})
    assert late.status == 409
    assert "Nothing was changed now" in late.text


def test_a_product_is_taken_from_many_and_given_to_all_that_match(door: Door) -> None:
    ids = [str(seat.person_id) for seat in door.seats()]
    page = door.page("/seats")
    form: dict[str, str | list[str] | None] = {"person": [*ids], "subscription": str(door.subscription)}
    page = door.contact.send(page, "/seats/change", {**form, "action": "take"})
    assert "taken away" in page.all_text
    assert door.seats() == []
    page = door.page(f"/seats?show=lacks-{door.subscription}&search=no-such-person")
    assert "Nobody matches." in page.text
    page = door.contact.send(
        door.page("/seats"),
        "/seats/change",
        {"person": ids[0], "subscription": str(door.subscription), "action": "give"},
    )
    assert "1 seat was assigned." in page.all_text
    assert [str(seat.person_id) for seat in door.seats()] == ids[:1]


@pytest.mark.parametrize(
    "typed",
    [
        {"action": "give"},
        {"action": "give", "person": "1"},
        {"action": "give", "person": "1", "subscription": "999999"},
        {"action": "sell", "everybody": "yes", "subscription": "1"},
        {"action": "give", "person": "x", "subscription": "-1"},
    ],
    ids=["nothing", "no product", "another product", "another action", "nonsense"],
)
def test_a_form_that_says_nothing_usable_gets_a_sentence(door: Door, typed: dict[str, str]) -> None:
    before = len(door.seats())
    page = door.contact.send(door.page("/seats"), "/seats/change", typed)
    assert page.status == 422
    assert page.problems
    assert broken_rules(page, "en", SELLER) == []
    assert len(door.seats()) == before


def test_a_seat_moves_to_somebody_else(door: Door) -> None:
    seat, old = door.seats()[0], door.somebody()
    page = door.of_one(f"/{seat.id}/move")
    wrong = door.contact.send(page, "/move", {"email": "nobody"})
    assert (wrong.status, wrong.value("email")) == (422, "nobody")
    page = door.contact.send(page, "/move", {"email": "new@example.net", "name": "Nia New"})
    assert f"The seat of {old.name} now belongs to new@example.net." in page.all_text
    (new,) = door.house.rows(Person, email="new@example.net")
    assert new.name == "Nia New"
    held = {one.person_id for one in door.seats()}
    assert new.id in held
    assert old.id not in held
    assert door.of_one(f"/{seat.id}/move").status == 404


def test_a_list_is_shown_line_by_line_before_anything_happens(door: Door) -> None:
    before, holder = len(door.seats()), door.somebody()
    text = f"{holder.email}\nNia New <nia@example.net>\nnot an address\nnia@example.net"
    page = door.contact.send(door.of_one("/import"), "/import", {"people": text})
    for sentence in (
        "Already holds a seat and keeps it",
        "Gets a seat and is new to this account",
        "Not an email address",
        "Stands in the list already, on line 2",
        "1 person will get a seat.",
    ):
        assert sentence in page.text
    assert broken_rules(page, "en", SELLER) == []
    assert len(door.seats()) == before
    page = door.contact.send(page, "/import/confirm")
    assert "1 seat was assigned." in page.all_text
    assert len(door.seats()) == before + 1
    assert "imported" in {one.given_how for one in door.house.rows(SeatSpell)}


def test_a_list_that_moved_since_is_shown_again(door: Door) -> None:
    preview = door.contact.send(door.of_one("/import"), "/import", {"people": "nia@example.net"})
    door.contact.send(door.of_one(), "/seats", {"people": "nia@example.net"})
    late = door.contact.send(preview, "/import/confirm")
    assert late.status == 409
    assert "Before: Gets a seat and is new to this account" in late.text
    assert broken_rules(late, "en", SELLER) == []


def send_file(door: Door, content: bytes) -> tuple[int, str]:
    token = door.contact.token()
    form = {"csrf_token": token, "people": "", "file": (io.BytesIO(content), "list.csv")}
    path = f"{door.portal}/subscriptions/{door.subscription}/seats/import"
    answer = door.contact.client.post(path, data=form, content_type="multipart/form-data")
    return answer.status_code, answer.get_data(as_text=True)


def test_a_file_of_a_spreadsheet_is_read(door: Door) -> None:
    status, html = send_file(door, "Nome;E-mail\r\nZoë Brandão;zoe@example.net\r\n".encode("utf-8-sig"))
    assert status == 200
    assert "zoe@example.net" in html
    assert "Zoë Brandão" in html


@pytest.mark.parametrize(
    ("content", "status", "sentence"),
    [
        (b"", 422, "Write or choose a list"),
        (b"a" * 262_145, 413, "larger than a list of people can be"),
        (b"\n".join(b"p%d@example.net" % number for number in range(1001)), 422, "Import up to 1000 people"),
        (bytes(range(256)), 200, "Not an email address"),
    ],
    ids=["empty", "too large", "too many", "no text at all"],
)
def test_a_file_that_is_no_list_gets_a_sentence(
    door: Door, content: bytes, status: int, sentence: str
) -> None:
    before = door.house.trace()
    answer, html = send_file(door, content)
    assert answer == status
    assert sentence in html
    assert door.house.trace() == before


def test_the_history_tells_who_held_a_seat_on_a_day(door: Door) -> None:
    person = door.somebody()
    page = door.page(f"/seats/history?search={person.email}&product={door.subscription}")
    assert person.name in page.text
    assert "Holds it now" in page.text
    assert "Nobody held a seat then." in door.page("/seats/history?day=2001-01-01").text
    wrong = door.page("/seats/history?day=yesterday")
    assert (wrong.status, wrong.value("day")) == (422, "yesterday")


def test_nobody_of_another_account_is_found_or_shown(door: Door) -> None:
    other = "/corp-billing" if door.portal == "/billing" else "/billing"
    theirs = Door(door.house, other)
    stranger = theirs.somebody()
    assert door.page(f"/seats/people/{stranger.id}").status == 404
    assert stranger.email not in door.page("/seats").text
    form = {"person": str(stranger.id), "subscription": str(door.subscription), "action": "give"}
    page = door.contact.send(door.page("/seats"), "/seats/change", form)
    assert "Nothing was changed" in page.all_text


def test_ten_thousand_people_are_a_page_of_fifty(house: DemoHouse) -> None:
    door = Door(house, "/billing")
    with house.database.write() as session:
        first = session.scalar(sa.select(sa.func.max(Person.id))) or 0
        people = [
            {"id": first + n, "name": f"P {n:05}", "email": f"p{n:05}@example.net"} for n in range(1, 10_001)
        ]
        session.execute(sa.insert(Person), people)
        about = {"account_id": door.account}
        session.execute(
            sa.insert(Membership), [about | {"person_id": one["id"], "role": "seat_holder"} for one in people]
        )
        held = [
            about | {"subscription_id": door.subscription, "person_id": one["id"], "assigned_at": NOW}
            for one in people
        ]
        session.execute(sa.insert(Seat), held)
    for path in ("/seats?search=P 0", f"/subscriptions/{door.subscription}/seats?search=P 0"):
        page = door.page(path)
        assert page.status == 200
        assert page.html.count("@example.net") == 50
        assert "Next page" in page.text
        assert len(page.html) < 120_000


def test_among_many_holders_whoever_loses_a_seat_is_searched_and_stays_ticked(house: DemoHouse) -> None:
    door = Door(house, "/billing")
    with house.database.write() as session:
        session.get_one(SubscriptionRow, door.subscription).seats = 80
        for number in range(70):
            person = Person(name=f"P {number:02}", email=f"p{number:02}@example.net")
            session.add(person)
            session.flush()
            about = {"account_id": door.account, "subscription_id": door.subscription}
            session.add(Seat(**about, person_id=person.id, assigned_at=NOW))
    edit = f"/subscriptions/{door.subscription}/edit?seats=72"
    page = door.page(edit)
    assert page.html.count('name="release"') == 50
    assert "Not everybody is shown here" in page.text
    (last,) = [
        seat.id for seat in door.seats() if door.house.rows(Person, id=seat.person_id)[0].name == "P 69"
    ]
    page = door.page(f"{edit}&holder=P 69")
    assert page.html.count('name="release"') == 1
    page = door.page(f"{edit}&holder=P 0&release={last}")
    assert page.html.count('name="release"') == 11
    assert f'value="{last}" checked' in page.html
    page = door.contact.send(page, "/edit", {"release": str(last)})
    assert page.heading == "Checkout"


def test_names_given_with_the_change_are_shown_at_checkout_and_seated_with_the_order(
    house: DemoHouse,
) -> None:
    door = Door(house, "/billing")
    edit = door.page(f"/subscriptions/{door.subscription}/edit")
    crowd = "\n".join(f"p{number}@example.net" for number in range(9))
    refused = door.contact.send(edit, "/edit", {"seats": "11", "people": crowd})
    assert refused.status == 422
    assert refused.problem("people")
    assert refused.value("people") is not None
    assert broken_rules(refused, "en", SELLER) == []
    page = door.contact.send(
        refused, "/edit", {"seats": "11", "people": '"Lima, Nia" <nia@example.net>\nbo@example.net'}
    )
    assert "Lima, Nia, bo@example.net" in page.text
    assert broken_rules(page, "en", SELLER) == []
    page = door.contact.send(page, "/place", {})
    assert "/orders/" in page.path
    (nia,) = house.rows(Person, email="nia@example.net")
    assert nia.name == "Lima, Nia"
    assert nia.id in {seat.person_id for seat in door.seats()}
