"""What moving an account does, in the words of the desk: one line for each thing that changes, stays or hinders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext, lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.moving import Agreed, Hindrance, Obstacle, Plan, Promise
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.catalog.reading import Names
from portal.shared.services.moving.moves import LastMove
from portal.shared.web.display import format_long_date, format_short_date, labelled, language, money
from portal.shared.web.transactions import reading
from portal.shared.web.words import moving as arrival
from portal.shared.web.words import vocabulary as words

_TYPES: Mapping[AccountType, LazyString] = {
    AccountType.ONLINE: lazy_gettext("Online"),
    AccountType.CORPORATE: lazy_gettext("Corporate"),
}
_PRICES: Mapping[AccountType, LazyString] = {
    AccountType.ONLINE: lazy_gettext("The list price of the day it renews"),
    AccountType.CORPORATE: lazy_gettext("The price it has now, as a contract"),
}
_CHANGES: Mapping[AccountType, LazyString] = {
    AccountType.ONLINE: lazy_gettext("By the customer, in a period that begins anew"),
    AccountType.CORPORATE: lazy_gettext("By quotes; added seats keep the renewal date"),
}
_HINDRANCES: Mapping[Obstacle, LazyString] = {
    Obstacle.ORDER_ON_ITS_WAY: lazy_gettext("An order is on its way. Wait until the bank has answered."),
    Obstacle.PAYMENT_ON_ITS_WAY: lazy_gettext("A payment is on its way. Wait until the bank has answered."),
    Obstacle.RENEWAL_DUE: lazy_gettext(
        "Its period has ended and is not billed yet. Wait until it has renewed."
    ),
    Obstacle.PAST_DUE: lazy_gettext("It is past due. Its invoice has to be paid first."),
    Obstacle.CONTRACT_RUNS: lazy_gettext("Its contract promises this price for further periods."),
    Obstacle.CHANGE_PLANNED: lazy_gettext(
        "A change is planned for its renewal. Carry it out or remove it first."
    ),
    Obstacle.NOTHING_TO_UNDO: lazy_gettext("There is no move that could be undone."),
    Obstacle.UNDO_TOO_LATE: lazy_gettext("The 30 days for undoing are over. Move the account back instead."),
    Obstacle.INVOICED_SINCE: lazy_gettext(
        "A document was written since. Undoing would rewrite what it says; move the account back instead."
    ),
}


def told(plan: Plan, people: Mapping[int, str]) -> dict[str, Any]:
    """A plan, ready to be shown."""
    names = catalog.names(reading())
    return {
        "portal": arrival.portal(plan.to),
        "possible": plan.possible,
        "hindrances": [_hindrance(one, plan, names) for one in plan.hindrances],
        "changes": _changes(plan, people),
        "subscriptions": [_promise(one, names) for one in plan.promises],
        "stays": _stays(plan),
        "notes": _notes(plan),
    }


def done(plan: Plan) -> str:
    """What the page says afterwards."""
    portal = arrival.portal(plan.to)
    if plan.undoes is not None:
        sentence = gettext("The move is undone: the account is in the %(portal)s again.", portal=portal)
    else:
        sentence = gettext("The account is in the %(portal)s now.", portal=portal)
    told = gettext("Its billing contacts get a mail.")
    return f"{sentence} {told}"


def last_move(last: LastMove, zone: str, *, theirs: bool) -> dict[str, Any]:
    """How the account came to where it is, and until when that can be undone."""
    portal = arrival.portal(last.to)
    sentence = gettext(
        "%(name)s moved this account to the %(portal)s on %(day)s.",
        name=last.by,
        portal=portal,
        day=format_long_date(last.at, language(), zone),
    )
    undone = ""
    if last.undone_at is not None:
        undone = gettext(
            "That was undone on %(day)s.", day=format_long_date(last.undone_at, language(), zone)
        )
    until = gettext(
        "It can be undone until %(day)s, as long as nothing is invoiced.",
        day=format_long_date(last.until, language(), zone),
    )
    return {
        "sentence": sentence,
        "undone": undone,
        "until": until if last.undo.possible else "",
        "why_not": [str(_HINDRANCES[one.obstacle]) for one in last.undo.hindrances]
        if last.undone_at is None
        else [],
        "away": not theirs,
    }


def rep_options(people: Mapping[int, str]) -> list[dict[str, str]]:
    """Who can look after a corporate account."""
    nobody = {"value": "", "label": gettext("Nobody yet: every manager sees it")}
    return [nobody, *({"value": str(number), "label": name} for number, name in people.items())]


def _changes(plan: Plan, people: Mapping[int, str]) -> list[dict[str, str]]:
    now, to, before = plan.situation.type, plan.to, plan.situation.agreed
    rows = [
        (gettext("Account type"), str(_TYPES[now]), str(_TYPES[to])),
        (gettext("Portal"), arrival.portal(now), arrival.portal(to)),
        (gettext("Looked after by"), _after_by(now, before, people), _after_by(to, plan.after, people)),
        (
            gettext("Terms of payment"),
            arrival.terms(before.terms_days),
            arrival.terms(plan.after.terms_days),
        ),
        (gettext("Price of the next period"), str(_PRICES[now]), str(_PRICES[to])),
        (gettext("Changes of plan and seats"), str(_CHANGES[now]), str(_CHANGES[to])),
    ]
    return [{"label": label, "now": was, "then": will} for label, was, will in rows]


def _after_by(kind: AccountType, agreed: Agreed, people: Mapping[int, str]) -> str:
    if kind is AccountType.ONLINE:
        return str(gettext("Customer Care"))
    return people.get(agreed.rep_id or 0, "") or str(gettext("No representative"))


def _promise(one: Promise, names: Names) -> dict[str, Any]:
    word, tone = words.STANDINGS[one.standing]
    then: dict[str, str] | str = "–"
    if one.next_charge is not None and one.next_unit is not None and one.renews_on is not None:
        then = {
            "text": gettext("%(amount)s with tax", amount=money(one.next_charge)),
            "detail": gettext("%(price)s a seat", price=money(one.next_unit)),
        }
    return {
        "name": names.product(one.product, language()),
        "plan": f"{names.plan(one.plan_id, language())}, {words.seat_count(one.seats)}",
        "word": word,
        "tone": tone,
        "now": gettext("%(price)s a seat", price=money(one.unit)) if one.unit else "–",
        "on": _day(one),
        "then": then,
        "moves": one.price_moves,
    }


def _day(one: Promise) -> str:
    if one.renews_on is not None:
        return format_short_date(one.renews_on, language())
    if one.trial_end is not None:
        return str(gettext("trial until %(day)s", day=format_short_date(one.trial_end, language())))
    if one.service_end is not None:
        return str(gettext("ends on %(day)s", day=format_short_date(one.service_end, language())))
    return "–"


def _stays(plan: Plan) -> list[dict[str, str]]:
    """What is not touched, with how much of it there is."""
    here = plan.situation
    owed = ", ".join(
        gettext(
            "%(name)s (%(rest)s, due on %(day)s)",
            name=one.name,
            rest=money(one.rest),
            day=format_short_date(one.due_on, language()),
        )
        for one in here.owed
    )
    rows = [
        (gettext("Balance"), money(here.balance)),
        (gettext("Open invoices"), owed or "–"),
        (gettext("Purchase orders"), ", ".join(here.purchase_orders) or "–"),
        (
            gettext("Open requests"),
            ", ".join(f"#{number}" for number in here.requests) or "–",
        ),
        (
            gettext("Documents, seats and activity"),
            gettext(
                "All of them, under the same numbers; old links lead to the same thing in the new portal."
            ),
        ),
    ]
    return [{"label": label, "value": value} for label, value in rows]


def _notes(plan: Plan) -> list[str]:
    """What whoever moves it should know beside the figures."""
    here, online = plan.situation, plan.to is AccountType.ONLINE
    notes = [gettext("No document is written and nothing is charged or credited. Renewal dates stay.")]
    if here.cart:
        sentence = (
            gettext("The cart is there again, at prices of the day.")
            if online
            else gettext("The cart is set aside and can be ordered again when the account comes back.")
        )
        notes.append(sentence)
    if plan.withdrawn:
        numbers = ", ".join(str(one.number) for one in plan.withdrawn)
        notes.append(
            ngettext(
                "Quote %(numbers)s is withdrawn. That stays so if the move is undone.",
                "Quotes %(numbers)s are withdrawn. That stays so if the move is undone.",
                len(plan.withdrawn),
                numbers=numbers,
            )
        )
    if plan.handed_back:
        notes.append(gettext("Requests that somebody works on go back to the new desk."))
    if here.purchase_orders and online:
        notes.append(
            gettext("Purchase orders are kept, but stand on no document while the account is online.")
        )
    if plan.after.terms_days is None and not here.has_method and any(one.renews_on for one in plan.promises):
        notes.append(
            gettext("There is no payment method on file. The customer is asked for one in the mail.")
        )
    return notes


def _hindrance(one: Hindrance, plan: Plan, names: Names) -> str:
    sentence = str(_HINDRANCES[one.obstacle])
    if one.until is not None:
        day = format_long_date(one.until, language())
        until = gettext("It can be moved from %(day)s on.", day=day)
        sentence = f"{sentence} {until}"
    product = next((p.product for p in plan.promises if p.subscription_id == one.subscription_id), "")
    return labelled(names.product(product, language()), sentence) if product else sentence
