"""A quote as pages, mails and its PDF show it: what it proposes, at which price, and for how long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask_babel import force_locale, gettext

from portal.shared.domain.calendar import add_months, local_day
from portal.shared.domain.effects import Effect
from portal.shared.domain.summary import OrderSummary, SummaryItem
from portal.shared.services.catalog.reading import Names
from portal.shared.services.quotes.reading import ItemView, QuoteView
from portal.shared.web.display import format_long_date, labelled, language, money
from portal.shared.web.documents.parties import buyer_party
from portal.shared.web.documents.quotes import quote_pdf
from portal.shared.web.entrance.languages import DEFAULT, LANGUAGES
from portal.shared.web.orders import display as order_display
from portal.shared.web.words import quotes as quote_words
from portal.shared.web.words import vocabulary as words

Fact = dict[str, Any]


def in_short(view: QuoteView, names: Names) -> str:
    """What a quote is about, in one line: `GoToAssist: 10 seats added`."""
    if view.summary is None:
        return ", ".join(dict.fromkeys(names.product(item.product, language()) for item in view.items))
    told = (labelled(names.product(one.product, language()), what(one, names)) for one in view.summary.items)
    return " · ".join(told)


def what(item: SummaryItem, names: Names) -> str:
    """What becomes of a subscription, in a few words."""
    before, after = item.before, item.after
    if before is None:
        return str(
            gettext("new, %(terms)s", terms=order_display.plan_and_seats(after.plan_id, after.seats, names))
        )
    if item.effect is Effect.COTERM:
        return order_display.seats_added(after.seats - before.seats)
    if item.effect is Effect.REANCHOR and before.wanted == after.wanted:
        return str(gettext("renewed, %(seats)s", seats=words.seat_count(after.seats)))
    return order_display.plan_and_seats(after.plan_id, after.seats, names)


def products(view: QuoteView, names: Names, summary: OrderSummary | None = None) -> list[dict[str, Any]]:
    """Each product with the facts that explain its price; of another summary than the one that was sent, if given."""
    summary = summary or view.summary
    planned = {one.subscription_id: one for one in summary.items} if summary else {}
    return [
        {
            "name": names.product(item.product, language()),
            "what": what(planned[item.subscription_id], names),
            "effect": str(quote_words.EFFECTS[planned[item.subscription_id].effect]),
            "facts": _facts(view, item, planned[item.subscription_id], names),
        }
        for item in view.items
        if item.subscription_id in planned
    ]


def _facts(view: QuoteView, item: ItemView, planned: SummaryItem, names: Names) -> list[Fact]:
    before, after = planned.before, item.terms
    plan_before = seats_before = None
    if before is not None and before.plan_id != after.plan_id:
        plan_before = gettext("until now %(plan)s", plan=names.plan(before.plan_id, language()))
    if before is not None and before.seats != after.seats:
        seats_before = gettext("until now %(seats)s", seats=words.seat_count(before.seats))
    facts: list[Fact] = [
        {
            "label": gettext("Plan"),
            "value": names.plan(after.plan_id, language()),
            "detail": plan_before or str(words.FREQUENCIES[after.frequency]),
        },
        {"label": gettext("Seat count"), "value": str(after.seats), "detail": seats_before},
        {
            "label": gettext("Your price"),
            "value": money(after.unit),
            "detail": words.per_seat(after.frequency),
        },
        *_listed(item),
        {
            "label": gettext("Renewal date"),
            "value": format_long_date(planned.period.end, language()),
            "detail": gettext("stays as it is") if planned.effect is not Effect.REANCHOR else None,
        },
    ]
    if view.term_months is not None:
        end = add_months(planned.period.start, view.term_months)
        facts.append({"label": gettext("Contract ends"), "value": format_long_date(end, language())})
    return facts


def _listed(item: ItemView) -> list[Fact]:
    """The list price and how far the price lies below it, where they differ."""
    if item.list_price == item.terms.unit:
        return []
    share = quote_words.discount(item.discount) if item.saved else ""
    less = gettext("%(share)s less for you", share=share) if share else None
    return [{"label": gettext("List price"), "value": money(item.list_price), "detail": less}]


def facts(view: QuoteView, time_zone: str) -> list[Fact]:
    """What holds for the whole quote and stays true on any day."""
    found: list[Fact] = []
    contract = view.contract
    if contract is not None:
        span = gettext(
            "%(first)s to %(last)s",
            first=format_long_date(contract.start, language()),
            last=format_long_date(contract.last_day, language()),
        )
        found.append({"label": gettext("This quote pays for"), "value": span})
    found.append({"label": gettext("Contract term"), "value": quote_words.term(view.term_months)})
    if view.saved:
        found.append(
            {
                "label": gettext("You save"),
                "value": money(view.saved),
                "detail": gettext("each billing period, against the list price"),
            }
        )
    by = gettext("asked for by %(name)s", name=view.author.name) if view.by_customer else view.author.name
    sent = format_long_date(local_day(view.sent_at, time_zone), language()) if view.sent_at else None
    found.append({"label": gettext("Prepared by"), "value": by, "detail": sent})
    return found


def quote_file(view: QuoteView, names: Names, buyer: Mapping[str, Any], language: str, zone: str) -> bytes:
    """The PDF of a quote that was sent, in the account's language; the same bytes on any day.

    Raises:
        ValueError: the quote was never sent.
    """
    if view.summary is None or view.sent_at is None or view.valid_until is None:
        raise ValueError("only what was sent has a document")
    language = language if language in LANGUAGES else DEFAULT
    with force_locale(language):
        data = _document(view, view.summary, names, buyer, local_day(view.sent_at, zone), zone)
        return quote_pdf(data, language)


def file_name(view: QuoteView, language: str) -> str:
    """What the PDF is called where it is kept."""
    with force_locale(language if language in LANGUAGES else DEFAULT):
        return str(gettext("quote-%(number)d.pdf", number=view.number))


def _document(
    view: QuoteView, summary: OrderSummary, names: Names, buyer: Mapping[str, Any], sent_on: date, zone: str
) -> dict[str, Any]:
    shown = order_display.present(summary, names, dated=True)
    assert view.valid_until is not None, "what was sent has a last day"
    dates = [
        {"label": gettext("Sent on"), "value": format_long_date(sent_on, language())},
        {"label": gettext("Valid until"), "value": format_long_date(view.valid_until, language())},
    ]
    told = [one for one in facts(view, zone) if one["label"] != gettext("Prepared by")]
    maker = [{"label": gettext("Prepared by"), "value": view.author.name}]
    return {
        "title": gettext("Quote"),
        "number": str(view.number),
        "issued_on": sent_on,
        "facts": [{"label": one["label"], "value": one["value"]} for one in [*dates, *told, *maker]],
        "rows": shown["rows"],
        "total_label": shown["total_label"],
        "total": shown["total"],
        "notes": [*(note["text"] for note in shown["notes"]), *filter(None, [view.note])],
        "buyer": buyer_party(buyer),
    }
