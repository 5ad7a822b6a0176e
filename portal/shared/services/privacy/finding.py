"""Which rows are a person's: asked of the register, for export and erasure alike."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.records.base import all_tables
from portal.shared.records.people import Person, plain_email
from portal.shared.services.privacy.register import PERSONAL
from portal.shared.services.privacy.treatment import Held


@dataclass(frozen=True, slots=True)
class Whose:
    """A person, by everything under which rows may know them."""

    person_id: int
    name: str
    email: str
    phone: str
    language: str | None

    @property
    def needles(self) -> frozenset[str]:
        """What is looked for everywhere: what no two people share."""
        return frozenset(one for one in (self.email, self.phone) if one)


def whose(person: Person) -> Whose:
    """The person as rows may know them."""
    return Whose(person.id, person.name, person.email, person.phone or "", person.language)


def table(name: str) -> sa.Table:
    """A table by its name."""
    return all_tables().tables[name]


def own_rows(name: str, held: Held, who: Whose) -> sa.ColumnElement[bool] | None:
    """Which rows of a table are this person's, as a condition; None where only words may name somebody."""
    columns = table(name).c
    conditions = [columns[one] == who.person_id for one in held.whose.split()]
    if held.addressed:
        conditions.append(columns[held.addressed] == who.email)
    if held.digested:
        conditions.append(columns[held.digested] == digest(plain_email(who.email)))
    return sa.or_(*conditions) if conditions else None


def tables_with_rows() -> Iterator[tuple[str, Held]]:
    """The tables that hold rows of people."""
    for name, held in PERSONAL.items():
        if held.whose or held.addressed or held.digested:
            yield name, held


def accounts_of(session: Session, who: Whose) -> frozenset[int]:
    """Every account in which something of a person stands, also of those they no longer serve."""
    found: set[int | None] = set()
    for name, held in tables_with_rows():
        condition = own_rows(name, held, who)
        if condition is not None and "account_id" in table(name).c:
            found.update(session.scalars(sa.select(table(name).c.account_id).where(condition).distinct()))
    return frozenset(one for one in found if one is not None)


def digest(text: str) -> str:
    """The fingerprint under which secrets and addresses are counted and kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
