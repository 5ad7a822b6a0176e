"""Whom quotes are told about by mail: the customer's billing contacts, the author, the author's manager."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account
from portal.shared.records.people import Person
from portal.shared.records.quotes import Quote
from portal.shared.services import notifications
from portal.shared.services.people import contact_mails
from portal.shared.services.people import contacts as people


def tell_contacts(session: Session, account: Account, quote: Quote, kind: str, now: datetime) -> None:
    """Mail every billing contact about a quote, once for each kind of news."""
    author = session.get_one(Person, quote.author_id)
    told = {
        "number": quote.number,
        "rep": author.name,
        "rep_email": author.email,
        "valid_until": quote.valid_until.isoformat() if quote.valid_until else None,
        "note": quote.note,
        "summary": quote.summary,
    }
    contact_mails.tell_contacts(session, account, kind, str(quote.id), told, now)


def ask_manager(session: Session, account: Account, quote: Quote, author: Person, now: datetime) -> None:
    """Mail the author's manager that something waits for approval; nobody where there is no manager."""
    if author.manager_id is None:
        return
    manager = people.recipient(session, author.manager_id, account.language)
    notifications.enqueue_mail(
        session,
        "quote-awaits-approval",
        manager.email,
        manager.language,
        {
            "name": manager.name,
            "author": author.name,
            "account": account.name,
            "account_id": account.id,
            "number": quote.number,
        },
        f"quote-awaits-approval:{quote.id}:{now.isoformat()}",
        now,
    )


def tell_author(session: Session, account: Account, quote: Quote, kind: str, now: datetime) -> None:
    """Mail the author what became of a quote."""
    author = people.recipient(session, quote.author_id, account.language)
    notifications.enqueue_mail(
        session,
        kind,
        author.email,
        author.language,
        {
            "name": author.name,
            "account": account.name,
            "account_id": account.id,
            "number": quote.number,
            "note": quote.approval_note,
            "reason": quote.answer,
        },
        f"{kind}:{quote.id}:{now.isoformat()}",
        now,
    )
