"""Everything that goes over the wire, as types: what programs send, and what they are answered."""

from portal.api.shapes.account import Account, Subscription, Subscriptions
from portal.api.shapes.basics import (
    A_PAGE,
    LARGEST,
    Address,
    Code,
    Digest,
    FurtherPage,
    NoQuestion,
    Note,
    Number,
    OlderPage,
    Seats,
)
from portal.api.shapes.entitlements import Entitlement, EntitlementFeature, EntitlementQuestion, Entitlements
from portal.api.shapes.invoices import Invoice, InvoicePage
from portal.api.shapes.orders import (
    NewOrder,
    Order,
    Summary,
    SummaryItem,
    SummaryLine,
    WantedChange,
    WantedTerms,
)
from portal.api.shapes.quotes import Acceptance, Quote, QuotePage, Rejection
from portal.api.shapes.requests import NewRequest, Request, RequestPage
from portal.api.shapes.seats import NewHolder, NewSeats, Seat, SeatPage, SeatsGiven

__all__ = [
    "A_PAGE",
    "LARGEST",
    "Acceptance",
    "Account",
    "Address",
    "Code",
    "Digest",
    "Entitlement",
    "EntitlementFeature",
    "EntitlementQuestion",
    "Entitlements",
    "FurtherPage",
    "Invoice",
    "InvoicePage",
    "NewHolder",
    "NewOrder",
    "NewRequest",
    "NewSeats",
    "NoQuestion",
    "Note",
    "Number",
    "OlderPage",
    "Order",
    "Quote",
    "QuotePage",
    "Rejection",
    "Request",
    "RequestPage",
    "Seat",
    "SeatPage",
    "Seats",
    "SeatsGiven",
    "Subscription",
    "Subscriptions",
    "Summary",
    "SummaryItem",
    "SummaryLine",
    "WantedChange",
    "WantedTerms",
]
