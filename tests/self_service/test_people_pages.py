"""The pages on which people of an account are invited, changed and removed; the same in both portals."""

from __future__ import annotations

import pytest

from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Membership, Person
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Visitor

RITA = {
    "name": "Rita Moura",
    "email": "rita@elsewhere.example",
    "role": "billing_contact",
    "language": "pt_BR",
}
PASSWORD = "a long sentence of four words"
SELLER = "Exemplo Software"


@pytest.fixture(params=["lower-plan", "corporate"])
def story(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def portal(story: str) -> str:
    return "/billing" if story == "lower-plan" else "/corp-billing"


@pytest.fixture
def contact(house: DemoHouse, story: str) -> Visitor:
    return house.contact(story)


def invite(contact: Visitor, portal: str, **typed: str) -> None:
    page = contact.get(f"{portal}/people/invite")
    sent = contact.send(page, "/people/invite", {**RITA, **typed})
    assert (sent.status, sent.path) == (200, f"{portal}/people")


def link(house: DemoHouse) -> str:
    mail = [one for one in house.rows(OutboxMail) if one.kind == "invitation"][-1]
    return f"/invitations/{mail.payload['token']}"


def roles(house: DemoHouse, story: str, email: str) -> set[str]:
    (person,) = house.rows(Person, email=email)
    rows = house.rows(Membership, person_id=person.id, account_id=house.account_id(story))
    return {row.role for row in rows}


def test_a_second_contact_is_invited_accepts_and_stands_in_the_list(
    house: DemoHouse, contact: Visitor, story: str, portal: str
) -> None:
    page = contact.get(f"{portal}/people")
    assert broken_rules(page, "en", SELLER) == []
    invite(contact, portal)
    shown = contact.get(f"{portal}/people")
    assert "rita@elsewhere.example" in shown.text
    stranger = house.visitor()
    page = stranger.get(link(house))
    assert broken_rules(page, "en", SELLER) == []
    assert house.told(story).name in page.text
    there = stranger.send(page, link(house), {"name": "Rita M. Moura"})
    assert there.path.startswith("/set-password/")
    assert roles(house, story, RITA["email"]) == {"billing_contact"}
    assert "Rita M. Moura" in contact.get(f"{portal}/people").text
    assert house.visitor().get(link(house)).status == 410


def test_a_form_with_mistakes_keeps_what_was_typed(contact: Visitor, portal: str) -> None:
    page = contact.get(f"{portal}/people/invite")
    wrong = contact.send(page, "/people/invite", {**RITA, "email": "nobody", "role": None})
    assert wrong.status == 422
    assert wrong.value("name") == "Rita Moura"
    assert wrong.problem("email")
    assert wrong.problem("role")


def test_another_person_who_is_signed_in_is_told_so_and_accepts_nothing(
    house: DemoHouse, contact: Visitor, portal: str
) -> None:
    invite(contact, portal)
    other = house.visitor(house.email("monthly"))
    page = other.get(link(house))
    assert "another address" in page.text
    assert other.post(link(house), {"csrf_token": other.token()}).status == 409


def test_somebody_we_know_signs_in_and_goes_on_with_the_new_account(
    house: DemoHouse, contact: Visitor, story: str, portal: str
) -> None:
    email = house.email("monthly")
    invite(contact, portal, email=email, role="viewer")
    assert "/sign-in?next=" in house.visitor().get(link(house)).html
    known = house.visitor(email)
    there = known.send(known.get(link(house)), link(house))
    assert there.path == ("/billing/" if story == "lower-plan" else "/corp-billing/")
    assert house.told(story).name in there.all_text
    chooser = known.get("/accounts")
    assert broken_rules(chooser, "en", SELLER) == []
    assert chooser.text.index(house.told(story).name) < chooser.text.index(house.told("monthly").name)
    assert "Viewer" in chooser.text


def test_an_invitation_is_sent_again_and_withdrawn(house: DemoHouse, contact: Visitor, portal: str) -> None:
    invite(contact, portal)
    first = link(house)
    contact.send(contact.get(f"{portal}/people"), "/send")
    assert link(house) != first
    assert house.visitor().get(first).status == 410
    contact.send(contact.get(f"{portal}/people"), "/withdraw")
    assert house.visitor().get(link(house)).status == 410


def test_roles_are_changed_and_taken(house: DemoHouse, contact: Visitor, story: str, portal: str) -> None:
    invite(contact, portal)
    stranger = house.visitor()
    stranger.send(stranger.get(link(house)), link(house))
    (rita,) = house.rows(Person, email=RITA["email"])
    address = f"{portal}/people/{rita.id}"
    page = contact.get(address)
    assert broken_rules(page, "en", SELLER) == []
    contact.send(page, address, {"roles": ["viewer", "approver"]})
    assert roles(house, story, RITA["email"]) == {"viewer", "approver"}
    contact.send(contact.get(address), "/remove")
    assert roles(house, story, RITA["email"]) == set()
    assert contact.get(address).status == 404


def test_the_last_contact_cannot_leave_and_is_told_why(
    house: DemoHouse, contact: Visitor, story: str, portal: str
) -> None:
    email = house.email(story)
    others = house.rows(Membership, account_id=house.account_id(story), role="billing_contact")
    (me,) = house.rows(Person, email=email)
    for one in others:
        if one.person_id != me.id:
            contact.send(contact.get(f"{portal}/people/{one.person_id}"), "/remove")
    left = contact.send(contact.get(f"{portal}/people/{me.id}"), "/remove")
    assert left.status == 422
    assert any("Invite another one first" in one for one in left.problems)
    assert "billing_contact" in roles(house, story, email)


def test_a_viewer_reads_and_finds_nothing_to_press(
    house: DemoHouse, contact: Visitor, story: str, portal: str
) -> None:
    email = house.email("monthly")
    invite(contact, portal, email=email, role="viewer")
    known = house.visitor(email)
    known.send(known.get(link(house)), link(house))
    for path in ("/", "/invoices", "/statement"):
        page = known.get(f"{portal}{path}")
        assert page.path == f"{portal}{path}"
        assert broken_rules(page, "en", SELLER) == []
        (main,) = page.root.all("main")
        actions = [
            form.action for form in page.forms if form.element in main.walk() and "statement" not in path
        ]
        assert [one for one in actions if one and "invoices" not in one] == []
        links = [one.get("href") for one in main.all("a")]
        assert [
            one for one in links if any(word in one for word in ("/edit", "/cancel", "/pay", "/new"))
        ] == []
    assert known.get(f"{portal}/people").path == "/not-the-billing-contact"
