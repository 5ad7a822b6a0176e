"""One quote as the desk sees it: where it stands, what it grants, its history, and what can be done with it."""

from __future__ import annotations

from typing import Any

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from itsdangerous import URLSafeSerializer

from portal.corporate.desk.quoting import words
from portal.corporate.desk.quoting.places import corporate_account, quote_or_404
from portal.shared.domain.quotes import MOVES, QuoteEvent, QuoteState
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.domain.summary import OrderSummary, to_plain
from portal.shared.services.accounts import AccountView
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.catalog.reading import Names
from portal.shared.services.desk import Staff
from portal.shared.services.orders import reading as orders
from portal.shared.services.quotes.drafts import DraftNow, draft_now
from portal.shared.services.quotes.reading import ItemView, QuoteView
from portal.shared.web.at_hand import quote_limits, seller_taxes
from portal.shared.web.display import format_long_date, format_moment, labelled, language, money
from portal.shared.web.house import house
from portal.shared.web.orders import display as order_display
from portal.shared.web.orders.display import plan_and_seats
from portal.shared.web.transactions import reading
from portal.shared.web.words import quotes as quote_words
from portal.shared.web.words import vocabulary

NOT_SENT = frozenset({QuoteState.DRAFT, QuoteState.AWAITING_APPROVAL})


def show(account_id: int, number: int) -> ResponseReturnValue:
    """The quote as it stands."""
    staff, account = corporate_account(account_id)
    return page(staff, account, quote_or_404(account_id, number))


def page(
    staff: Staff,
    account: AccountView,
    view: QuoteView,
    *,
    problem: str | None = None,
    errors: dict[str, str] | None = None,
    moved_from: OrderSummary | None = None,
    note: str = "",
) -> str:
    """The page of a quote; `moved_from` are the figures that were seen, when they are not today's."""
    names = catalog.names(reading())
    draft = None
    if view.state in NOT_SENT:
        draft = draft_now(reading(), account.id, view.number, seller_taxes(), house().clock.now())
    summary = draft.priced.summary if draft else view.summary
    word, tone = quote_words.QUOTE_STATES[view.state]
    moved = None
    if moved_from is not None and summary is not None and moved_from.digest != summary.digest:
        moved = order_display.changed_lines(moved_from, summary, names)
    on_top = [{"field": None, "text": problem}] if problem else []
    beside = [{"field": field, "text": text} for field, text in (errors or {}).items()]
    return render_template(
        "corporate/desk/quote.html",
        staff=staff,
        account_at_desk=account,
        view=view,
        word=word,
        tone=tone,
        closed=_closed(view),
        summary=_summary(view, draft, names),
        items=[_item(one, names, draft) for one in view.items],
        facts=_facts(view, account),
        needs=_needs(view, draft, staff),
        hindrances=_hindrances(view, draft, names),
        may=_may(view, draft, staff),
        shown=_sealed_figures(view, draft),
        moved=moved,
        history=_history(view, summary, account, names),
        note=note,
        errors=errors or {},
        problems=on_top + beside,
    )


def sealed() -> URLSafeSerializer:
    """What keeps the figures that a page showed from being others when they come back."""
    return URLSafeSerializer(current_app.secret_key or "", salt="quote-shown")


def _sealed_figures(view: QuoteView, draft: DraftNow | None) -> str:
    if draft is None or draft.priced.summary is None:
        return ""
    told = {"quote": view.id, "digest": draft.digest, "summary": to_plain(draft.priced.summary)}
    return str(sealed().dumps(told))


def _closed(view: QuoteView) -> str | None:
    """Why nothing can be changed any more, in a sentence; nothing while it is in work or with the customer."""
    if view.being_ordered:
        return str(gettext("The customer is ordering it at this moment; only the bank has not answered yet."))
    if view.state in NOT_SENT or view.state is QuoteState.SENT:
        return None
    return quote_words.closed(view.state, valid_until=view.valid_until)


def _summary(view: QuoteView, draft: DraftNow | None, names: Names) -> dict[str, Any]:
    summary = draft.priced.summary if draft else view.summary
    if summary is None or (draft is not None and not draft.priced.whole):
        return {"message": gettext("It cannot be priced as it stands. Edit it to see why."), "rows": []}
    return order_display.present(
        summary,
        names,
        orders.invoice_names(reading(), summary),
        dated=True,
    )


def _item(item: ItemView, names: Names, draft: DraftNow | None) -> dict[str, Any]:
    """A line of the table of prices; a draft's with today's."""
    now = None
    if draft is not None:
        now = next(
            (one for one in draft.priced.items if one.wish.subscription_id == item.subscription_id), None
        )
    listed, unit = (now.list_price, now.unit) if now else (item.list_price, item.terms.unit)
    saved = (listed - unit) * item.terms.seats
    per = vocabulary.per_seat(item.terms.frequency)
    return {
        "name": names.product(item.product, language()),
        "terms": plan_and_seats(item.terms.plan_id, item.terms.seats, names),
        "effect": gettext("the renewal date stays") if item.keeps_date else gettext("a new period"),
        "list": money(listed),
        "unit": money(unit),
        "per": per,
        "how": words.price(item.price, now.discount if now else item.discount),
        "saved": money(saved) if saved.minor > 0 else "–",
    }


def _facts(view: QuoteView, account: AccountView) -> list[dict[str, Any]]:
    """Who did what, and when."""
    zone = account.time_zone
    by = gettext("the customer, on “Add seats”") if view.by_customer else ""
    facts = [
        {
            "label": gettext("Prepared by"),
            "value": view.author.name,
            "detail": by or format_moment(view.created_at, language(), zone),
        }
    ]
    if view.approved_by is not None:
        facts.append({"label": gettext("Approved by"), "value": view.approved_by.name})
    if view.sent_at is not None and view.valid_until is not None:
        facts.append({"label": gettext("Sent on"), "value": format_moment(view.sent_at, language(), zone)})
        left = quote_words.days_left(view.days_left) if view.state is QuoteState.SENT else ""
        until = format_long_date(view.valid_until, language())
        facts.append({"label": gettext("Valid until"), "value": until, "detail": left})
    else:
        days = ngettext("%(num)d day", "%(num)d days", view.validity_days)
        facts.append(
            {"label": gettext("Validity"), "value": days, "detail": gettext("from the day it is sent")}
        )
    first = format_long_date(view.starts_on, language()) if view.starts_on else gettext("the day it is sent")
    term = quote_words.term(view.term_months) if view.term_months else gettext("No contract term")
    facts += [
        {"label": gettext("First day of service"), "value": first},
        {"label": gettext("Contract term"), "value": term},
    ]
    if view.answered_by is not None and view.answered_at is not None:
        moment = format_moment(view.answered_at, language(), zone)
        facts.append({"label": gettext("Answered by"), "value": view.answered_by.name, "detail": moment})
    if view.order is not None:
        facts.append({"label": gettext("Service order"), "value": view.order})
    return facts


def _needs(view: QuoteView, draft: DraftNow | None, staff: Staff) -> dict[str, Any] | None:
    if draft is None or not draft.priced.whole:
        return None
    own = view.author.id == staff.person_id
    return words.needs(draft.priced, view.term_months, draft.author_role, quote_limits(), own=own)


def _hindrances(view: QuoteView, draft: DraftNow | None, names: Names) -> list[str]:
    """Why a draft cannot be sent as it stands, a sentence a product."""
    if draft is None:
        return []
    products = {one.subscription_id: names.product(one.product, language()) for one in view.items}
    found = [
        labelled(products[key], words.refused(reason, None)) for key, reason in draft.priced.refused.items()
    ]
    found += [labelled(products[key], str(words.PROBLEMS[one])) for key, one in draft.priced.problems.items()]
    return found if draft.priced.term_fits else [*found, words.term_does_not_fit()]


def _may(view: QuoteView, draft: DraftNow | None, staff: Staff) -> dict[str, bool]:
    """Which buttons there are. The services ask again."""
    legal = {event for state, event in MOVES if state is view.state and not view.being_ordered}
    whole = draft is not None and draft.priced.whole
    own = view.author.id == staff.person_id
    granted = [one.new_discount for one in draft.priced.items] if draft else []
    limits, term = quote_limits(), view.term_months
    within = words.is_within(granted, term, StaffRole(staff.role), limits)
    by_author = draft is not None and words.is_within(granted, term, draft.author_role, limits)
    by_manager = words.is_within(granted, term, StaffRole.MANAGER, limits)
    manager = staff.role == StaffRole.MANAGER
    return {
        "edit": QuoteEvent.EDIT in legal,
        "send": QuoteEvent.SEND in legal and whole and by_author and within,
        "ask": QuoteEvent.SEND in legal and whole and not by_author and by_manager,
        "not_the_senders": QuoteEvent.SEND in legal and whole and by_author and not within,
        "approve": QuoteEvent.APPROVE in legal and whole and manager and not own and within,
        "send_back": QuoteEvent.SEND_BACK in legal and manager and not own,
        "withdraw": QuoteEvent.WITHDRAW in legal,
        "replace": view.state is QuoteState.SENT and not view.being_ordered,
        "duplicate": not view.being_ordered,
    }


def _history(
    view: QuoteView, summary: OrderSummary | None, account: AccountView, names: Names
) -> list[dict[str, Any]]:
    """The quotes before and after this one, each with the difference line by line."""
    told = []
    for number, before in ((view.replaces, True), (view.replaced_by, False)):
        if number is None:
            continue
        other = quote_or_404(account.id, number)
        theirs = other.summary
        if theirs is None and other.state in NOT_SENT:
            now = house().clock.now()
            theirs = draft_now(reading(), account.id, number, seller_taxes(), now).priced.summary
        old, new = (theirs, summary) if before else (summary, theirs)
        link = {"url": url_for("corporate.desk_quote", account_id=account.id, number=number)}
        if before:
            done = view.state not in NOT_SENT
            text = (
                gettext("Replaces quote %(number)d", number=number)
                if done
                else gettext("Replaces quote %(number)d when it is sent", number=number)
            )
        else:
            text = (
                gettext("Replaced by quote %(number)d", number=number)
                if view.state is QuoteState.REPLACED
                else gettext("Quote %(number)d is meant to replace it", number=number)
            )
        changes = order_display.changed_lines(old, new, names) if old and new else None
        names_of = (number, view.number) if before else (view.number, number)
        told.append(
            link
            | {
                "text": text,
                "changes": changes,
                "was": gettext("Quote %(number)d", number=names_of[0]),
                "now": gettext("Quote %(number)d", number=names_of[1]),
            }
        )
    return told
