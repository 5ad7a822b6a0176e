"""What lies ahead of the account at hand: the time line and the next invoice; taking a planned change off."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.routing.tasks import Task
from portal.shared.services.ahead import Pending, PendingKind, pending_of
from portal.shared.services.ahead import planning as service
from portal.shared.services.ahead.next_invoice import next_invoice
from portal.shared.services.subscriptions.standing import UnknownSubscriptionError
from portal.shared.web.ahead import telling
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.entrance import doors
from portal.shared.web.frame import layout
from portal.shared.web.transactions import reading, writing


def show() -> ResponseReturnValue:
    """Everything that is pending, by day, and what the next invoice comes to."""
    account, names = at_hand().account, at_hand().catalog.names
    invoice = next_invoice(reading(), account.id, seller_taxes())
    corporate = account.type == "corporate"
    return render_template(
        "ahead/list.html",
        layout=layout(),
        days=telling.time_line(pending_of(reading(), account.id), names, action()),
        summary=telling.invoice_summary(invoice, names) if invoice else None,
        on=invoice.on if invoice else None,
        home_url=url_for("corporate.home" if corporate else "self_service.subscriptions"),
        home_label=gettext("Overview") if corporate else gettext("Subscriptions"),
    )


def take_off(subscription_id: int) -> ResponseReturnValue:
    """Take the planned change of a subscription off."""
    here = at_hand()
    try:
        gone = service.take_off(writing(), here.account.id, subscription_id, here.person.person_id, here.now)
    except UnknownSubscriptionError:
        abort(404)
    if gone:
        flash(gettext("The planned change is taken off. The subscription goes on as it is."), "success")
    else:
        flash(gettext("No change is planned for this subscription any more."), "info")
    return redirect(url_for(f"{request.blueprint}.ahead"), 303)


def of_one(subscription_id: int) -> list[dict[str, Any]]:
    """The time line of one subscription of the account at hand, without anything to press."""
    found = [
        one for one in pending_of(reading(), at_hand().account.id) if one.subscription_id == subscription_id
    ]
    return telling.time_line(found, at_hand().catalog.names, lambda _: None)


def action() -> telling.Action:
    """What the person of this request may do about an entry: what is open here, and nothing else."""
    corporate = at_hand().account.type == "corporate"
    manages = doors.may_here(Task.SUBSCRIPTIONS)

    def of(one: Pending) -> dict[str, Any] | None:
        if not manages:
            return None
        return (_corporate if corporate else _online)(one)

    return of


def _online(one: Pending) -> dict[str, Any] | None:
    if one.kind is PendingKind.END:
        return _open("self_service.keep_subscription", gettext("Keep subscription"), one, post=True)
    if one.kind is PendingKind.RENEWAL:
        return _open("self_service.cancel_subscription", gettext("Cancel subscription"), one)
    return None


def _corporate(one: Pending) -> dict[str, Any] | None:
    if one.kind is PendingKind.CHANGE:
        return _open("corporate.take_change_off", gettext("Take the change off"), one, post=True)
    if one.kind in {PendingKind.END, PendingKind.RENEWAL}:
        return _open("corporate.auto_renew", gettext("Manage auto-renew"), one)
    return None


def _open(endpoint: str, label: str, one: Pending, *, post: bool = False) -> dict[str, Any] | None:
    if not doors.is_open_here(endpoint):
        return None
    return {
        "url": url_for(endpoint, subscription_id=one.subscription_id),
        "label": label,
        "post": post,
    }
