"""The front page of a corporate account: what waits, its subscriptions and latest invoices."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext

from portal.corporate.links import open_url
from portal.shared.domain.routing.tasks import Task
from portal.shared.services.claims import reading as claims
from portal.shared.services.invoices import issuing as invoicing
from portal.shared.services.moving import telling
from portal.shared.services.orders import reading as orders
from portal.shared.services.overviews import front_page
from portal.shared.services.overviews.front_page import ForTheContact, InvoiceToPay, QuoteToAnswer
from portal.shared.services.purchase_orders.reading import PurchaseOrderView
from portal.shared.services.requests import RequestView
from portal.shared.services.subscriptions.standing import SubscriptionCard
from portal.shared.web import subscription_lists
from portal.shared.web.approvals import display as approvals
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import format_long_date, format_short_date, language, money
from portal.shared.web.entrance import doors
from portal.shared.web.transactions import reading
from portal.shared.web.words import moving as moving_words
from portal.shared.web.words import purchase_orders as purchase_order_words
from portal.shared.web.words import requests as request_words
from portal.shared.web.words import vocabulary as words

LATEST_INVOICES = 5


def show() -> ResponseReturnValue:
    """What waits for the person, what the account has, and whom to ask."""
    here = at_hand()
    manages = doors.may_here(Task.SUBSCRIPTIONS)
    waits = front_page.for_the_contact(reading(), here.account, here.now)
    listed = subscription_lists.asked()
    return render_template(
        "corporate/home.html",
        manages=manages,
        moved=moving_words.notice(telling.news_of(reading(), here.account.id, here.now), here.account),
        claim=claims.under_way(reading(), here.account.id) if manages else None,
        waiting=[*approvals.to_do(), *(_waiting(waits) if manages else [])],
        on_its_way=orders.on_its_way(reading(), here.account.id) if manages else None,
        to_confirm=orders.awaiting_confirmation(reading(), here.account.id) if manages else None,
        renewals=[_quote(one) for one in waits.quotes] if here.account.expired and manages else [],
        listed=listed.shown(partial(url_for, "corporate.home")),
        cards=[_card(card, numbered=listed.long) for card in listed.cards],
        invoices=invoicing.latest(reading(), here.account.id, LATEST_INVOICES),
        all_invoices_url=open_url("corporate.invoices"),
        today=here.account.today,
        expired=here.account.expired,
        representative=here.account.rep,
    )


def _waiting(waits: ForTheContact) -> list[dict[str, str]]:
    return [
        *map(_quote, waits.quotes),
        *map(_invoice, waits.invoices),
        *map(_purchase_order, waits.purchase_orders),
        *map(_answer, waits.answered),
    ]


def _quote(one: QuoteToAnswer) -> dict[str, str]:
    left = gettext("today is its last day")
    if one.days_left:
        left = ngettext("%(num)d day left", "%(num)d days left", one.days_left)
    day = format_long_date(one.valid_until, language())
    return {
        "text": gettext("Quote %(number)d waits for your answer", number=one.number),
        "detail": gettext(
            "%(total)s · valid until %(day)s, %(left)s", total=money(one.total), day=day, left=left
        ),
        "tone": "info" if one.days_left > 1 else "warn",
        "url": open_url("corporate.quote", number=one.number),
        "action": gettext("See the quote"),
    }


def _invoice(one: InvoiceToPay) -> dict[str, str]:
    if one.days < 0:
        text = gettext("Invoice %(name)s is overdue", name=one.name)
        when = ngettext("due %(num)d day ago", "due %(num)d days ago", -one.days)
    else:
        text = gettext("Invoice %(name)s is to be paid", name=one.name)
        when = gettext("due on %(day)s", day=format_long_date(one.due_on, language()))
    return {
        "text": text,
        "detail": f"{money(one.open)} · {when}",
        "tone": "bad" if one.days < 0 else "neutral",
        "url": open_url("corporate.pay_invoice", name=one.name) or open_url("corporate.invoices"),
        "action": gettext("Pay"),
    }


def _purchase_order(one: PurchaseOrderView) -> dict[str, str]:
    told = [word for word, _ in purchase_order_words.states(one)]
    ends = ""
    if one.valid_to is not None:
        ends = gettext("last day %(day)s", day=format_short_date(one.valid_to, language()))
    return {
        "text": gettext("Purchase order %(number)s runs out", number=one.number),
        "detail": " · ".join(filter(None, (*told, ends))),
        "tone": "warn",
        "url": open_url("corporate.purchase_order", purchase_order_id=one.id),
        "action": gettext("See the purchase order"),
    }


def _answer(one: RequestView) -> dict[str, str]:
    word, tone = request_words.state(one.state, one.account_type)
    return {
        "text": gettext("Request #%(number)d has an answer", number=one.number),
        "detail": f"{request_words.KINDS[one.kind]} · {word}",
        "tone": tone,
        "url": open_url("corporate.request", number=one.number),
        "action": gettext("Read the answer"),
    }


def _card(card: SubscriptionCard, *, numbered: bool) -> dict[str, Any]:
    names = at_hand().catalog.names
    word, tone = words.STANDINGS[card.standing]
    plan = names.plan(card.plan_id, language())
    if card.terms is not None:
        plan = f"{plan}, {str(words.FREQUENCIES[card.terms.frequency]).lower()}"
    return {
        "id": card.id,
        "name": names.product(card.product, language()) + (f" ({card.id})" if numbered else ""),
        "plan": plan,
        "state": {"word": word, "tone": tone},
        "options": _options(card),
        "facts": _facts(card),
        "seats": {
            "used": card.held,
            "bought": card.seats,
            "text": gettext("%(used)d of %(bought)d seats assigned", used=card.held, bought=card.seats),
        },
    }


def _facts(card: SubscriptionCard) -> list[dict[str, str]]:
    facts = []
    if card.period is not None:
        label = gettext("Renewal date") if card.renewal else gettext("Ends on")
        facts.append({"label": label, "value": format_long_date(card.period.end, language())})
    if card.terms is not None:
        price = f"{money(card.terms.unit)} {words.per_seat(card.terms.frequency)}"
        facts.append(
            {"label": gettext("Contract price"), "value": money(card.terms.period_price), "detail": price}
        )
    return facts


def _options(card: SubscriptionCard) -> list[dict[str, str]]:
    """What can be done with a subscription; empty where nothing is open."""
    bought = card.terms is not None and card.active
    offered = [
        ("corporate.add_seats", gettext("Add seats"), "plus", bought),
        ("corporate.seats", gettext("Manage seats"), "users", card.active),
        ("corporate.auto_renew", gettext("Manage auto-renew"), "refresh", bought),
        ("corporate.new_request", gettext("Ask for another change"), "edit", True),
    ]
    return [
        {"label": label, "url": url, "icon": icon}
        for endpoint, label, icon, fits in offered
        if fits and (url := open_url(endpoint, subscription_id=card.id))
    ]
