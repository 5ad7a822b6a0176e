"""Finding one of many subscriptions, the same in both portals: they are looked for, and shown a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from flask_babel import lazy_gettext, lazy_pgettext

from portal.shared.domain.subscription_lists import Place, SubscriptionWish, meanings
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.subscriptions.standing import SubscriptionCard
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.display import language
from portal.shared.web.transactions import reading

SIZE = 20
_LONGEST = 15  # digits of a number that a key can have
STATES: Mapping[str, tuple[Any, frozenset[Place]]] = {
    "": (lazy_gettext("All"), frozenset()),
    "attention": (lazy_gettext("Past due"), frozenset({Place.ATTENTION})),
    "ending": (lazy_gettext("Cancelled or on trial"), frozenset({Place.ENDS})),
    "active": (
        lazy_pgettext("several subscriptions", "Active"),
        frozenset({Place.ATTENTION, Place.ENDS, Place.RUNS}),
    ),
    "inactive": (lazy_pgettext("several subscriptions", "Inactive"), frozenset({Place.OVER})),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of subscriptions, what was asked for, and the ways to the pages before and behind it.

    `long` is whether there are more than one page shows; only then there is anything to be looked for.
    """

    cards: list[SubscriptionCard]
    find: str
    state: str
    searched: bool
    after: int | None
    more_after: int | None

    @property
    def long(self) -> bool:
        """Whether there are more subscriptions than these."""
        return self.searched or self.after is not None or self.more_after is not None

    @property
    def question(self) -> dict[str, str]:
        """What was looked for, as an address carries it on."""
        asked = {"find": self.find, "state": self.state}
        return {field: text for field, text in asked.items() if text}

    def shown(self, address: Any) -> dict[str, Any]:
        """What a page shows of it; `address` makes the address of the page with a question."""
        return {
            "long": self.long,
            "find": self.find,
            "state": self.state,
            "searched": self.searched,
            "states": [{"value": key, "label": label} for key, (label, _) in STATES.items()],
            "first_url": address(**self.question) if self.after else None,
            "next_url": address(**self.question, behind=self.more_after) if self.more_after else None,
            "all_url": address(),
        }


def asked(*, with_seats: bool = False) -> Listed:
    """The subscriptions that the address of this request asks for; without a word, the first page of all."""
    here, names, spoken = at_hand(), at_hand().catalog.names, language()
    find, state = request.values.get("find", "").strip()[:100], request.values.get("state", "")
    state = state if state in STATES else ""
    behind = request.values.get("behind", "")
    after = int(behind) if behind.isascii() and behind.isdigit() and len(behind) <= _LONGEST else None
    wish = SubscriptionWish(places=STATES[state][1], with_seats=with_seats, after=after)
    if find:
        products = {code: names.product(code, spoken) for code in names.products}
        plans = {plan: names.plan(plan, spoken) for plan in names.plans}
        wish = replace(wish, words=meanings(find, products, plans))
    cards, more = subscriptions.listed_cards(reading(), here.account.id, wish, here.now, seller_taxes(), SIZE)
    return Listed(cards, find, state, bool(find or state), after, more)


def with_these(cards: list[SubscriptionCard], more: Collection[int]) -> list[SubscriptionCard]:
    """The listed ones, and those of these that are not among them but the account's as well."""
    here, listed = at_hand(), {card.id for card in cards}
    missing = {one for one in more if one not in listed}
    if not missing:
        return cards
    found = subscriptions.some_cards(reading(), here.account.id, missing, here.now, seller_taxes())
    return [*cards, *found]


def called(cards: Collection[SubscriptionCard], *, all_of_them: bool) -> dict[int, str]:
    """What each subscription is called: its product, with the plan and its number where one product is there twice.

    Where these are not all there are, each is told apart from those that are not shown.
    """
    names, spoken = at_hand().catalog.names, language()
    products = [card.product for card in cards]
    return {
        card.id: names.product(card.product, spoken)
        if all_of_them and products.count(card.product) == 1
        else f"{names.product(card.product, spoken)} – {names.plan(card.plan_id, spoken)} ({card.id})"
        for card in cards
    }
