"""Arriving: `/`, task links, and the pages of those who cannot go on by themselves."""

from __future__ import annotations

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.destination import Destination, wish
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.router import choices, decide, front_door, lost, may, page_for
from portal.shared.domain.routing.tasks import Task, task_named
from portal.shared.domain.routing.visitor import Membership
from portal.shared.services.arriving import routing
from portal.shared.services.people import letters
from portal.shared.services.people.letters import Posted
from portal.shared.services.sign_in.signing_in import SignedIn
from portal.shared.web.entrance import identity
from portal.shared.web.entrance.doors import current_visitor, led_to
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import router as router_words

LONGEST_PRODUCT = 80


def home() -> ResponseReturnValue:
    """Lead everybody to their own front door."""
    there = front_door(current_visitor())
    # People come here all day; only what has to be explained is worth a line in the log.
    return led_to(there, None, recorded=router_words.sentence(there.reason) is not None)


def go_to_task(task: str) -> ResponseReturnValue:
    """Follow a task link of a help article (`/go/change-plan?product=…`)."""
    wanted = task_named(task)
    if wanted is None:
        return led_to(lost(current_visitor()), None)
    product = _product(request.args)
    return led_to(decide(current_visitor(), wanted, product), wanted, product)


def choose_subscription() -> ResponseReturnValue:
    """Let somebody pick the subscription a task is meant for, where the overview is not theirs to see."""
    task = task_named(request.args.get("task")) or Task.ASSIGN_SEATS
    product = _product(request.args)
    there = decide(current_visitor(), task, product)
    if there.endpoint != pages.CHOOSE_SUBSCRIPTION:
        return led_to(there, task, recorded=False)
    membership = _membership(there)
    assert membership is not None, "subscriptions are those of an account"
    facts = choices(membership, task, product) or choices(membership, task)
    links = {fact.id: url_for(page_for(membership, task, fact), subscription_id=fact.id) for fact in facts}
    offered = routing.offered(reading(), membership.account_id, facts, str(get_locale()))
    return render_template(
        "front/choose_subscription.html",
        task=router_words.task_name(task),
        offered=offered,
        links=links,
        said=router_words.sentence(there.reason),
        manages_billing=may(membership, Task.SUBSCRIPTIONS),
    )


def not_the_contact() -> ResponseReturnValue:
    """Say in words who can do it, and offer to write to them."""
    task, product = task_named(request.args.get("task")), _product(request.args)
    there = _decision(task, product)
    if there.endpoint != pages.NOT_THE_CONTACT:
        return led_to(there, task, recorded=False)
    person = _person()
    membership = _membership(there)
    return render_template(
        "front/not_the_contact.html",
        account_name=_account_name(person, there.account_id),
        account_id=there.account_id,
        corporate=membership is not None and membership.account_type == "corporate",
        contacts=letters.contacts_shown(reading(), person, there.account_id) if there.account_id else [],
        no_account=there.reason is Reason.NO_ACCOUNT,
        said=router_words.sentence(there.reason),
        wish=wish(task, product),
        task=router_words.task_name(task) if task else None,
        seats=membership is not None and not membership.expired and may(membership, Task.ASSIGN_SEATS),
    )


def write_to_contact() -> ResponseReturnValue:
    """Write to the billing contacts in the person's name, a few times a day at most."""
    task, product = task_named(request.form.get("task")), _product(request.form)
    there = _decision(task, product)
    if there.endpoint != pages.NOT_THE_CONTACT or there.account_id is None:
        return led_to(there, task, recorded=False)
    now = house().clock.now()
    posted = letters.write_to_contacts(writing(), _person(), there.account_id, task, product, now)
    if posted is Posted.SENT:
        flash(
            gettext("We have written to the billing contact. The answer goes to your email address."),
            "success",
        )
    elif posted is Posted.TOO_MANY:
        flash(
            gettext("You have written three times today. Wait for the answer, or try again tomorrow."),
            "error",
        )
    else:
        flash(gettext("This account has no billing contact we could write to."), "error")
    return redirect(url_for(pages.NOT_THE_CONTACT, **wish(task, product)), 303)  # type: ignore[arg-type]


def _decision(task: Task | None, product: str | None) -> Destination:
    visitor = current_visitor()
    return decide(visitor, task, product) if task else front_door(visitor)


def _membership(there: Destination) -> Membership | None:
    found = (one for one in current_visitor().memberships if one.account_id == there.account_id)
    return next(found, None)


def _person() -> SignedIn:
    person = identity.current_person()
    assert person is not None, "the router sends strangers to sign in"
    return person


def _account_name(person: SignedIn, account_id: int | None) -> str | None:
    return next((one.account_name for one in person.memberships if one.account_id == account_id), None)


def _product(values: Mapping[str, str]) -> str | None:
    return values.get("product", "").strip()[:LONGEST_PRODUCT] or None
