"""What placing an order is asked for, and every answer it can give."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.shared.domain.approvals import Hindrance
from portal.shared.domain.changes import Audience, Refusal, Wanted
from portal.shared.domain.money import Money
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.purchase_orders import Shortfall
from portal.shared.domain.quotes import QuoteState
from portal.shared.services.orders.pricing import Priced


@dataclass(frozen=True, slots=True)
class Approving:
    """A request for approval that is carried out: who approves it, and the first day of service it was shown for."""

    number: int
    approver_id: int
    starts_on: date


@dataclass(frozen=True, slots=True)
class PlaceRequest:
    """What somebody confirmed: the digest they saw, and a key that makes repeating it harmless.

    `answer` is what the customer is told when the order carries a request out.
    `wanted` is none for the account's own cart. `return_path` is where the bank's page leads back to;
    `{reference}` in it is replaced by the order's. A quote brings its own changes and prices; `on_invoice` asks for the
    account's terms of payment instead of a card, and `choices` are what was shown beside its figures,
    such as who gets the seats (`services/seats/promising.py`). `asks` goes the same way up to the order and then
    asks an approver instead; `approving` is how that request comes back.
    """

    account_id: int
    person_id: int
    key: str
    digest: str
    audience: Audience
    return_path: str
    payment_method_id: int | None = None
    wanted: tuple[Wanted, ...] | None = None
    request_id: int | None = None
    answer: str = ""
    quote_id: int | None = None
    purchase_order_id: int | None = None
    on_invoice: bool = False
    choices: Mapping[str, Any] | None = None
    asks: bool = False
    approving: Approving | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """The order exists; its state says how far it came. The path leads to the bank that wants a confirmation."""

    reference: str
    state: OrderState
    confirmation_path: str | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Moved:
    """Something changed since the summary was shown. Nothing was ordered or charged."""

    now: Priced


@dataclass(frozen=True, slots=True)
class NothingToOrder:
    """The cart is empty; `last` is the order that was placed last, which may be the one that emptied it."""

    last: str | None


@dataclass(frozen=True, slots=True)
class Busy:
    """Another order of the account, or a payment of one of its invoices, is still on its way."""

    reference: str
    is_payment: bool = False


@dataclass(frozen=True, slots=True)
class QuoteClosed:
    """The quote cannot be accepted any more; its state says why."""

    state: QuoteState


@dataclass(frozen=True, slots=True)
class QuoteUnfit:
    """The quote no longer fits what the account has; nothing was ordered."""

    refused: Mapping[int, Refusal]


@dataclass(frozen=True, slots=True)
class Held:
    """The purchase order does not cover the order, and the account wants it held. Nothing was ordered."""

    shortfall: Shortfall


@dataclass(frozen=True, slots=True)
class MethodMissing:
    """Something is due and no payment method was chosen."""


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The key was used before for something else."""


@dataclass(frozen=True, slots=True)
class AboveLimit:
    """The order is above the limit of whoever places it; an approver has to be asked. Nothing was ordered."""

    limit: Money


@dataclass(frozen=True, slots=True)
class Asked:
    """An approver was asked; the order waits under this number."""

    number: int


@dataclass(frozen=True, slots=True)
class NobodyApproves:
    """The account has nobody who could approve it. Nothing was ordered."""


@dataclass(frozen=True, slots=True)
class NeedsNoApproval:
    """An approver was to be asked, but whoever asks can place it alone. Nothing was ordered."""


@dataclass(frozen=True, slots=True)
class NotApproved:
    """This person may not approve it, or it has ended. Nothing was ordered."""

    why: Hindrance


OfApproval = AboveLimit | Asked | NobodyApproves | NeedsNoApproval | NotApproved
Placement = OfApproval | Accepted | Moved | NothingToOrder | Busy | MethodMissing | KeyReused
Acceptance = Placement | QuoteClosed | QuoteUnfit | Held
