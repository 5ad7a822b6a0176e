"""The account of a token, and its subscriptions."""

from __future__ import annotations

from portal.api import shapes, telling
from portal.api.entering import Caller
from portal.api.operations import ONE_SUBSCRIPTION, Operation, both
from portal.api.problems import Problem
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.subscriptions.standing import SubscriptionCard, UnknownSubscriptionError
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.transactions import reading


def show(caller: Caller) -> shapes.Account:
    """The account."""
    return telling.account(caller.account)


def all_subscriptions(caller: Caller, query: shapes.FurtherPage) -> shapes.SubscriptionPage:
    """Its subscriptions."""
    cards, more = subscriptions.page_of_cards(
        reading(), caller.account_id, caller.now, seller_taxes(), query.after, shapes.A_PAGE
    )
    return shapes.SubscriptionPage(tuple(telling.subscription(caller, card) for card in cards), more)


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


OPERATIONS = (
    Operation(
        "account",
        "GET",
        "/account",
        show,
        Scope.ACCOUNT_READ,
        "The account of the token.",
        shapes.Account,
        both("subscriptions", "home"),
    ),
    Operation(
        "subscriptions",
        "GET",
        "/subscriptions",
        all_subscriptions,
        Scope.SUBSCRIPTIONS_READ,
        "The subscriptions of the account.",
        shapes.SubscriptionPage,
        both("subscriptions", "home"),
        query=shapes.FurtherPage,
    ),
    Operation(
        "subscription",
        "GET",
        ONE_SUBSCRIPTION,
        one_subscription,
        Scope.SUBSCRIPTIONS_READ,
        "One subscription.",
        shapes.Subscription,
        both("subscriptions", "home"),
        refusals=(404,),
    ),
)
