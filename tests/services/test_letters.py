"""Writing to the billing contacts: who is shown to whom, and how often a letter goes out."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.routing.tasks import Task
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Person
from portal.shared.services.people import letters
from portal.shared.services.people.letters import ContactShown, Posted
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.sign_in.signing_in import SignedIn
from tests.support.factories import NOW, a_catalogue, a_contact, a_person, an_online_account


def who_is(session: Session, person: Person) -> SignedIn:
    token = signin.open_session(session, person.id, NOW)
    session.flush()
    who = signin.signed_in(session, token, NOW)
    assert who is not None
    return who


def mails(session: Session) -> list[OutboxMail]:
    return list(session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def an_account_with(session: Session, role: str) -> tuple[Account, Person, SignedIn]:
    account = an_online_account(session)
    contact = a_contact(session, account)
    return account, contact, who_is(session, a_contact(session, account, role=role))


def test_an_admin_sees_the_contact_in_full(database: Database) -> None:
    with database.write() as session:
        account, contact, admin = an_account_with(session, "account_admin")
        assert letters.contacts_shown(session, admin, account.id) == [
            ContactShown(contact.name, contact.email)
        ]


@pytest.mark.parametrize("role", ["viewer", "approver", "seat_holder"])
def test_others_see_an_address_that_gives_nothing_away(database: Database, role: str) -> None:
    with database.write() as session:
        account, contact, reader = an_account_with(session, role)
        (shown,) = letters.contacts_shown(session, reader, account.id)
    assert shown.name is None
    assert shown.email == "p•••@example.org"
    assert contact.name not in repr(shown)


def test_a_stranger_to_the_account_sees_nobody_and_writes_to_nobody(database: Database) -> None:
    with database.write() as session:
        account, _, _ = an_account_with(session, "viewer")
        stranger = who_is(session, a_person(session))
        assert letters.contacts_shown(session, stranger, account.id) == []
        posted = letters.write_to_contacts(session, stranger, account.id, Task.INVOICES, None, NOW)
        assert (posted, mails(session)) == (Posted.NOBODY, [])


def test_every_contact_who_can_still_sign_in_gets_the_letter_in_their_language(database: Database) -> None:
    with database.write() as session:
        a_catalogue(session)
        account, contact, writer = an_account_with(session, "seat_holder")
        contact.language = "pt_BR"
        second = a_contact(session, account)
        a_contact(session, account).disabled_at = NOW
        posted = letters.write_to_contacts(session, writer, account.id, Task.ADD_SEATS, "assist", NOW)
        sent = mails(session)
    assert posted is Posted.SENT
    assert {(mail.recipient, mail.language) for mail in sent} == {
        (contact.email, "pt_BR"),
        (second.email, "en"),
    }
    assert {mail.kind for mail in sent} == {"letter-to-contact"}
    told = sent[0].payload
    assert (told["writer"], told["writer_email"], told["account"]) == (
        writer.name,
        writer.email,
        account.name,
    )
    assert (told["task"], told["product"]) == ("add-seats", "assist")


def test_a_letter_carries_no_words_of_the_writer(database: Database) -> None:
    with database.write() as session:
        a_catalogue(session)
        account, _, writer = an_account_with(session, "viewer")
        letters.write_to_contacts(session, writer, account.id, None, "http://evil.example", NOW)
        (mail,) = mails(session)
    assert (mail.payload["task"], mail.payload["product"]) == ("", "")


def test_an_account_without_a_contact_gets_no_letter(database: Database) -> None:
    with database.write() as session:
        account = an_online_account(session)
        viewer = who_is(session, a_contact(session, account, role="viewer"))
        posted = letters.write_to_contacts(session, viewer, account.id, None, None, NOW)
    assert posted is Posted.NOBODY


def test_three_letters_a_day_and_no_more(database: Database) -> None:
    with database.write() as session:
        account, _, writer = an_account_with(session, "viewer")
        other = who_is(session, a_contact(session, account, role="viewer"))
        instants = [NOW + timedelta(hours=hour) for hour in (0, 1, 2, 3)]
        posted = [
            letters.write_to_contacts(session, writer, account.id, Task.INVOICES, None, instant)
            for instant in instants
        ]
        assert posted == [Posted.SENT, Posted.SENT, Posted.SENT, Posted.TOO_MANY]
        assert len(mails(session)) == 3
        # The limit is each person's own, and a day later the first letter no longer counts.
        assert letters.write_to_contacts(session, other, account.id, None, None, instants[-1]) is Posted.SENT
        tomorrow = NOW + timedelta(days=1)
        assert letters.write_to_contacts(session, writer, account.id, None, None, tomorrow) is Posted.SENT
