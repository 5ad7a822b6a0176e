"""The page of one request at the desk, and what a form of it sent."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import URLSafeSerializer

from portal.corporate.desk.staff import account_of_staff
from portal.corporate.links import open_url
from portal.shared.domain.changes import Audience
from portal.shared.domain.requests import RequestKind, RequestState
from portal.shared.domain.wishes import LONGEST_NOTE, Dispute
from portal.shared.services import requests as service
from portal.shared.services.accounts import account_view
from portal.shared.services.catalog.reading import Names, catalog
from portal.shared.services.desk import Staff
from portal.shared.services.moving.moves import MOVERS
from portal.shared.services.orders import reading as orders
from portal.shared.services.orders.pricing import Priced
from portal.shared.services.requests import RequestView
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.countries import country_name
from portal.shared.web.house import house
from portal.shared.web.orders import display as order_display
from portal.shared.web.requests import display as request_display
from portal.shared.web.requests import forms as request_forms
from portal.shared.web.transactions import reading
from portal.shared.web.words import requests as request_words
from portal.shared.web.words import vocabulary as words


def found(request_id: int) -> tuple[Staff, RequestView]:
    """A request of one's own accounts, and who looks at it; any other does not exist."""
    view = service.one(reading(), request_id)
    if view is None:
        abort(404)
    return account_of_staff(view.account_id), view


def seen() -> int:
    """The last step the page showed; a page that does not say so has seen nothing that there is."""
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def answer() -> str:
    """What was written to the customer."""
    return request.form.get("answer", "").strip()


def answer_problem(*, needed: str = "") -> str | None:
    """What is wrong with the answer; `needed` is the sentence for none at all."""
    if not answer() and needed:
        return needed
    return request_forms.too_long(LONGEST_NOTE) if len(answer()) > LONGEST_NOTE else None


def settled(
    view: RequestView, act: Callable[[], None], done: str, *, stay: bool = False
) -> ResponseReturnValue:
    """Do something to a request and say so; or say why it cannot be done, with what was typed kept."""
    hindered = hindrance(view, act)
    if hindered is not None:
        return hindered
    flash(done, "success")
    return to_request(view) if stay else to_queue()


def hindrance(view: RequestView, act: Callable[[], None]) -> ResponseReturnValue | None:
    """The answer when something else has happened to the request meanwhile; nothing when the act was done."""
    try:
        act()
    except service.AlreadyAnsweredError as ended:
        flash(ended_sentence(ended.state), "info")
        return to_request(view)
    except service.TakenByColleagueError:
        return again(view, gettext("A colleague has taken this request. Take it over to answer it."))
    except service.ChangedMeanwhileError:
        return again(view, gettext("Something has happened to this request since. Read it and try again."))
    except service.OnItsWayError:
        return again(
            view, gettext("Its order waits for the customer's bank, and what the bank says is the answer.")
        )
    return None


def to_request(view: RequestView) -> ResponseReturnValue:
    """Back to the page of the request."""
    return redirect(url_for("corporate.desk_request", request_id=view.id), 303)


def to_queue() -> ResponseReturnValue:
    """On to what waits next."""
    return redirect(url_for("corporate.desk_requests"), 303)


def ended_sentence(state: RequestState) -> str:
    """Why nothing more can be done."""
    if state is RequestState.WITHDRAWN:
        return str(gettext("The customer has withdrawn this request."))
    return str(gettext("This request was answered already."))


def again(view: RequestView, sentence: str) -> ResponseReturnValue:
    """The page as the request stands now, with a sentence on top."""
    staff, fresh = found(view.id)
    return page(staff, fresh, problem=sentence), 409


def page(
    staff: Staff,
    view: RequestView,
    *,
    problem: str | None = None,
    errors: Mapping[str, str] | None = None,
    priced: Priced | None = None,
) -> str:
    """Everything needed to answer a request."""
    account = account_view(reading(), view.account_id, house().clock.now())
    names = catalog(reading(), account.currency, account.today).names
    word, tone = request_words.AT_THE_DESK[view.state]
    mine = view.owner_id == staff.person_id
    on_top = [{"field": None, "text": problem}] if problem else []
    beside = [{"field": name or None, "text": text} for name, text in (errors or {}).items()]
    return render_template(
        "corporate/desk/request.html",
        view=view,
        account_at_desk=account,
        account_url=open_url("corporate.desk_account", account_id=account.id),
        facts=request_display.facts(view, names, account.time_zone, nobody="–"),
        country=country_name(account.country),
        reason=request_display.reason(view),
        story=request_display.story(view, service.history(reading(), view.id)),
        word=word,
        tone=tone,
        mine=mine,
        colleague=view.owner if view.state is RequestState.TAKEN and not mine else "",
        credit_url=credit_url(view),
        move_url=move_url(staff, view),
        work=_WORK.get(view.kind, "written"),
        contacts=_contacts(view),
        **_order(view, names, priced),
        typed={name: request.values.get(name, "") for name in _TYPED},
        errors=errors or {},
        problems=on_top + beside,
    )


_TYPED = ("answer", "last_digits", "name_on_card", "old_contact")
_WORK = {
    RequestKind.LOWER_PLAN: "order",
    RequestKind.BILLING_CONTACT: "contact",
    RequestKind.DISPUTE: "dispute",
    RequestKind.ACCOUNT_TYPE: "move",
}


def credit_url(view: RequestView) -> str:
    """Where a dispute is carried out: a credit note answers it."""
    if not isinstance(view.wish, Dispute):
        return ""
    return url_for("corporate.desk_credit_note", account_id=view.account_id, name=view.wish.invoice)


def move_url(staff: Staff, view: RequestView) -> str:
    """Where an account is moved to the other portal; "" for whoever has to ask a manager."""
    if view.kind is not RequestKind.ACCOUNT_TYPE or staff.role not in MOVERS:
        return ""
    return url_for("corporate.desk_moving", account_id=view.account_id)


def _contacts(view: RequestView) -> dict[str, Any] | None:
    if view.kind is not RequestKind.BILLING_CONTACT:
        return None
    known = service.contacts_of(reading(), view.id)
    nobody = {"value": "", "label": gettext("Nobody: they all stay")}
    return {
        "people": [f"{one.name} ({one.email})" for one in known.people],
        "old_contacts": [nobody, *({"value": one.person_id, "label": one.name} for one in known.people)],
        "asker_is_admin": known.asker_is_admin,
        "has_card": known.has_card,
    }


def _order(view: RequestView, names: Names, priced: Priced | None) -> dict[str, Any]:
    """What carrying a lower plan out would do today."""
    shown: dict[str, Any] = {"summary": None, "refused": None, "shown": "", "key": secrets.token_urlsafe(16)}
    if view.kind is not RequestKind.LOWER_PLAN or not view.is_unanswered:
        return shown
    priced = priced or orders.price_for_page(
        reading(), view.account_id, [view.wanted], Audience.CARE, seller_taxes(), house().clock.now()
    )
    if priced.summary is not None:
        invoices = orders.invoice_names(reading(), priced.summary)
        shown["summary"] = order_display.present(priced.summary, names, invoices)
        shown["shown"] = str(sealed().dumps(priced.summary.digest))
    reason = priced.refused.get(view.wanted.subscription_id)
    shown["refused"] = words.refused(reason) if reason else None
    return shown


def sealed() -> URLSafeSerializer:
    """What keeps the digest that a page showed from being another one when it comes back."""
    return URLSafeSerializer(current_app.secret_key or "", salt="request-digest-shown")
