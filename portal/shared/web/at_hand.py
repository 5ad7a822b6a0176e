"""The account a page works for, set by the portal's guard and found here by every page of the portal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import g

from portal.shared.domain.credit_notes import CreditLimits
from portal.shared.domain.quotes import Limits
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.domain.taxes import MILLION, SellerTaxes
from portal.shared.services.accounts import AccountView, account_view
from portal.shared.services.catalog.reading import Catalog, catalog
from portal.shared.services.sign_in.signing_in import SignedIn
from portal.shared.web.house import house
from portal.shared.web.pieces import not_in_a_piece
from portal.shared.web.transactions import reading


@dataclass(frozen=True, slots=True)
class AtHand:
    """Who works for which account, and when."""

    account: AccountView
    person: SignedIn
    now: datetime

    @property
    def catalog(self) -> Catalog:
        """What the account can buy today."""
        if "catalog" not in g:
            g.catalog = catalog(reading(), self.account.currency, self.account.today)
        return cast(Catalog, g.catalog)


def take(account_id: int, person: SignedIn) -> None:
    """Remember the account for this request; the guard has let the person in."""
    now = house().clock.now()
    g.at_hand = AtHand(account_view(reading(), account_id, now), person, now)


def at_hand() -> AtHand:
    """The account of this request."""
    not_in_a_piece("the account at hand")
    return cast(AtHand, g.at_hand)


def is_set() -> bool:
    """Whether a guard has let somebody in."""
    return "at_hand" in g


def seller_taxes() -> SellerTaxes:
    """Where the seller is registered for tax."""
    seller = house().settings.seller
    return SellerTaxes(seller.country, frozenset(seller.tax_registrations))


def credit_limits() -> CreditLimits:
    """How much each of our own people may give back without asking."""
    return CreditLimits(house().settings.seller.credit_limits)


def quote_limits() -> dict[StaffRole, Limits]:
    """How far each of our own people may go with a quote without asking."""
    return {
        StaffRole(role): Limits(limits["discount_percent"] * MILLION // 100, limits["term_months"])
        for role, limits in house().settings.seller.quote_limits.items()
    }
