"""A change of billing contact: both conditions online, a reason in a corporate account, and never the last one."""

from __future__ import annotations

import pytest

from portal.shared.domain.contact_change import Lack
from portal.shared.domain.requests import RequestState
from portal.shared.domain.wishes import NewContact, SomethingElse
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.people import Membership, Person
from portal.shared.records.requests import Request
from portal.shared.services import requests
from portal.shared.services.people import contacts as people
from portal.shared.services.requests import Evidence, Obstacle
from tests.support.factories import NOW, a_contact, a_person
from tests.support.shop import Customer, Shop

BRUNA = NewContact("Bruna Reis", "bruna@example.org", "I leave the company.")


def asked(shop: Shop, who: Customer, wish: NewContact = BRUNA, person_id: int | None = None) -> int:
    with shop.database.write() as session:
        number = requests.ask(session, who.id, wish, "", person_id or who.person_id, NOW)
        return session.query(Request).filter_by(account_id=who.id, number=number).one().id


def care(shop: Shop) -> int:
    with shop.database.write() as session:
        return a_person(session, "Camila", staff_role="care").id


def digits(shop: Shop, who: Customer) -> str:
    with shop.database.read() as session:
        return str(session.query(PaymentMethod).filter_by(account_id=who.id).first().last4)  # type: ignore[union-attr]


def contacts(shop: Shop, who: Customer) -> list[str]:
    with shop.database.read() as session:
        return [one.name for one in people.billing_contacts(session, who.id, "en")]


def change(
    shop: Shop, request: int, evidence: Evidence, old: int | None = None, staff: int | None = None
) -> list[Lack | Obstacle]:
    staff = staff or care(shop)
    with shop.database.write() as session:
        return list(requests.change_contact(session, request, staff, "Done.", evidence, old, NOW))


def add_role(shop: Shop, who: Customer, role: str) -> None:
    with shop.database.write() as session:
        people.add_role(session, who.person_id, who.id, role)


def test_the_card_holder_changes_the_contact(shop: Shop) -> None:
    who = shop.customer()
    request = asked(shop, who)
    assert change(shop, request, Evidence(digits(shop, who), name_on_card_confirmed=True)) == []
    assert "Bruna Reis" in contacts(shop, who)
    assert len(contacts(shop, who)) == 2
    (row,) = shop.rows(Request)
    assert (row.state, row.answer) == (RequestState.DONE, "Done.")
    (kept,) = [one for one in shop.rows(Activity) if one.action == "billing-contact-changed"]
    assert kept.detail["card"] == "matched"
    assert kept.detail["name_on_card"] is True
    assert digits(shop, who) not in str([one.detail for one in shop.rows(Activity)])
    kinds = sorted(mail.kind for mail in shop.rows(OutboxMail))
    assert kinds == ["contact-added", "request-answered", "request-made"]


def test_an_admin_changes_the_contact_whatever_the_name_on_the_card(shop: Shop) -> None:
    who = shop.customer()
    request = asked(shop, who)
    evidence = Evidence(digits(shop, who))
    assert change(shop, request, evidence) == [Lack.NOT_ENTITLED]
    add_role(shop, who, "account_admin")
    assert change(shop, request, evidence) == []


@pytest.mark.parametrize(
    ("card", "evidence", "missing"),
    [
        pytest.param(None, Evidence("4242", name_on_card_confirmed=True), Lack.NO_CARD, id="no card"),
        pytest.param("visa", Evidence("0001", name_on_card_confirmed=True), Lack.OTHER_CARD, id="other card"),
        pytest.param("visa", Evidence("", name_on_card_confirmed=True), Lack.NOT_FOUR_DIGITS, id="no digits"),
    ],
)
def test_without_a_verified_card_nobody_changes_anything_not_even_an_admin(
    shop: Shop, card: str | None, evidence: Evidence, missing: Lack
) -> None:
    who = shop.customer(card=card)
    add_role(shop, who, "account_admin")
    request, before = asked(shop, who), contacts(shop, who)
    assert change(shop, request, evidence) == [missing]
    assert contacts(shop, who) == before
    (row,) = shop.rows(Request)
    assert row.state is RequestState.OPEN
    (kept,) = [one for one in shop.rows(Activity) if one.action == "billing-contact-refused"]
    assert kept.detail == {"number": 1, "missing": [str(missing)]}


def test_the_card_of_another_account_or_one_that_was_removed_is_no_card_on_file(shop: Shop) -> None:
    other, who = shop.customer(card="mastercard"), shop.customer()
    own = digits(shop, who)
    request = asked(shop, who)
    evidence = Evidence(digits(shop, other), name_on_card_confirmed=True)
    assert change(shop, request, evidence) == [Lack.OTHER_CARD]
    with shop.database.write() as session:
        session.query(PaymentMethod).filter_by(account_id=who.id).one().removed_at = NOW
    assert change(shop, request, Evidence(own, name_on_card_confirmed=True)) == [Lack.NO_CARD]


def test_whoever_left_the_account_since_they_asked_changes_nothing(shop: Shop) -> None:
    who = shop.customer()
    request = asked(shop, who)
    with shop.database.write() as session:
        a_contact(session, session.get_one(Account, who.id))
        people.remove_contact(session, who.person_id, who.id)
    evidence = Evidence(digits(shop, who), name_on_card_confirmed=True)
    assert change(shop, request, evidence) == [Lack.ASKER_LEFT]


def test_the_old_contact_goes_and_everybody_is_told_once(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        a_contact(session, session.get_one(Account, who.id)).name = "Third"
    request = asked(shop, who)
    evidence = Evidence(digits(shop, who), name_on_card_confirmed=True)
    assert change(shop, request, evidence, who.person_id) == []
    assert contacts(shop, who) == ["Bruna Reis", "Third"]
    mails = {mail.kind: mail for mail in shop.rows(OutboxMail)}
    assert len(shop.rows(OutboxMail)) == 4
    assert mails["request-answered"].payload["left"] == "yes"
    assert mails["contact-added"].recipient == "bruna@example.org"
    assert mails["contact-changed"].payload["name"] == "Third"


def test_a_contact_cannot_be_exchanged_for_themselves_or_for_somebody_elses(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    with shop.database.read() as session:
        email = session.get_one(Person, who.person_id).email
    request = asked(shop, who, NewContact("Me", email, "Just so."))
    evidence = Evidence(digits(shop, who), name_on_card_confirmed=True)
    assert change(shop, request, evidence, who.person_id) == [Obstacle.SAME_PERSON]
    assert change(shop, request, evidence, stranger.person_id) == [Obstacle.UNKNOWN_OLD_CONTACT]
    assert len(contacts(shop, who)) == 1


def test_our_own_people_and_closed_sign_ins_become_no_contacts(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        email = a_person(session, "Camila", staff_role="care").email
        closed = a_person(session, "Closed")
        closed.disabled_at = NOW
    evidence = Evidence(digits(shop, who), name_on_card_confirmed=True)
    ours = asked(shop, who, NewContact("Camila", email, "She is nice."))
    assert change(shop, ours, evidence) == [Obstacle.OUR_STAFF]
    gone = asked(shop, who, NewContact("Closed", closed.email, "They were here."))
    assert change(shop, gone, evidence) == [Obstacle.CLOSED_SIGN_IN]


def test_a_known_person_keeps_their_name_and_gets_the_role(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        known = a_contact(session, session.get_one(Account, who.id), role="viewer")
        known.name = "Dora"
    request = asked(shop, who, NewContact("Somebody", known.email.upper(), "She does it."))
    assert change(shop, request, Evidence(digits(shop, who), name_on_card_confirmed=True)) == []
    assert "Dora" in contacts(shop, who)
    assert {row.role for row in shop.rows(Membership) if row.person_id == known.id} == {
        "viewer",
        "billing_contact",
    }


def test_an_account_never_loses_its_last_contact(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        left = a_contact(session, session.get_one(Account, who.id))
        left.disabled_at = NOW
    with shop.database.write() as session, pytest.raises(people.LastContactError):
        people.remove_contact(session, who.person_id, who.id)
    assert len(contacts(shop, who)) == 1


def test_a_representative_changes_the_contact_of_a_corporate_account_without_a_card(shop: Shop) -> None:
    who = shop.customer(card=None)
    with shop.database.write() as session:
        session.get_one(Account, who.id).type = "corporate"
        rep = a_person(session, "Sofia", staff_role="rep").id
    request = asked(shop, who)
    assert change(shop, request, Evidence(), who.person_id, rep) == []
    assert contacts(shop, who) == ["Bruna Reis"]


def test_it_happens_once(shop: Shop) -> None:
    who = shop.customer()
    request = asked(shop, who)
    evidence = Evidence(digits(shop, who), name_on_card_confirmed=True)
    assert change(shop, request, evidence) == []
    with pytest.raises(requests.AlreadyAnsweredError):
        change(shop, request, evidence)
    assert len(shop.mails("contact-added")) == 1


def test_another_request_changes_no_contact(shop: Shop) -> None:
    who = shop.customer()
    with shop.database.write() as session:
        requests.ask(session, who.id, SomethingElse(), "Help.", who.person_id, NOW)
    (request,) = shop.rows(Request)
    with pytest.raises(requests.OtherWorkError):
        change(shop, request.id, Evidence(digits(shop, who), name_on_card_confirmed=True))
