"""The demo cast as its file tells it, and the sign-ins that are printed."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cattrs import Converter

_FOLDER = Path(__file__).parent
CAST_FILE, CATALOG_FILE, TAX_RATES_FILE = (
    _FOLDER / name for name in ("cast.toml", "catalog.toml", "tax_rates.toml")
)

What = Literal[
    "trial",
    "order",
    "order-on-invoice",
    "assign",
    "cart",
    "cancel",
    "lower-plan",
    "missed-renewal",
    "expiry",
    "purchase-order",
    "quote",
    "asks-rep",
]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a product of an account.

    On a day so many days ago, or, for the order of a first period, so that the period ended so many days ago;
    without either on the day the running period ended.
    """

    what: What
    product: str = ""
    days_ago: int | None = None
    period_ends_days_ago: int | None = None
    plan: str = ""
    seats: int = 0
    frequency: Literal["monthly", "annual", ""] = ""
    to: tuple[str, ...] = ()
    due_in: int = 0
    # A quote of the account's representative: discount in per cent, days it is valid, and where it was left.
    percent: int = 0
    valid_days: int = 7
    left: Literal["draft", "awaiting-approval", "sent", "rejected"] = "sent"
    note: str = ""
    # A purchase order: its number, the day it ends, and what it authorises in whole units of the currency.
    number: str = ""
    ends_in: int | None = None
    authorised: int | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person of an account who can sign in. `language` is a choice the person made.

    Above `limit`, in minor units, the orders of a billing contact wait for an approver.
    """

    name: str
    email: str
    role: str
    stories: tuple[str, ...] = ()
    language: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """One of our own people, who serves all accounts of one type."""

    name: str
    email: str
    role: str
    phone: str
    language: str
    serves: str
    manager: str | None = None  # whose team a rep belongs to, by address


@dataclass(frozen=True, slots=True)
class CastAccount:
    """An account, the stories it tells its billing contacts, and its history in the order it happened."""

    name: str
    type: str
    currency: str
    country: str
    time_zone: str
    language: str
    domain: str
    stories: tuple[str, ...]
    members: tuple[Member, ...]
    history: tuple[Event, ...]
    card: str | None = None
    rep: str | None = None
    vat_number: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    region: str = ""
    phone: str = ""
    invoice_terms_days: int | None = None

    def email_of(self, name: str) -> str:
        """The address of somebody at this account: their own, or one made of the name."""
        for member in self.members:
            if member.name == name:
                return member.email
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        return f"{'.'.join(plain.split())}@{self.domain}"


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody. One password opens all sign-ins, and one secret makes the codes of staff, in demo mode only."""

    password: str
    code_secret: str
    staff: tuple[Staff, ...]
    accounts: tuple[CastAccount, ...]

    def sign_ins(self) -> list[dict[str, Any]]:
        """Everybody who can sign in, customers first: name, email, password, language and accounts with stories."""
        people: dict[str, dict[str, Any]] = {}
        for account in self.accounts:
            for member in account.members:
                language = member.language or account.language
                entry = people.setdefault(member.email, self._entry(member.name, member.email, language))
                stories = member.stories or (account.stories if member.role == "billing_contact" else ())
                entry["accounts"].append(_line(account, member.role, stories))
        for one in self.staff:
            entry = people.setdefault(one.email, self._entry(one.name, one.email, one.language))
            entry["accounts"] = [_line(account, one.role, (one.role,)) for account in self.served_by(one)]
        return list(people.values())

    def served_by(self, one: Staff) -> Iterator[CastAccount]:
        """The accounts somebody of our own serves: a rep the rep's own, a manager those of the team and of nobody."""
        team = {other.email for other in self.staff if other.manager == one.email} | {one.email}
        for account in self.accounts:
            mine = {
                "rep": account.rep == one.email,
                "manager": account.rep is None or account.rep in team,
            }
            if account.type == one.serves and mine.get(one.role, True):
                yield account

    def _entry(self, name: str, email: str, language: str) -> dict[str, Any]:
        return {"name": name, "email": email, "password": self.password, "language": language, "accounts": []}


def read_cast(path: Path = CAST_FILE) -> Cast:
    """Read the cast; a misspelt word in the file is an error."""
    return Converter(forbid_extra_keys=True).structure(tomllib.loads(path.read_text(encoding="utf-8")), Cast)


def as_table(people: Sequence[Mapping[str, Any]]) -> str:
    """The sign-ins for a reader: one line a person, with the stories to be seen there."""
    rows = [("Sign in as", "Name", "Role", "Account", "Shows")]
    for person in people:
        first, *others = person["accounts"]
        account = first["name"] if not others else f"{first['name']} (+{len(others)})"
        role = first["role"].replace("_", " ")
        rows.append((person["email"], person["name"], role, account, ", ".join(first["stories"])))
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "  ".join("─" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def _line(account: CastAccount, role: str, stories: Sequence[str]) -> dict[str, Any]:
    return {"name": account.name, "type": account.type, "role": role, "stories": list(stories)}
