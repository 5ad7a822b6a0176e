"""What a quote for an account can be about: each of its subscriptions, and each product it does not have yet."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort

from portal.corporate.desk.staff import account_of_staff
from portal.shared.domain.terms import Offer
from portal.shared.services.accounts import AccountView, account_view
from portal.shared.services.catalog.reading import Names, catalog
from portal.shared.services.desk import Staff
from portal.shared.services.quotes import reading as quotes
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.services.subscriptions import additions
from portal.shared.services.subscriptions import standing as subscription_service
from portal.shared.services.subscriptions.standing import SubscriptionCard
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.house import house
from portal.shared.web.transactions import reading


@dataclass(frozen=True, slots=True)
class Place:
    """A subscription, or (without a card, its number below nothing) a product the account does not have."""

    key: str
    number: int
    product: str
    offer: Offer
    card: SubscriptionCard | None


@dataclass(frozen=True, slots=True)
class Workplace:
    """Everything a quote for an account is built from."""

    staff: Staff
    account: AccountView
    places: tuple[Place, ...]
    names: Names


def corporate_account(account_id: int) -> tuple[Staff, AccountView]:
    """Who asks, and the account; quotes exist for corporate accounts of one's own only."""
    staff = account_of_staff(account_id)
    account = account_view(reading(), account_id, house().clock.now())
    if account.type != "corporate":
        abort(404)
    return staff, account


def quote_or_404(account_id: int, number: int) -> QuoteView:
    """A quote of this account, drafts as well."""
    view = quotes.one_of_account(reading(), account_id, number, house().clock.now(), internal=True)
    if view is None:
        abort(404)
    return view


def workplace(account_id: int) -> Workplace:
    """The places of an account, its own subscriptions first."""
    staff, account = corporate_account(account_id)
    sold = catalog(reading(), account.currency, account.today)
    cards = subscription_service.cards(reading(), account_id, house().clock.now(), seller_taxes())
    own = [
        Place(f"s{card.id}", card.id, card.product, sold.offers[card.product], card)
        for card in cards
        if sold.offers[card.product].prices
    ]
    new = [
        Place(f"new-{offer.product}", -number, offer.product, offer, None)
        for number, offer in enumerate(additions.offered(reading(), account_id, sold), start=1)
    ]
    return Workplace(staff, account, (*own, *new), sold.names)
