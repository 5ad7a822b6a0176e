"""Writing to the billing contacts of an account: the way on for who may not do something themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.shared.domain.addresses import masked
from portal.shared.domain.routing.tasks import Task
from portal.shared.records.accounts import Account, account_by_id, lock_account
from portal.shared.records.catalog import Product
from portal.shared.records.letters import LetterToContact, letters_since
from portal.shared.services import notifications
from portal.shared.services.people import contacts as people
from portal.shared.services.sign_in.signing_in import SignedIn

LETTERS, WINDOW = 3, timedelta(days=1)
NAMED_TO = frozenset({"account_admin", "billing_contact"})


class Posted(StrEnum):
    """What became of a letter."""

    SENT = "sent"
    TOO_MANY = "too_many"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class ContactShown:
    """A billing contact as one reader may see them: in full, or only an address that gives nothing away."""

    name: str | None
    email: str


def contacts_shown(session: Session, reader: SignedIn, account_id: int) -> list[ContactShown]:
    """Who manages an account's billing: named to its admins, masked for everybody else, none for strangers."""
    account = account_by_id(session, account_id)
    roles = _roles(reader, account_id)
    if account is None or not roles:
        return []
    found = people.billing_contacts(session, account.id, account.language)
    if roles & NAMED_TO:
        return [ContactShown(one.name, one.email) for one in found]
    return [ContactShown(None, masked(one.email)) for one in found]


def write_to_contacts(
    session: Session, writer: SignedIn, account_id: int, task: Task | None, product: str | None, now: datetime
) -> Posted:
    """Mail every billing contact that the writer asks for a task; at most 3 letters in 24 hours.

    The mail holds only our own words (a product that is not in the catalogue is left out), so that nobody can send
    others theirs through it. The account's row is locked while the letters are counted, so that two presses of the
    button at once count as two.
    """
    if not _roles(writer, account_id):
        return Posted.NOBODY
    account = lock_account(session, account_id)
    contacts = people.billing_contacts(session, account.id, account.language)
    if not contacts:
        return Posted.NOBODY
    if letters_since(session, writer.person_id, account.id, now - WINDOW) >= LETTERS:
        return Posted.TOO_MANY
    letter = LetterToContact(at=now, person_id=writer.person_id, account_id=account.id, task=task or "")
    session.add(letter)
    session.flush()
    known = session.get(Product, product) if product else None
    for contact in contacts:
        _mail(session, letter, writer, account, contact, known.code if known else "", now)
    return Posted.SENT


def _mail(
    session: Session,
    letter: LetterToContact,
    writer: SignedIn,
    account: Account,
    contact: people.Recipient,
    product: str,
    now: datetime,
) -> None:
    notifications.enqueue_mail(
        session,
        "letter-to-contact",
        contact.email,
        contact.language,
        {
            "name": contact.name,
            "writer": writer.name,
            "writer_email": writer.email,
            "account": account.name,
            "task": letter.task,
            "product": product,
        },
        f"letter-to-contact:{letter.id}:{contact.person_id}",
        now,
    )


def _roles(person: SignedIn, account_id: int) -> frozenset[str]:
    return next((one.roles for one in person.memberships if one.account_id == account_id), frozenset())
