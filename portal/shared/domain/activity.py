"""The activity log as a chain: what each entry's digest covers, what is sealed, and how a chain is checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

# What the first entry of a chain names as its predecessor.
FIRST = "0" * 64
# Under these names an entry holds what an erasure must be able to remove: an address, a name, words somebody typed.
PERSONAL = frozenset(
    {"email", "person_name", "phone", "street", "postal_code", "city", "region", "note", "text", "answer"}
)
# Under these names an entry holds the number of a person, told to readers by name.
PEOPLE = frozenset(
    {"person", "contact", "no_longer", "asked_by", "old_person", "new_person", "staff", "invited_by", "actor"}
)
SEALED = "sealed"
# What needs no look for floats and personal values inside of it.
_SIMPLE = frozenset({str, int})

Detail = Mapping[str, Any]


class Portal(StrEnum):
    """Where something was done."""

    BILLING_CENTER = "billing_center"
    CORPORATE = "corporate_portal"
    DESK = "desk"
    FRONT = "front"  # pages of nobody's portal: sign-in, invitations
    API = "api"
    PROCESSOR = "processor"  # the card processor told us
    WORKER = "worker"
    COMMAND = "command"
    UNKNOWN = "unknown"  # written before this was kept


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of a chain, with everything its digest covers; `person` is none for the system itself."""

    chain: str
    sequence: int
    previous: str
    at: datetime
    person: int | None
    portal: str
    action: str
    detail: Detail
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Seal:
    """A value that is not in the chain, and the salt by which its seal can be checked while it is kept."""

    seal: str
    salt: str
    value: str


class Fault(StrEnum):
    """What is wrong with the first broken link."""

    MISSING = "missing"  # a number is left out: an entry was removed
    CHANGED = "changed"  # the digest does not fit what the entry says
    UNLINKED = "unlinked"  # it does not follow the entry before it
    CUT_OFF = "cut_off"  # the chain ends before the checkpoint
    REWRITTEN = "rewritten"  # at the checkpoint's number stands another digest
    VALUE = "value"  # a personal value beside the chain does not fit its seal


class Kind(StrEnum):
    """What an entry is about."""

    SUBSCRIPTIONS = "subscriptions"
    MONEY = "money"
    PEOPLE = "people"
    SEATS = "seats"
    REQUESTS = "requests"
    ACCOUNT = "account"


# Which kind an action is, by its beginning.
KINDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.SUBSCRIPTIONS: (
        "account-expired",
        "auto-renew-",
        "cancellation-",
        "cart-",
        "order-",
        "quote-",
        "reminded",
        "renewed",
        "subscription-",
        "trial-",
    ),
    Kind.MONEY: (
        "bank-account-",
        "card-",
        "credit-note-",
        "invoice-",
        "payment-",
        "period-billed",
        "purchase-order-",
        "refund",
        "tax-",
        "terms-",
        "vat-number-",
    ),
    Kind.PEOPLE: (
        "admin-",
        "approver-",
        "billing-contact-",
        "claim-",
        "contact-",
        "identity-",
        "invitation-",
        "mail-domain-",
        "member-",
        "membership-",
        "organisation-",
        "person-",
        "personal-data-",
        "provider-",
        "role-",
        "sign-in-",
        "viewer-",
        "viewing-",
    ),
    Kind.SEATS: ("seat-", "seats-"),
    Kind.REQUESTS: ("request-", "representative-"),
    Kind.ACCOUNT: ("account-", "api-", "billing-details-", "demo-", "token-", "webhook-"),
}


def kind_of(action: str) -> Kind:
    """What an action is about; of the account itself, where its beginning says nothing."""
    for kind, beginnings in KINDS.items():
        if action.startswith(beginnings):
            return kind
    return Kind.ACCOUNT


@dataclass(frozen=True, slots=True)
class Broken:
    """The first link that does not hold, by its number in the chain."""

    chain: str
    sequence: int
    fault: Fault


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far a chain had come when somebody wrote it down."""

    sequence: int
    digest: str


def chain_of_account(account_id: int) -> str:
    """The name of an account's chain."""
    return f"account:{account_id}"


def chain_of_person(person_id: int) -> str:
    """The name of a person's chain."""
    return f"person:{person_id}"


def covered(entry: Entry) -> dict[str, Any]:
    """What a digest covers: everything an entry says but the digest itself."""
    return {
        "chain": entry.chain,
        "sequence": entry.sequence,
        "previous": entry.previous,
        "at": entry.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z",
        "person": entry.person,
        "portal": entry.portal,
        "action": entry.action,
        "detail": entry.detail,
    }


def canonical(entry: Entry) -> bytes:
    """The bytes that are digested: JSON in UTF-8, keys sorted, no spaces, nothing escaped that need not be."""
    told = json.dumps(covered(entry), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return told.encode()


def texts_of_alike(entry: Entry) -> Callable[[str, int, str, str], str]:
    """What is digested of many entries that differ in their chain, number, the one before, and detail alone.

    The function that is given takes these four, the detail as `detail_text` writes it.
    """
    told = covered(replace(entry, chain="", sequence=0, previous="", detail={}))
    written = {key: json.dumps(value, ensure_ascii=False) for key, value in sorted(told.items())}
    quoted, plain = '"%s"', "%s"
    places = {"chain": quoted, "detail": plain, "previous": quoted, "sequence": "%d"}
    pieces = [f'"{key}":{places.get(key) or text.replace("%", "%%")}' for key, text in written.items()]
    template = "{" + ",".join(pieces) + "}"
    return lambda chain, sequence, previous, detail: template % (chain, detail, previous, sequence)


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def detail_text(detail: Detail) -> str:
    """A detail in the form that is digested."""
    return _CANONICAL(detail)


def names_nobody(detail: Detail) -> bool:
    """Whether a detail is words and whole numbers alone, under names that hold nothing personal; none has a seal."""
    return PERSONAL.isdisjoint(detail) and all(
        type(one) in _SIMPLE or (type(one) is list and all(type(part) is int for part in one))
        for one in detail.values()
    )


def digest_of(entry: Entry) -> str:
    """The entry's digest: SHA-256 of its canonical bytes, in hexadecimal digits."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def seal_of(salt: str, value: str) -> str:
    """What stands in the chain for a personal value; without the salt nobody can guess back."""
    return hashlib.sha256((salt + value).encode()).hexdigest()


def sealed(detail: Detail, new_salt: Callable[[], str]) -> tuple[dict[str, Any], list[Seal]]:
    """The detail as it enters the chain, and the personal values that are kept beside it.

    Raises:
        TypeError: it holds a float, which databases do not give back alike.
    """
    kept: list[Seal] = []
    told: dict[str, Any] = _sealed(detail, new_salt, kept)
    return told, kept


def _sealed(part: Any, new_salt: Callable[[], str], kept: list[Seal], *, personal: bool = False) -> Any:
    if isinstance(part, Mapping):
        return {
            # Databases keep names as text, and sort them so.
            str(key): _sealed(value, new_salt, kept, personal=personal or key in PERSONAL)
            for key, value in part.items()
        }
    if isinstance(part, (list, tuple)):
        return [_sealed(one, new_salt, kept, personal=personal) for one in part]
    if isinstance(part, float):
        raise TypeError("An entry of the activity holds no floats.")
    if not personal or not isinstance(part, str) or not part:
        return part
    salt = new_salt()
    kept.append(Seal(seal_of(salt, part), salt, part))
    return {SEALED: kept[-1].seal}


def opened(part: Any, values: Mapping[str, str], erased: str | None) -> Any:
    """The detail as a reader sees it: every seal replaced by its value, or by a word where that was erased."""
    if isinstance(part, Mapping):
        if list(part) == [SEALED]:
            return values.get(part[SEALED], erased)
        return {key: opened(value, values, erased) for key, value in part.items()}
    if isinstance(part, list):
        return [opened(one, values, erased) for one in part]
    return part


def first_fault(chain: str, entries: Iterable[Entry], checkpoint: Checkpoint | None = None) -> Broken | None:
    """The first broken link of a chain given in order of its numbers; None when all of it holds.

    Cutting off the end leaves a whole chain, so it is seen only against a checkpoint written down elsewhere.
    """
    number, previous = 0, FIRST
    for entry in entries:
        number += 1
        fault = _fault(entry, number, previous)
        if fault is None and checkpoint is not None and checkpoint.sequence == number:
            fault = Fault.REWRITTEN if entry.digest != checkpoint.digest else None
        if fault is not None:
            return Broken(chain, number, fault)
        previous = entry.digest
    if checkpoint is not None and number < checkpoint.sequence:
        return Broken(chain, number + 1, Fault.CUT_OFF)
    return None


def _fault(entry: Entry, number: int, previous: str) -> Fault | None:
    if entry.sequence != number:
        return Fault.MISSING
    if entry.digest != digest_of(entry):
        return Fault.CHANGED
    return Fault.UNLINKED if entry.previous != previous else None
