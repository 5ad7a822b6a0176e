"""A claim to an account that has nobody left: how long it waits, what counts as evidence, who may decide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Long enough for somebody on holiday to read one of two mails.
WAITING = timedelta(days=14)
HALF_WAY = WAITING / 2
# An unconfirmed claim is forgotten, and so is its link.
TO_CONFIRM = timedelta(days=2)
CLAIMS_A_DAY_FROM_ONE_NETWORK, CLAIMS_A_DAY_FOR_ONE_ADDRESS, CLAIMS_A_DAY = 5, 3, 200

# Addresses here are anybody's: one of them says nothing about an organisation.
PUBLIC_DOMAINS = frozenset(
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com yahoo.com.br uol.com.br bol.com.br "
    "terra.com.br icloud.com me.com aol.com gmx.com gmx.de gmx.net web.de t-online.de orange.fr wanadoo.fr free.fr "
    "laposte.net libero.it virgilio.it alice.it proton.me protonmail.com sapo.pt mail.com zoho.com".split()
)


class Evidence(StrEnum):
    """What a claimant can show; its value is the word under which the answer is kept."""

    INVOICE = "invoice"  # number and total of an invoice of the account
    CARD = "card"  # last four digits of a card on file
    VAT_NUMBER = "vat-number"
    REGISTRATION = "registration"  # name and town of the organisation as its documents say
    DOMAIN = "domain"  # an address of mail at the domain of somebody of the account
    MEMBER = "member"  # signed in as somebody of the account


class State(StrEnum):
    """Where a claim stands."""

    UNCONFIRMED = "unconfirmed"
    WAITING = "waiting"
    OBJECTED = "objected"
    APPROVED = "approved"
    REFUSED = "refused"


class Closed(StrEnum):
    """Why a claim cannot be decided by this person now."""

    ENDED = "ended"
    STILL_WAITING = "still-waiting"
    OWN_CLAIM = "own-claim"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules have to know of a claim."""

    state: State
    waits_until: datetime | None
    claimant_id: int | None


def waits_until(since: datetime) -> datetime:
    """The first moment at which a claim that began to wait then may be decided."""
    return since + WAITING


def reminder_due(since: datetime, now: datetime) -> bool:
    """Whether everybody on the account is to be told a second time."""
    return since + HALF_WAY <= now


def closed(claim: Standing, staff_id: int, now: datetime) -> Closed | None:
    """Why this member of staff cannot decide the claim now; None: they can."""
    if claim.state is not State.WAITING:
        return Closed.ENDED
    if claim.claimant_id == staff_id:
        return Closed.OWN_CLAIM
    if claim.waits_until is None or now < claim.waits_until:
        return Closed.STILL_WAITING
    return None


def counts(evidence: Mapping[str, bool]) -> int:
    """How many pieces of evidence matched."""
    return sum(1 for matched in evidence.values() if matched)


def same_amount(typed: str, minor: int) -> bool:
    """Whether somebody typed this amount, in whatever signs their language writes it; 1.234,50 and 1234.5 are one."""
    whole, sign, part = typed.strip().replace(",", ".").rpartition(".")
    digits = "".join(one for one in typed if one.isdigit() and one.isascii())
    written = {str(minor)}
    if minor % 100 == 0:
        written.add(str(minor // 100))
    if sign and whole and len(part) == 1 and part.isdigit():
        digits += "0"
    return digits.lstrip("0") in written


def same_number(typed: str, known: str) -> bool:
    """Whether somebody typed this VAT number, with or without spaces, dots and its country."""
    given, kept = _plain(typed), _plain(known)
    return bool(kept) and given in {kept, kept[2:] if kept[:2].isalpha() else kept} and len(given) > 4


def same_name(typed: str, known: str) -> bool:
    """Whether somebody wrote this organisation's name, in whatever letters and spaces."""
    return bool(typed.strip()) and " ".join(typed.split()).casefold() == " ".join(known.split()).casefold()


def _plain(number: str) -> str:
    return "".join(one for one in number.upper() if one.isalnum())


def domain_of(email: str) -> str | None:
    """The domain of an organisation in an address of mail; None where the domain is open to everybody."""
    domain = email.strip().lower().rpartition("@")[2]
    return None if not domain or domain in PUBLIC_DOMAINS else domain
