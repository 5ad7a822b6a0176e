"""The plans of a product side by side: what they cost, and what they have."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.terms import Offer
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import language, money


def compared(offer: Offer, present: int | None = None) -> dict[str, Any] | None:
    """The comparison for `components/plans.html`; nothing where there is nothing to compare.

    A plan is a column, `present` the one the account has. A cell is a text, or whether the plan has a feature.
    """
    if len(offer.plans) < 2:
        return None
    names, ids = at_hand().catalog.names, [plan.id for plan in offer.plans]
    rows: list[tuple[str, list[str | bool]]] = [
        (gettext("Price per seat and month"), [_price(offer, one, Frequency.MONTHLY) for one in ids]),
        (gettext("Price per seat and year"), [_price(offer, one, Frequency.ANNUAL) for one in ids]),
        (
            gettext("Seats"),
            [
                gettext("from %(least)d to %(most)d", least=plan.min_seats, most=plan.max_seats)
                for plan in offer.plans
            ],
        ),
        *names.compared(offer.product, ids, language()),
    ]
    return {
        "plans": [{"name": names.plan(one, language()), "present": one == present} for one in ids],
        "rows": [{"name": name, "cells": cells} for name, cells in rows],
    }


def _price(offer: Offer, plan_id: int, frequency: Frequency) -> str | bool:
    price = offer.price(plan_id, frequency)
    return money(price) if price else False
