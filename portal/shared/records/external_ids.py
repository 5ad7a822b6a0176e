"""How a product that is sold calls the accounts and the people that it knows from us."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.shared.records.base import Base
from portal.shared.records.subscriptions import Seat, SubscriptionRow


class ProductAccount(Base):
    """An account, by the name that a product has for it."""

    __tablename__ = "product_accounts"
    __table_args__ = (sa.UniqueConstraint("product", "external_id"),)

    product: Mapped[str] = mapped_column(sa.ForeignKey("products.code"), primary_key=True)
    account_id: Mapped[int] = mapped_column(
        sa.ForeignKey("accounts.id"), primary_key=True, autoincrement=False, index=True
    )
    external_id: Mapped[str]
    at: Mapped[datetime]


class ProductPerson(Base):
    """A person, by the name that a product has for them."""

    __tablename__ = "product_people"
    __table_args__ = (sa.UniqueConstraint("product", "external_id"),)

    product: Mapped[str] = mapped_column(sa.ForeignKey("products.code"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        sa.ForeignKey("people.id"), primary_key=True, autoincrement=False, index=True
    )
    external_id: Mapped[str]
    at: Mapped[datetime]


def account_called(session: Session, product: str, external_id: str) -> int | None:
    """Which account does a product call so?"""
    question = sa.select(ProductAccount.account_id).where(
        ProductAccount.product == product, ProductAccount.external_id == external_id
    )
    return session.scalar(question)


def person_called(session: Session, product: str, external_id: str) -> int | None:
    """Whom does a product call so?"""
    question = sa.select(ProductPerson.person_id).where(
        ProductPerson.product == product, ProductPerson.external_id == external_id
    )
    return session.scalar(question)


def name_of_account(session: Session, product: str, account_id: int) -> str | None:
    """How does a product call this account?"""
    row = session.get(ProductAccount, (product, account_id))
    return row.external_id if row else None


def name_of_person(session: Session, product: str, person_id: int) -> str | None:
    """How does a product call this person?"""
    row = session.get(ProductPerson, (product, person_id))
    return row.external_id if row else None


def has_product(session: Session, product: str, account_id: int) -> bool:
    """Does an account have a subscription of this product, or had it?"""
    mine = sa.exists().where(
        SubscriptionRow.account_id == account_id,
        SubscriptionRow.product == product,
        SubscriptionRow.waiting.is_(False),
    )
    return bool(session.scalar(sa.select(mine)))


def accounts_of_holder(session: Session, product: str, person_id: int) -> list[int]:
    """In which accounts does somebody hold a seat of this product?"""
    question = (
        sa.select(Seat.account_id)
        .join(SubscriptionRow, SubscriptionRow.id == Seat.subscription_id)
        .where(Seat.person_id == person_id, SubscriptionRow.product == product)
        .distinct()
        .order_by(Seat.account_id)
    )
    return list(session.scalars(question))
