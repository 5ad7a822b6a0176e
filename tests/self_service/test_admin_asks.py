"""An account admin asks for another billing contact, in either portal, and sees nothing else of the billing."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.shared.domain.requests import RequestKind
from portal.shared.records.people import Membership, Person
from portal.shared.records.requests import Request
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Visitor

WISH = {"name": "Nora Kane", "email": "nora@elsewhere.example", "reason": "I leave in May."}


@pytest.fixture(params=["admin-only", "corporate"])
def story(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def admin(house: DemoHouse, story: str) -> Visitor:
    """An admin of an account; the corporate one's viewer is made one."""
    if story == "admin-only":
        return house.visitor(house.email(story))
    with house.database.write() as session:
        person = session.scalars(sa.select(Person).where(Person.email == "silvia@horizonte.example")).one()
        session.execute(
            sa.update(Membership)
            .where(Membership.person_id == person.id, Membership.account_id == house.account_id(story))
            .values(role="account_admin")
        )
    return house.visitor("silvia@horizonte.example")


@pytest.fixture
def portal(story: str) -> str:
    return "/billing" if story == "admin-only" else "/corp-billing"


def test_the_task_link_leads_to_the_people_and_on_to_the_form_and_the_request_is_followed(
    house: DemoHouse, admin: Visitor, portal: str
) -> None:
    people = admin.get("/go/billing-contact")
    assert people.path == f"{portal}/people"
    assert f"{portal}/requests/new?kind=billing-contact" in people.html
    page = admin.get(f"{portal}/requests/new?kind=billing-contact")
    assert broken_rules(page, "en", "Exemplo Software") == []
    sent = admin.send(page, "/requests/new", WISH)
    (asked,) = [one for one in house.rows(Request) if one.kind is RequestKind.BILLING_CONTACT]
    assert sent.path == f"{portal}/requests/{asked.number}"
    assert "Nora Kane" in sent.text
    assert f"/requests/{asked.number}" in admin.get(f"{portal}/requests").html
    assert "Balance" not in sent.text


def test_an_admin_asks_for_nothing_else(house: DemoHouse, admin: Visitor, portal: str) -> None:
    page = admin.get(f"{portal}/requests/new?kind=other")
    assert "billing contact" in page.heading
    before = len(house.rows(Request))
    assert admin.send(page, "/requests/new", {"kind": "other", "note": "Call us."}).status == 404
    assert len(house.rows(Request)) == before


def test_what_the_contact_asked_for_does_not_exist_for_an_admin(
    house: DemoHouse, admin: Visitor, story: str, portal: str
) -> None:
    contact = house.contact("lower-plan" if story == "admin-only" else story)
    page = contact.get(f"{portal}/requests/new?kind=billing-contact")
    theirs = contact.send(page, "/requests/new", WISH)
    assert theirs.heading.startswith("Request")
    assert admin.get(theirs.path).status == 404
    assert theirs.path not in admin.get(f"{portal}/requests").html
    # The same wish of the admin is a request of its own: who asks decides whether it may be done.
    page = admin.get(f"{portal}/requests/new?kind=billing-contact")
    assert admin.send(page, "/requests/new", WISH).path != theirs.path
