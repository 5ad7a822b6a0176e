"""How a column of a table is treated when a person asks for their data, or asks to be forgotten."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Fate(StrEnum):
    """What an erasure does."""

    DELETE = "delete"  # the row goes
    EMPTY = "empty"  # the row stays, what the person wrote in it goes
    TAKE_OUT = "take-out"  # the text stays, name and address are taken out of it
    PSEUDONYM = "pseudonym"  # it stays, and leads to somebody without a name
    KEEP = "keep"  # the law keeps it


class Why(StrEnum):
    """What we have it for."""

    SIGN_IN = "sign-in"
    SAFETY = "safety"
    SERVICE = "service"
    CONTRACT = "contract"
    BOOKS = "books"
    PROOF = "proof"


class Kept(StrEnum):
    """How long it is kept where nobody asks to be forgotten."""

    WHILE_KNOWN = "while-known"
    WHILE_SIGNED_IN = "while-signed-in"
    HOURS = "hours"
    ARRIVALS_DAYS = "arrivals-days"
    MAILS_DAYS = "mails-days"
    BOOKS_YEARS = "books-years"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Treatment:
    """Why something is held, how long, and what an erasure does with it. What is `secret` is in no export."""

    why: Why
    kept: Kept
    fate: Fate
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A table: its personal columns, which rows are a person's, and what else of these rows an export tells.

    `whose` are columns with the person's number, `addressed` one with the mail address, `digested` one with a digest of
    it; words of the columns are separated by spaces. Everything in `plain` says nothing about a person.
    """

    columns: dict[str, Treatment] = field(default_factory=dict)
    whose: str = ""
    addressed: str = ""
    digested: str = ""
    told: str = ""
    plain: str = ""
    within: str = ""  # the column that leads to the table that knows the account, and that table

    def names_with(self, fate: Fate) -> list[str]:
        """The columns that have this fate."""
        return [name for name, one in self.columns.items() if one.fate is fate]

    @property
    def goes(self) -> bool:
        """Whether the rows of a person are deleted."""
        return any(one.fate is Fate.DELETE for one in self.columns.values())

    @property
    def exported(self) -> list[str]:
        """The columns that an export gives, in order."""
        personal = [name for name, one in self.columns.items() if not one.secret]
        return [*dict.fromkeys([*personal, *self.told.split()])]


def each(words: str, treatment: Treatment) -> dict[str, Treatment]:
    """The same treatment for several columns."""
    return dict.fromkeys(words.split(), treatment)
