"""The quote builder: one form for everything a quote can say, with the order summary of the one order service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk.quoting import form_parts, words
from portal.corporate.desk.quoting.places import Workplace, quote_or_404, workplace
from portal.corporate.desk.quoting.typed import Errors, TypedQuote, blank, from_form, of_quote, read
from portal.shared.domain.changes import Refusal
from portal.shared.domain.quotes import IllegalQuoteMoveError, QuoteEvent, QuoteState, move
from portal.shared.domain.routing.visitor import StaffRole
from portal.shared.services.orders import reading as orders
from portal.shared.services.quotes import drafting
from portal.shared.services.quotes import reading as quotes
from portal.shared.services.quotes.pricing import PricedQuote, QuoteWish, imagined, price_wish
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.services.subscriptions.additions import NotOfferedError
from portal.shared.web.at_hand import quote_limits, seller_taxes
from portal.shared.web.house import house
from portal.shared.web.orders import display as order_display
from portal.shared.web.transactions import abandon, reading, writing

_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Look:
    """What the form comes to: the wish, its price, and every reason why it cannot be had yet."""

    wish: QuoteWish
    priced: PricedQuote
    errors: Errors

    @property
    def fine(self) -> bool:
        return not self.errors and self.priced.whole


def new(account_id: int) -> ResponseReturnValue:
    """An empty form, in which everything stands as it is now."""
    here = workplace(account_id)
    return _page(here, _typed(here, None), None)


def edit(account_id: int, number: int) -> ResponseReturnValue:
    """The form of a quote that was not sent yet; what was sent is shown instead."""
    here, view = workplace(account_id), quote_or_404(account_id, number)
    if not _editable(view):
        return _closed(view)
    return _page(here, _typed(here, view), view)


def live_summary(account_id: int) -> ResponseReturnValue:
    """The summary alone, for a page that follows the typing."""
    here = workplace(account_id)
    typed = from_form(request.args, here, TypedQuote({one.key: blank(one) for one in here.places}))
    look = _look(here, typed)
    return render_template(
        "corporate/desk/quote_live_summary.html",
        blocks=form_parts.blocks(here, typed, {}),
        **_shown(here, look),
    )


def create(account_id: int) -> ResponseReturnValue:
    """Keep what was typed as a new draft."""
    here = workplace(account_id)
    return _take(here, _typed(here, None), None)


def save(account_id: int, number: int) -> ResponseReturnValue:
    """Change a draft; whoever does is its author from now on."""
    here, view = workplace(account_id), quote_or_404(account_id, number)
    if not _editable(view):
        return _closed(view)
    return _take(here, _typed(here, view), view)


def _typed(here: Workplace, view: QuoteView | None) -> TypedQuote:
    before = of_quote(view, here) if view else TypedQuote({one.key: blank(one) for one in here.places})
    return from_form(request.form, here, before)


def _take(here: Workplace, typed: TypedQuote, view: QuoteView | None) -> ResponseReturnValue:
    look = _look(here, typed)
    if not look.fine:
        return _page(here, typed, view, look=look, show_errors=True), 422
    if request.form.get("action") == "update":
        return _page(here, typed, view, look=look)
    try:
        number = _keep(here, look.wish, view)
    except drafting.UnpriceableError as moved:
        abandon()
        look = replace(look, priced=moved.priced, errors=look.errors | _errors(here, look.wish, moved.priced))
        return _page(here, typed, view, look=look, show_errors=True), 422
    except (NotOfferedError, drafting.ChangedMeanwhileError):
        abandon()
        writing()  # looks at the books as they are now
        sentence = gettext(
            "Something has happened to this quote or its account since this page was shown. Look at it and "
            "save it again."
        )
        fresh = quote_or_404(here.account.id, view.number) if view else None
        return _page(here, typed, fresh, look=look, problem=sentence), 409
    except IllegalQuoteMoveError:
        abandon()
        writing()
        assert view is not None, "a new draft moves nowhere"
        return _closed(quote_or_404(here.account.id, view.number))
    flash(gettext("The draft is kept. The customer does not see it until it is sent."), "success")
    return redirect(url_for("corporate.desk_quote", account_id=here.account.id, number=number), 303)


def _keep(here: Workplace, wish: QuoteWish, view: QuoteView | None) -> int:
    session, now, author = writing(), house().clock.now(), here.staff.person_id
    products = {place.number: place.product for place in here.places}
    items = tuple(
        replace(
            one,
            subscription_id=drafting.place_for_product(
                session, here.account.id, products[one.subscription_id], now
            ),
        )
        if one.subscription_id < 0
        else one
        for one in wish.items
    )
    wish = replace(wish, items=items)
    if view is None:
        return drafting.create(session, here.account.id, author, wish, seller_taxes(), now)
    drafting.edit(session, here.account.id, view.number, author, wish, seller_taxes(), now, seen=_seen())
    return view.number


def _seen() -> datetime:
    """When the draft that was shown had been changed; a form that does not say so has seen nothing there is."""
    try:
        return datetime.fromisoformat(request.form.get("seen", ""))
    except ValueError:
        return _NEVER


def _look(here: Workplace, typed: TypedQuote) -> _Look:
    wish, errors = read(typed, here)
    also = [imagined(here.account.id, -one.number, one.product) for one in here.places if one.number < 0]
    priced = price_wish(reading(), here.account.id, wish, seller_taxes(), house().clock.now(), also)
    return _Look(wish, priced, errors | _errors(here, wish, priced, unread=bool(errors)))


def _errors(here: Workplace, wish: QuoteWish, priced: PricedQuote, *, unread: bool = False) -> Errors:
    """Every reason why the quote cannot be had, beside its field; `unread`: some of it could not be read."""
    errors: Errors = {}
    places = {place.number: place for place in here.places}
    plans = {one.subscription_id: one.terms.plan_id for one in wish.items}
    for number, reason in priced.refused.items():
        place = places.get(number)
        if place is not None and (reason is not Refusal.NOTHING_CHANGES or not unread):
            plan = place.offer.plan(plans[number])
            errors[f"{place.key}-{words.field_of(reason)}"] = words.refused(reason, plan)
    for number, problem in priced.problems.items():
        if number in places:
            errors[f"{places[number].key}-value"] = str(words.PROBLEMS[problem])
    if not priced.term_fits:
        errors["term"] = words.term_does_not_fit()
    return errors


def _shown(here: Workplace, look: _Look) -> dict[str, Any]:
    """What stands beside the form."""
    if not look.fine or look.priced.summary is None:
        nothing_yet = not look.wish.items
        message = (
            gettext("Choose what the quote is about, and its figures stand here.")
            if nothing_yet
            else gettext("There is no price yet: something in the form is to be put right.")
        )
        reasons = [] if nothing_yet else list(dict.fromkeys(look.errors.values()))
        return {"summary": {"message": message}, "reasons": reasons, "prices": [], "needs": None}
    summary = look.priced.summary
    invoices = orders.invoice_names(reading(), summary)
    needs = words.needs(
        look.priced, look.wish.term_months, StaffRole(here.staff.role), quote_limits(), own=True
    )
    products = {place.number: place.product for place in here.places}
    return {
        "summary": order_display.present(summary, here.names, invoices, dated=True),
        "reasons": [],
        "prices": [
            form_parts.priced(one, products[one.wish.subscription_id], here) for one in look.priced.items
        ],
        "needs": needs,
    }


def _page(
    here: Workplace,
    typed: TypedQuote,
    view: QuoteView | None,
    *,
    look: _Look | None = None,
    show_errors: bool = False,
    problem: str | None = None,
) -> str:
    look = look or _look(here, typed)
    errors = look.errors if show_errors else {}
    beside = [{"field": field, "text": text} for field, text in form_parts.in_order(errors, here)]
    return render_template(
        "corporate/desk/quote_builder.html",
        here=here,
        view=view,
        typed=typed,
        action=_action(here, view),
        blocks=form_parts.blocks(here, typed, errors),
        terms=form_parts.terms(),
        errors=errors,
        problems=([{"field": None, "text": problem}] if problem else []) + beside,
        waiting=_waiting(here, view),
        **_shown(here, look),
    )


def _action(here: Workplace, view: QuoteView | None) -> str:
    if view is None:
        return url_for("corporate.desk_new_quote", account_id=here.account.id)
    return url_for("corporate.desk_edit_quote", account_id=here.account.id, number=view.number)


def _waiting(here: Workplace, view: QuoteView | None) -> list[int]:
    """Quotes the customer has and could answer as well, but for the one that this one replaces."""
    replaced = view.replaces if view else None
    found = quotes.open_quotes(reading(), here.account.id, house().clock.now())
    return [one.number for one in found if one.number != replaced]


def _editable(view: QuoteView) -> bool:
    try:
        move(view.state, QuoteEvent.EDIT)
    except IllegalQuoteMoveError:
        return False
    return True


def _closed(view: QuoteView) -> ResponseReturnValue:
    sentence = (
        gettext("The customer has this quote. Replace it with another one to change anything.")
        if view.state is QuoteState.SENT
        else gettext("This quote is over. Duplicate it to propose something like it.")
    )
    flash(sentence, "info")
    return redirect(url_for("corporate.desk_quote", account_id=view.account_id, number=view.number), 303)
