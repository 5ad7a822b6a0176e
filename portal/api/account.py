"""The account of a token, and its subscriptions."""

from __future__ import annotations

from portal.api import shapes, telling
from portal.api.entering import Caller
from portal.api.problems import Problem
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.subscriptions.standing import SubscriptionCard, UnknownSubscriptionError
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.transactions import reading


def show(caller: Caller) -> shapes.Account:
    """The account."""
    return telling.account(caller.account)


def all_subscriptions(caller: Caller) -> shapes.Subscriptions:
    """Its subscriptions."""
    cards = subscriptions.cards(reading(), caller.account_id, caller.now, seller_taxes())
    return shapes.Subscriptions(tuple(telling.subscription(caller, card) for card in cards))


def one_subscription(caller: Caller, subscription_id: int) -> shapes.Subscription:
    """One of them."""
    return telling.subscription(caller, found(caller, subscription_id))


def found(caller: Caller, subscription_id: int) -> SubscriptionCard:
    """A subscription of the account; another account's does not exist.

    Raises:
        Problem: 404.
    """
    try:
        return subscriptions.card(reading(), caller.account_id, subscription_id, caller.now, seller_taxes())
    except UnknownSubscriptionError:
        raise Problem(404, "not_found") from None
