"""A product says how it calls the accounts and the people that it knows from us; both stay where they are."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.records import external_ids as records
from portal.shared.records.accounts import lock_account
from portal.shared.records.catalog import Product
from portal.shared.records.external_ids import ProductAccount, ProductPerson
from portal.shared.services import activity


class NotHereError(LookupError):
    """The account does not have the product, or the person holds no seat of it."""


class TakenError(ValueError):
    """The product calls somebody else so."""


def call_account(session: Session, product: str, account_id: int, external_id: str, now: datetime) -> None:
    """Let a product call an account so; saying the same again changes nothing.

    Raises:
        NotHereError: the account does not have the product.
        TakenError: the product calls another account so.
    """
    _one_at_a_time(session, product)
    if not records.has_product(session, product, account_id):
        raise NotHereError(account_id)
    if records.account_called(session, product, external_id) not in (None, account_id):
        raise TakenError(external_id)
    lock_account(session, account_id)
    row = session.get(ProductAccount, (product, account_id))
    before = row.external_id if row else None
    if before == external_id:
        return
    if row is None:
        session.add(ProductAccount(product=product, account_id=account_id, external_id=external_id, at=now))
    else:
        row.external_id, row.at = external_id, now
    detail = {"name": product, "old": before, "new": external_id}
    activity.record(session, account_id, None, "account-external-id-set", detail, now)


def call_person(session: Session, product: str, person_id: int, external_id: str, now: datetime) -> None:
    """Let a product call somebody so who holds a seat of it; saying the same again changes nothing.

    Raises:
        NotHereError: they hold no seat of the product.
        TakenError: the product calls somebody else so.
    """
    _one_at_a_time(session, product)
    if not records.accounts_of_holder(session, product, person_id):
        raise NotHereError(person_id)
    if records.person_called(session, product, external_id) not in (None, person_id):
        raise TakenError(external_id)
    row = session.get(ProductPerson, (product, person_id))
    before = row.external_id if row else None
    if before == external_id:
        return
    if row is None:
        session.add(ProductPerson(product=product, person_id=person_id, external_id=external_id, at=now))
    else:
        row.external_id, row.at = external_id, now
    detail = {"name": product, "text": {"old": before, "new": external_id}}
    activity.record_personal(session, person_id, None, "person-external-id-set", detail, now)


def _one_at_a_time(session: Session, product: str) -> None:
    """So that of two that want the same name one is told so; who only points to the product does not wait."""
    session.get_one(Product, product, with_for_update={"key_share": True})
