"""The one subscription a page is about, of the account at hand."""

from __future__ import annotations

from flask import abort

from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.subscriptions.standing import SubscriptionCard, UnknownSubscriptionError
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.transactions import reading


def card_or_404(subscription_id: int) -> SubscriptionCard:
    """The subscription of this account; another account's does not exist here."""
    here = at_hand()
    try:
        return subscriptions.card(reading(), here.account.id, subscription_id, here.now, seller_taxes())
    except UnknownSubscriptionError:
        abort(404)
