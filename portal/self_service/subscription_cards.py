"""A subscription as its card shows it: where it stands, what comes next, and what can be done.

A card is a piece that is remembered, so everything below `_piece` is told what to look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext
from markupsafe import Markup

from portal.shared.domain.cancellations import data_deleted_on
from portal.shared.domain.money import Money
from portal.shared.domain.subscriptions import Standing
from portal.shared.services.subscriptions.standing import SubscriptionCard, Unpaid
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import format_long_date, language, money
from portal.shared.web.pieces import remembered, rendered
from portal.shared.web.words import vocabulary as words

Part = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What a card is told besides its subscription: names, its open invoices, and how the account stands today."""

    product: str
    plan: str
    unpaid: tuple[Unpaid, ...]
    balance: Money
    today: date


def shown(
    cards: Iterable[SubscriptionCard],
    unpaid: Sequence[Unpaid],
    *,
    manages: bool = True,
    numbered: bool = False,
) -> Markup:
    """Cards below each other, ready to be shown; `unpaid` are the open invoices of the account.

    Where there are very many, each is called by its number as well, by which it can be looked for.
    Who does not manage the billing reads them and finds nothing to press.
    """
    here, spoken = at_hand(), language()
    names, account = here.catalog.names, here.account
    told = tuple(
        (
            card,
            Told(
                names.product(card.product, spoken) + (f" ({card.id})" if numbered else ""),
                names.plan(card.plan_id, spoken),
                tuple(one for one in unpaid if card.id in one.subscriptions),
                account.balance,
                account.today,
            ),
        )
        for card in cards
    )
    return _page(told, manages=manages)


def _below_each_other(cards: Sequence[tuple[SubscriptionCard, Told]], *, manages: bool) -> Markup:
    """All cards, of which each is remembered by itself: where one is another one, only that is put together."""
    return Markup("").join(_piece(card, told, manages=manages) for card, told in cards)


# At most twenty cards of 3 kB, which are remembered together.
_page = remembered(_below_each_other, kept=64)


@remembered
def _piece(card: SubscriptionCard, told: Told, *, manages: bool) -> str:
    word, tone = words.STANDINGS[card.standing]
    plan = told.plan
    if card.terms is not None:
        plan = f"{plan}, {str(words.FREQUENCIES[card.terms.frequency]).lower()}"
    seats = gettext("%(used)d of %(bought)d seats assigned", used=card.held, bought=card.seats)
    return rendered(
        "self_service/_subscription.html",
        id=card.id,
        name=told.product,
        plan=plan,
        state={"word": word, "tone": tone},
        options=_options(card) if manages else None,
        facts=_facts(card, told),
        seats={"used": card.held, "bought": card.seats, "text": seats} if card.active else None,
        note=_note(card, told),
        buttons=_buttons(card, told) if manages else [],
    )


def _options(card: SubscriptionCard) -> list[Part] | None:
    """The Options menu; trials have none but “Subscribe now”, and what has ended none but “Renew”."""
    if card.terms is None or card.standing is Standing.EXPIRED:
        return None
    edit = {"label": gettext("Edit subscription"), "url": _url("edit_subscription", card), "icon": "edit"}
    seats = {"label": gettext("Manage seats"), "url": _url("seats", card), "icon": "users"}
    if card.standing is Standing.PENDING_CANCELLATION:
        last = {**_keep(card), "icon": "refresh"}
    else:
        last = {
            "label": gettext("Cancel subscription"),
            "url": _url("cancel_subscription", card),
            "icon": "cross",
            "danger": True,
        }
    return [edit, seats, last]


def _facts(card: SubscriptionCard, told: Told) -> list[Part]:
    facts: list[Part] = []
    if card.period is not None and card.standing is not Standing.EXPIRED:
        ends = card.standing is Standing.PENDING_CANCELLATION
        facts.append(
            {
                "label": gettext("Ends on") if ends else gettext("Next renewal"),
                "value": format_long_date(card.period.end, language()),
            }
        )
    if card.renewal is not None:
        facts.append(
            {
                "label": gettext("Next charge"),
                "value": money(card.renewal),
                "detail": _charge_detail(card, told),
            }
        )
    if card.trial_end is not None and card.standing is Standing.TRIAL_RUNNING:
        facts.append({"label": gettext("Trial ends"), "value": format_long_date(card.trial_end, language())})
    return facts


def _charge_detail(card: SubscriptionCard, told: Told) -> str:
    assert card.next_unit is not None, "only what was bought is charged"
    detail = f"{card.seats} × {money(card.next_unit)}"
    if card.renewal is not None and card.renewal != card.next_unit * card.seats:
        detail = gettext("%(product)s plus tax", product=detail)
    balance = told.balance
    if card.renewal is None or not balance:
        return str(detail)
    if balance < card.renewal:
        part = gettext("your balance of %(balance)s pays a part", balance=money(balance))
        return f"{detail} · {part}"
    whole = gettext("your balance pays it")
    return f"{detail} · {whole}"


def _note(card: SubscriptionCard, told: Told) -> Part | None:
    found = _how_it_stands(card, told)
    return {"tone": found[0], "heading": None, "text": found[1]} if found else None


def _how_it_stands(card: SubscriptionCard, told: Told) -> tuple[str, str] | None:
    """How much it matters, and the sentence."""
    match card.standing:
        case Standing.TRIAL_ENDED if card.trial_end is not None:
            day = format_long_date(card.trial_end, language())
            return "info", gettext("Your free trial ended on %(day)s. Nothing was charged.", day=day)
        case Standing.TRIAL_RUNNING if card.trial_end is not None:
            return "info", words.days_left(card.trial_days_left)
        case Standing.PAST_DUE if card.past_due_since is not None:
            day = format_long_date(card.past_due_since, language())
            return "error", gettext(
                "The charge of %(day)s could not be collected. Your people keep access for now.", day=day
            )
        case Standing.PENDING_CANCELLATION if card.period is not None:
            day = format_long_date(card.period.end, language())
            return "warn", gettext(
                "Cancelled: access ends on %(day)s. You can take it back until then.", day=day
            )
        case Standing.EXPIRED:
            return "warn", _ended(card, told)
    return None


def _ended(card: SubscriptionCard, told: Told) -> str:
    """Since when it is over, the way back, and until when its data is there."""
    ended_on = card.ended_on or card.service_end
    assert ended_on is not None, "what has ended was bought"
    day = format_long_date(ended_on, language())
    if told.unpaid:
        sentence = gettext(
            "Expired on %(day)s, because invoice %(name)s is not paid. Once it is paid, the subscription goes on "
            "for as long as its period runs, or you can renew it.",
            day=day,
            name=told.unpaid[0].name,
        )
    else:
        sentence = gettext(
            "Expired on %(day)s. Renew it with the same plan or with another one; the people who held seats keep "
            "them.",
            day=day,
        )
    deleted_on = data_deleted_on(ended_on)
    if told.today >= deleted_on:
        return str(sentence)
    day = format_long_date(deleted_on, language())
    kept = gettext("The data of the product is kept until %(day)s.", day=day)
    return f"{sentence} {kept}"


def _buttons(card: SubscriptionCard, told: Told) -> list[Part]:
    if card.standing.is_trial:
        return [
            {"label": gettext("Subscribe now"), "url": _url("edit_subscription", card), "kind": "primary"}
        ]
    pay = [
        {
            "label": gettext("Pay invoice %(name)s", name=one.name),
            "url": url_for("self_service.pay_invoice", name=one.name),
            "kind": "primary",
        }
        for one in told.unpaid
        if one.due_on <= told.today
    ]
    if card.standing is Standing.EXPIRED:
        renew = {"label": gettext("Renew"), "url": _url("edit_subscription", card), "kind": "primary"}
        return pay or [renew]
    if card.standing in {Standing.ACTIVE, Standing.PAST_DUE}:
        url = url_for("self_service.edit_subscription", subscription_id=card.id, seats=card.seats + 1)
        return [*pay, {"label": gettext("Add seats"), "url": url, "kind": "secondary"}]
    if card.standing is Standing.PENDING_CANCELLATION:
        return [*pay, {**_keep(card), "kind": "secondary"}]
    return pay


def _keep(card: SubscriptionCard) -> Part:
    """Taking a cancellation back, which is a form: it changes something."""
    return {"label": gettext("Keep subscription"), "url": _url("keep_subscription", card), "post": True}


def _url(endpoint: str, card: SubscriptionCard) -> str:
    return url_for(f"self_service.{endpoint}", subscription_id=card.id)
