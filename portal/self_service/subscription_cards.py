"""A subscription as its card shows it: where it stands, what comes next, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext

from portal.shared.domain.cancellations import data_deleted_on
from portal.shared.domain.subscriptions import Standing
from portal.shared.services.subscriptions.standing import SubscriptionCard, Unpaid
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import format_long_date, language, money
from portal.shared.web.words import vocabulary as words

Part = dict[str, Any]


def shown(card: SubscriptionCard, unpaid: Sequence[Unpaid], *, manages: bool = True) -> Part:
    """A card as `components/card.html` shows it; `unpaid` are the open invoices of the account.

    Who does not manage the billing reads it and finds nothing to press.
    """
    word, tone = words.STANDINGS[card.standing]
    names = at_hand().catalog.names
    plan = names.plan(card.plan_id, language())
    if card.terms is not None:
        plan = f"{plan}, {str(words.FREQUENCIES[card.terms.frequency]).lower()}"
    own = [one for one in unpaid if card.id in one.subscriptions]
    return {
        "id": card.id,
        "name": names.product(card.product, language()),
        "plan": plan,
        "state": {"word": word, "tone": tone},
        "options": _options(card) if manages else None,
        "facts": _facts(card),
        "seats": {
            "used": card.held,
            "bought": card.seats,
            "text": gettext("%(used)d of %(bought)d seats assigned", used=card.held, bought=card.seats),
        }
        if card.active
        else None,
        "note": _note(card, own),
        "buttons": _buttons(card, own) if manages else [],
    }


def _options(card: SubscriptionCard) -> list[Part] | None:
    """The Options menu; trials have none but “Subscribe now”, and what has ended none but “Renew”."""
    if card.terms is None or card.standing is Standing.EXPIRED:
        return None
    edit = {"label": gettext("Edit subscription"), "url": _url("edit_subscription", card), "icon": "edit"}
    seats = {"label": gettext("Manage seats"), "url": _url("seats", card), "icon": "users"}
    if card.standing is Standing.PENDING_CANCELLATION:
        last = {
            "label": gettext("Keep subscription"),
            "url": _url("keep_subscription", card),
            "icon": "refresh",
            "post": True,
        }
    else:
        last = {
            "label": gettext("Cancel subscription"),
            "url": _url("cancel_subscription", card),
            "icon": "cross",
            "danger": True,
        }
    return [edit, seats, last]


def _facts(card: SubscriptionCard) -> list[Part]:
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
            {"label": gettext("Next charge"), "value": money(card.renewal), "detail": _charge_detail(card)}
        )
    if card.trial_end is not None and card.standing is Standing.TRIAL_RUNNING:
        facts.append({"label": gettext("Trial ends"), "value": format_long_date(card.trial_end, language())})
    return facts


def _charge_detail(card: SubscriptionCard) -> str:
    assert card.terms is not None, "only what was bought is charged"
    detail = f"{card.terms.seats} × {money(card.terms.unit)}"
    if card.renewal is not None and card.renewal != card.terms.period_price:
        detail = gettext("%(product)s plus tax", product=detail)
    balance = at_hand().account.balance
    if card.renewal is None or not balance:
        return str(detail)
    if balance < card.renewal:
        part = gettext("your balance of %(balance)s pays a part", balance=money(balance))
        return f"{detail} · {part}"
    whole = gettext("your balance pays it")
    return f"{detail} · {whole}"


def _note(card: SubscriptionCard, unpaid: Sequence[Unpaid]) -> Part | None:
    told = _told(card, unpaid)
    return {"tone": told[0], "heading": None, "text": told[1]} if told else None


def _told(card: SubscriptionCard, unpaid: Sequence[Unpaid]) -> tuple[str, str] | None:
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
            return "warn", _ended(card, unpaid)
    return None


def _ended(card: SubscriptionCard, unpaid: Sequence[Unpaid]) -> str:
    """Since when it is over, the way back, and until when its data is there."""
    ended_on = card.ended_on or card.service_end
    assert ended_on is not None, "what has ended was bought"
    day = format_long_date(ended_on, language())
    if unpaid:
        sentence = gettext(
            "Expired on %(day)s, because invoice %(name)s is not paid. Once it is paid, the subscription goes on "
            "for as long as its period runs, or you can renew it.",
            day=day,
            name=unpaid[0].name,
        )
    else:
        sentence = gettext(
            "Expired on %(day)s. Renew it with the same plan or with another one; the people who held seats keep "
            "them.",
            day=day,
        )
    deleted_on = data_deleted_on(ended_on)
    if at_hand().account.today >= deleted_on:
        return str(sentence)
    day = format_long_date(deleted_on, language())
    kept = gettext("The data of the product is kept until %(day)s.", day=day)
    return f"{sentence} {kept}"


def _buttons(card: SubscriptionCard, unpaid: Sequence[Unpaid]) -> list[Part]:
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
        for one in unpaid
        if one.due_on <= at_hand().account.today
    ]
    if card.standing is Standing.EXPIRED:
        renew = {"label": gettext("Renew"), "url": _url("edit_subscription", card), "kind": "primary"}
        return pay or [renew]
    if card.standing in {Standing.ACTIVE, Standing.PAST_DUE}:
        url = url_for("self_service.edit_subscription", subscription_id=card.id, seats=card.seats + 1)
        return [*pay, {"label": gettext("Add seats"), "url": url, "kind": "secondary"}]
    return pay


def _url(endpoint: str, card: SubscriptionCard) -> str:
    return url_for(f"self_service.{endpoint}", subscription_id=card.id)
