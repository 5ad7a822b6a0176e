"""What can be wished for in a request, one shape for each kind, and how it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Wanted
from portal.shared.domain.requests import RequestKind
from portal.shared.domain.terms import WantedTerms

LONGEST_NOTE = 2000
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class NewContact:
    """Somebody is to become a billing contact."""

    name: str
    email: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dispute:
    """An invoice (by its name) is not what it should be."""

    invoice: str
    reason: str


@dataclass(frozen=True, slots=True)
class OtherFrequency:
    """A subscription is to be paid monthly or by the year."""

    subscription_id: int
    frequency: Frequency


@dataclass(frozen=True, slots=True)
class OtherProduct:
    """So many seats of another product."""

    product: str
    seats: int


@dataclass(frozen=True, slots=True)
class OtherCountry:
    """The account moves to another country (ISO 3166, two letters); tax follows."""

    country: str


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A subscription is to end within its term."""

    subscription_id: int


@dataclass(frozen=True, slots=True)
class OtherAccountType:
    """The account is to move to the other portal."""


@dataclass(frozen=True, slots=True)
class SomethingElse:
    """The note says it all."""


Wish = (
    Wanted
    | NewContact
    | Dispute
    | OtherFrequency
    | OtherProduct
    | OtherCountry
    | Cancellation
    | OtherAccountType
    | SomethingElse
)

_KINDS: Mapping[type[Any], RequestKind] = {
    Wanted: RequestKind.LOWER_PLAN,
    NewContact: RequestKind.BILLING_CONTACT,
    Dispute: RequestKind.DISPUTE,
    OtherFrequency: RequestKind.FREQUENCY,
    OtherProduct: RequestKind.OTHER_PRODUCT,
    OtherCountry: RequestKind.COUNTRY,
    Cancellation: RequestKind.CANCELLATION,
    OtherAccountType: RequestKind.ACCOUNT_TYPE,
    SomethingElse: RequestKind.OTHER,
}


def kind_of(wish: Wish) -> RequestKind:
    """The kind of request a wish is."""
    return _KINDS[type(wish)]


def subscription_of(wish: Wish) -> int | None:
    """The subscription a wish is about, if it is about one."""
    return wish.subscription_id if isinstance(wish, Wanted | OtherFrequency | Cancellation) else None


def same_matter(one: Wish, other: Wish) -> bool:
    """Whether a wish is the other one said anew, so that it takes its place instead of standing beside it."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Dispute) and isinstance(other, Dispute):
        return one.invoice == other.invoice
    if subscription_of(one) is not None:
        return subscription_of(one) == subscription_of(other)
    return one == other


def to_plain(wish: Wish) -> dict[str, Any]:
    """A wish as JSON keeps it."""
    match wish:
        case Wanted(terms=terms, release=release):
            return {
                "plan_id": terms.plan_id,
                "seats": terms.seats,
                "frequency": str(terms.frequency),
                "release": sorted(release),
            }
        case NewContact(name=name, email=email, reason=reason):
            return {"name": name, "email": email, "reason": reason}
        case Dispute(invoice=invoice, reason=reason):
            return {"invoice": invoice, "reason": reason}
        case OtherFrequency(subscription_id=number, frequency=frequency):
            return {"subscription_id": number, "frequency": str(frequency)}
        case OtherProduct(product=product, seats=seats):
            return {"product": product, "seats": seats}
        case OtherCountry(country=country):
            return {"country": country}
        case Cancellation(subscription_id=number):
            return {"subscription_id": number}
    return {}


def from_plain(kind: RequestKind, plain: Mapping[str, Any], subscription_id: int | None) -> Wish:
    """A wish as it was kept; the subscription of a lower plan stands beside it."""
    match kind:
        case RequestKind.LOWER_PLAN:
            assert subscription_id is not None, "a lower plan is one of a subscription"
            terms = WantedTerms(plain["plan_id"], plain["seats"], Frequency(plain["frequency"]))
            return Wanted(subscription_id, terms, frozenset(plain["release"]))
        case RequestKind.BILLING_CONTACT:
            return NewContact(plain["name"], plain["email"], plain["reason"])
        case RequestKind.DISPUTE:
            return Dispute(plain["invoice"], plain["reason"])
        case RequestKind.FREQUENCY:
            return OtherFrequency(plain["subscription_id"], Frequency(plain["frequency"]))
        case RequestKind.OTHER_PRODUCT:
            return OtherProduct(plain["product"], plain["seats"])
        case RequestKind.COUNTRY:
            return OtherCountry(plain["country"])
        case RequestKind.CANCELLATION:
            return Cancellation(plain["subscription_id"])
        case RequestKind.ACCOUNT_TYPE:
            return OtherAccountType()
        case RequestKind.OTHER:
            return SomethingElse()
