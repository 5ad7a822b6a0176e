"""People who get an account's invoices by mail and nothing else, and the mail that brings everybody a new document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account, lock_account
from portal.shared.records.invoice_recipients import (
    InvoiceRecipient,
    invoice_recipients_among,
    invoice_recipients_of,
)
from portal.shared.records.invoices import Invoice
from portal.shared.records.people import plain_email
from portal.shared.services import activity, notifications
from portal.shared.services.notifications import NewMail
from portal.shared.services.people import contacts as people

MOST = 20


class Added(StrEnum):
    """What became of a wish to add somebody."""

    ADDED = "added"
    KNOWN = "known"  # the address is on the list already
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class RecipientView:
    """Somebody on the list."""

    id: int
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A new document, by its number and its name, and the account that it is for (its row, or what was read of it)."""

    account: Account
    id: int
    name: str


def recipients(session: Session, account_id: int) -> list[RecipientView]:
    """Who gets an account's invoices beside its billing contacts, by name."""
    return [RecipientView(row.id, row.name, row.email) for row in invoice_recipients_of(session, account_id)]


def add(session: Session, account_id: int, name: str, email: str, actor_id: int, now: datetime) -> Added:
    """Put somebody on the list; at most 20, and no address twice. The address is one that was checked."""
    lock_account(session, account_id)
    email = plain_email(email)
    present = invoice_recipients_of(session, account_id)
    if email in {row.email for row in present}:
        return Added.KNOWN
    if len(present) >= MOST:
        return Added.TOO_MANY
    row = InvoiceRecipient(
        account_id=account_id,
        name=name.strip() or email.partition("@")[0],
        email=email,
        added_by=actor_id,
        added_at=now,
    )
    session.add(row)
    session.flush()
    detail = {"recipient": row.id, "person_name": row.name, "email": email}
    activity.record(session, account_id, actor_id, "invoice-recipient-added", detail, now)
    return Added.ADDED


def remove(session: Session, account_id: int, recipient_id: int, actor_id: int, now: datetime) -> bool:
    """Take somebody off the list; False when nobody of this account's list has the id."""
    lock_account(session, account_id)
    row = next((one for one in invoice_recipients_of(session, account_id) if one.id == recipient_id), None)
    if row is None:
        return False
    session.delete(row)
    detail = {"recipient": row.id, "person_name": row.name, "email": row.email}
    activity.record(session, account_id, actor_id, "invoice-recipient-removed", detail, now)
    session.flush()
    return True


def tell(
    session: Session,
    account: Account,
    invoice: Invoice,
    now: datetime,
    *,
    also_online: bool = False,
    contacts_know: bool = False,
) -> None:
    """Mail a new document of a corporate account to its billing contacts and invoice recipients, each address once.

    An online account has a mail about its order, and gets no other unless there was none. Where `contacts_know`, a mail
    of another kind brings it to the billing contacts. The caller holds the account's lock.
    """
    if account.type != "corporate" and not also_online:
        return
    contacts = people.billing_contacts(session, account.id, account.language)
    document = Issued(account, invoice.id, invoice.name)
    for one in _mails(
        document, contacts, invoice_recipients_of(session, account.id), contacts_know=contacts_know
    ):
        notifications.enqueue_mail(
            session, one.kind, one.recipient, one.language, one.payload, one.dedupe_key, now
        )


def tell_many(session: Session, documents: Sequence[Issued], now: datetime) -> None:
    """The same for new documents of many corporate accounts, whose rows the caller holds."""
    ids = [one.account.id for one in documents]
    contacts = people.billing_contacts_among(
        session, {one.account.id: one.account.language for one in documents}
    )
    listed: dict[int, list[InvoiceRecipient]] = defaultdict(list)
    for row in invoice_recipients_among(session, ids):
        listed[row.account_id].append(row)
    notifications.enqueue_mails(
        session,
        (
            mail
            for one in documents
            for mail in _mails(one, contacts.get(one.account.id, ()), listed.get(one.account.id, ()))
        ),
        now,
    )


def _mails(
    document: Issued,
    contacts: Iterable[people.Recipient],
    listed: Iterable[InvoiceRecipient],
    *,
    contacts_know: bool = False,
) -> Iterator[NewMail]:
    """A mail for each address that has none yet."""
    reached: set[str] = set()
    for contact in contacts:
        if not contacts_know:
            yield _mail(document, contact.name, contact.email, contact.language, may_sign_in=True)
        reached.add(contact.email)
    for row in listed:
        if row.email not in reached:
            yield _mail(document, row.name, row.email, document.account.language, may_sign_in=False)


def _mail(document: Issued, name: str, email: str, language: str, *, may_sign_in: bool) -> NewMail:
    return NewMail(
        "invoice-issued",
        email,
        language,
        {
            "name": name,
            "account": document.account.name,
            "account_id": document.account.id,
            "invoice": document.name,
            "may_sign_in": may_sign_in,
        },
        f"invoice-issued:{document.id}:{email}",
    )
