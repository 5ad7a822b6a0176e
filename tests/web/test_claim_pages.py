"""An account whose billing contact has left: claimed by a stranger, objected to by mail, decided at the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.shared.domain.people.claims import WAITING
from portal.shared.records.claims import Claim
from portal.shared.records.invoices import Invoice
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Membership, Person
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

STORY, SELLER = "lower-plan", "Exemplo Software"
ADDRESS = "/claim-an-account"
RITA = {
    "name": "Rita Moura",
    "email": "rita@hartwell-finch.example",
    "organisation": "Hartwell & Finch Ltd",
    "statement": "Our billing contact has left the company.",
}


def mail(house: DemoHouse, kind: str) -> OutboxMail:
    return [one for one in house.rows(OutboxMail) if one.kind == kind][-1]  # type: ignore[no-any-return]


def file(house: DemoHouse, **typed: str) -> Page:
    """A stranger with an invoice at hand sends a claim."""
    invoice = house.rows(Invoice, account_id=house.account_id(STORY))[-1]
    shown = {"invoice": invoice.name, "amount": f"{invoice.total_minor / 100:.2f}"}
    stranger = house.visitor()
    return stranger.send(stranger.get(ADDRESS), ADDRESS, {**RITA, **shown, **typed})


def confirmed(house: DemoHouse, **typed: str) -> str:
    """The claim waits; gives its number."""
    file(house, **typed)
    stranger = house.visitor()
    path = f"{ADDRESS}/confirm/{mail(house, 'claim-received').payload['token']}"
    stranger.send(stranger.get(path), path)
    return str(house.rows(Claim)[-1].number)


@pytest.fixture
def care(house: DemoHouse) -> Visitor:
    return house.visitor(house.email("care"))


def test_every_page_of_a_claim_keeps_the_rules_of_the_house(house: DemoHouse, care: Visitor) -> None:
    stranger = house.visitor()
    assert broken_rules(stranger.get(ADDRESS), "en", SELLER) == []
    assert broken_rules(file(house), "en", SELLER) == []
    number = confirmed(house, email="other@hartwell-finch.example")
    for path in ("/corp-billing/desk/claims", f"/corp-billing/desk/claims/{number}"):
        assert broken_rules(care.get(path), "en", SELLER) == []
    notice = f"/claims/notices/{mail(house, 'claim-notice').payload['token']}"
    assert broken_rules(stranger.get(notice), "en", SELLER) == []
    contact = house.contact(STORY)
    assert broken_rules(contact.get(f"/claims/{number}"), "en", SELLER) == []


def test_who_shows_nothing_true_reads_the_same_as_who_does(house: DemoHouse) -> None:
    answers = []
    for email in ("rita@hartwell-finch.example", "rita@nobody.example", "rita@gmail.com"):
        page = file(house, email=email)
        answers.append((page.status, page.text.replace(house.rows(Claim)[-1].number, "")))
    assert len(set(answers)) == 1
    assert len({one.recipient for one in house.rows(OutboxMail) if one.kind == "claim-received"}) == 3


def test_mistakes_stand_at_their_fields_and_the_digits_of_a_card_in_no_address(house: DemoHouse) -> None:
    page = file(house, email="rita", digits="4242424242424242", statement="")
    assert page.status == 422
    assert {"email", "digits", "statement"} <= {
        name for name in ("email", "digits", "statement") if page.problem(name)
    }


def test_the_sixth_claim_of_a_day_from_one_place_is_refused(house: DemoHouse) -> None:
    for number in range(5):
        assert file(house, email=f"p{number}@hartwell-finch.example").status == 200
    assert file(house, email="p6@hartwell-finch.example").status == 429


def test_the_contact_sees_the_claim_on_the_front_page_and_ends_it(house: DemoHouse) -> None:
    number = confirmed(house)
    contact = house.contact(STORY)
    assert "Somebody claims this account" in contact.get("/billing/").text
    page = contact.get(f"/claims/{number}")
    ended = contact.send(page, "/object", {"why": "I am here."})
    assert "ended by an objection" in ended.text.lower()
    assert "Somebody claims this account" not in contact.get("/billing/").text
    assert house.visitor(house.email("monthly")).get(f"/claims/{number}").status == 404


def test_a_mail_program_that_follows_the_link_ends_nothing(house: DemoHouse) -> None:
    number = confirmed(house)
    path = f"/claims/notices/{mail(house, 'claim-notice').payload['token']}"
    reader = house.visitor()
    page = reader.get(path)
    assert house.rows(Claim, number=number)[0].state == "waiting"
    reader.send(page, path)
    assert house.rows(Claim, number=number)[0].state == "objected"


def test_the_desk_decides_after_the_waiting_period_and_chooses_who_stays(
    house: DemoHouse, care: Visitor
) -> None:
    number = confirmed(house)
    path = f"/corp-billing/desk/claims/{number}"
    page = care.get(path)
    assert "Fits" in page.text
    assert house.rows(Invoice, account_id=house.account_id(STORY))[-1].name not in page.text
    assert "waiting period" in page.text
    assert not [form for form in page.forms if form.action.endswith("/approve")]
    house.clock.set(house.clock.now() + WAITING + timedelta(hours=1))
    care = house.visitor(house.email("care"))  # the sign-in of two weeks ago has ended
    page = care.get(path)
    unsaid = care.send(page, "/approve", {"answer": "Welcome."})
    assert unsaid.problem("others")
    done = care.send(care.get(path), "/approve", {"answer": "Welcome.", "others": "go"})
    assert "Approved" in done.text
    (rita,) = house.rows(Person, email=RITA["email"])
    rows = house.rows(Membership, account_id=house.account_id(STORY), role="billing_contact")
    assert [one.person_id for one in rows] == [rita.id]
    assert mail(house, "claim-answered").payload["token"]
