"""What both portals do with the requests of the account at hand; each only says where its pages are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.requests import RequestKind
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.wishes import LONGEST_NOTE
from portal.shared.services import requests as service
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.orders import reading as orders
from portal.shared.services.requests import Disputable, RequestView
from portal.shared.web.at_hand import at_hand
from portal.shared.web.entrance import doors
from portal.shared.web.frame import layout
from portal.shared.web.requests import display as request_display
from portal.shared.web.requests import forms as request_forms
from portal.shared.web.requests.forms import Asking
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import requests as request_words

_ICONS = {
    RequestKind.BILLING_CONTACT: "users",
    RequestKind.FREQUENCY: "calendar",
    RequestKind.OTHER_PRODUCT: "plus",
    RequestKind.COUNTRY: "globe",
    RequestKind.CANCELLATION: "close",
    RequestKind.ACCOUNT_TYPE: "switch",
    RequestKind.OTHER: "mail",
}


@dataclass(frozen=True, slots=True)
class Door:
    """A portal (the first part of its endpoints) and the folder of its own list of requests."""

    portal: str
    folder: str

    def url(self, page: str, **values: Any) -> str:
        """The address of one of its pages."""
        return url_for(f"{self.portal}.{page}", **values)

    def show_list(self, **values: Any) -> str:
        """Its own list of requests."""
        return render_template(f"{self.folder}/requests.html", **values)

    def show(self, template: str, **values: Any) -> str:
        """A page about one request, the same in both portals but for what is around it."""
        return render_template(f"requests/{template}.html", layout=layout(), **values)


def overview(door: Door) -> str:
    """Everything the account asked for, newest first."""
    here = at_hand()
    names = catalog.names(reading())
    asked = [one for one in service.of_account(reading(), here.account.id) if _may_see(one)]
    rows = [
        {
            **request_display.customers_row(view, names),
            "url": door.url("request", number=view.number),
            "zone": here.account.time_zone,
        }
        for view in asked
    ]
    return door.show_list(rows=rows)


def new(door: Door) -> str:
    """What can be asked for; or the form of one kind, filled with what a link knows."""
    asking = request_forms.prefilled(request.args)
    if not _asks_for_everything() and (asking is None or asking.kind is not RequestKind.BILLING_CONTACT):
        asking = request_forms.prefilled({"kind": RequestKind.BILLING_CONTACT})
    return _form(door, asking)


def send(door: Door) -> ResponseReturnValue:
    """Send the request; it gets a number at once."""
    here = at_hand()
    asking = request_forms.read(request.form)
    if asking and asking.kind is not RequestKind.BILLING_CONTACT and not _asks_for_everything():
        abort(404)
    if asking is None or asking.wish is None:
        return _form(door, asking), 422
    number = service.ask(
        writing(), here.account.id, asking.wish, asking.note, here.person.person_id, here.now
    )
    return _received(door, number)


def show(door: Door, number: int) -> str:
    """One request with its answer and everything that has happened to it."""
    view = _found(number)
    steps = service.history(reading(), view.id)
    names = catalog.names(reading())
    page = request_display.customers_page(view, steps, names, at_hand().account.time_zone)
    to_confirm = None
    if _asks_for_everything():
        to_confirm = orders.awaiting_confirmation(reading(), view.account_id, view.id)
    return door.show("one", **page, to_confirm=to_confirm)


def withdraw(door: Door, number: int) -> ResponseReturnValue:
    """Take a request back."""
    here = at_hand()
    _found(number)
    try:
        service.withdraw(writing(), here.account.id, number, here.person.person_id, here.now)
    except LookupError:
        abort(404)
    except service.AlreadyAnsweredError:
        flash(gettext("This request has ended already."), "info")
    except service.OnItsWayError:
        flash(gettext("It is being carried out at this moment: the bank has the last word."), "info")
    else:
        flash(gettext("The request is withdrawn."), "success")
    return redirect(door.url("request", number=number), 303)


def dispute(door: Door, name: str) -> ResponseReturnValue:
    """Say what is wrong with an invoice."""
    return _dispute_form(door, _disputable(name))


def send_dispute(door: Door, name: str) -> ResponseReturnValue:
    """Send the dispute; it gets a number at once."""
    here = at_hand()
    invoice = _disputable(name)
    reason = request.form.get("reason", "").strip()
    if not reason:
        return _dispute_form(door, invoice, reason, gettext("Write what is wrong with the invoice.")), 422
    if len(reason) > LONGEST_NOTE:
        return _dispute_form(door, invoice, reason, request_forms.too_long(LONGEST_NOTE)), 422
    try:
        number = service.dispute(
            writing(), here.account.id, invoice.name, reason, here.person.person_id, here.now
        )
    except service.TooLateError:
        return _dispute_form(door, invoice, reason), 409
    return _received(door, number)


def _received(door: Door, number: int) -> ResponseReturnValue:
    desk = request_words.desk_as_subject(at_hand().account.type)
    flash(gettext("%(desk)s has your request, number %(number)d.", desk=desk, number=number), "success")
    return redirect(door.url("request", number=number), 303)


def _found(number: int) -> RequestView:
    view = service.one_of_account(reading(), at_hand().account.id, number)
    if view is None or not _may_see(view):
        abort(404)
    return view


def _asks_for_everything() -> bool:
    """Whether the person speaks for the account's billing; an account admin asks for another contact, and no more."""
    return doors.may_here(Task.CONTACT)


def _may_see(view: RequestView) -> bool:
    """An account admin sees what they asked for themselves."""
    return _asks_for_everything() or view.asked_by_id == at_hand().person.person_id


def _disputable(name: str) -> Disputable:
    here = at_hand()
    try:
        return service.disputable(reading(), here.account.id, name, here.now)
    except LookupError:
        abort(404)


def _form(door: Door, asking: Asking | None) -> str:
    kinds = [
        {
            "url": door.url("new_request", kind=kind),
            "icon": _ICONS[kind],
            "title": request_words.KINDS[kind],
            "text": request_words.HINTS[kind],
        }
        for kind in request_forms.kinds_here()
        if kind is RequestKind.BILLING_CONTACT or _asks_for_everything()
    ]
    return door.show(
        "new",
        asking=asking,
        title=asking.title if asking else gettext("New request"),
        choices=request_forms.choices() if asking else None,
        problems=asking.problems if asking else [],
        kinds=kinds,
        desk=request_words.desk_as_subject(at_hand().account.type),
    )


def _dispute_form(door: Door, invoice: Disputable, typed: str = "", error: str | None = None) -> str:
    return door.show(
        "dispute",
        invoice=invoice,
        typed=typed,
        error=error,
        problems=[{"field": "reason", "text": error}] if error else [],
        desk=request_words.desk_as_subject(at_hand().account.type),
    )
