"""Subscriptions: a card a product; cancelling and taking it back."""

from __future__ import annotations

from functools import partial

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.self_service import subscription_cards
from portal.shared.domain.cancellations import CancellationReason, data_deleted_on
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.subscriptions import Standing
from portal.shared.services.claims import reading as claims
from portal.shared.services.moving import telling
from portal.shared.services.orders import reading as orders
from portal.shared.services.subscriptions import cancellations
from portal.shared.services.subscriptions import standing as service
from portal.shared.services.subscriptions.standing import (
    NotPossibleError,
    SubscriptionCard,
    UnknownSubscriptionError,
)
from portal.shared.web import subscription_lists
from portal.shared.web.approvals import display as approvals
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import format_long_date, language
from portal.shared.web.entrance import doors
from portal.shared.web.one_subscription import card_or_404
from portal.shared.web.payments import cards as card_pages
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import moving as moving_words
from portal.shared.web.words.cancellations import CANCELLATION_REASONS


def overview() -> ResponseReturnValue:
    """What the account has, what needs somebody first: a page of it, or of what is looked for."""
    here = at_hand()
    session = reading()
    listed = subscription_lists.asked()
    unpaid = service.unpaid(session, here.account.id, here.account.currency)
    manages = doors.may_here(Task.SUBSCRIPTIONS)
    on_its_way, to_confirm = orders.open_order(session, here.account.id) if manages else (None, None)
    return render_template(
        "self_service/subscriptions.html",
        manages=manages,
        moved=moving_words.notice(telling.news_of(session, here.account.id, here.now), here.account),
        claim=claims.under_way(session, here.account.id) if manages else None,
        waiting=approvals.to_do(),
        listed=listed.shown(partial(url_for, "self_service.subscriptions")),
        active=subscription_cards.shown(
            (one for one in listed.cards if one.active), unpaid, manages=manages, numbered=listed.long
        ),
        inactive=subscription_cards.shown(
            (one for one in listed.cards if not one.active), unpaid, manages=manages, numbered=listed.long
        ),
        balance=here.account.balance,
        expired=here.account.expired,
        unpaid=unpaid,
        today=here.account.today,
        expiring=card_pages.expiring() if manages else None,
        on_its_way=on_its_way,
        to_confirm=to_confirm,
    )


def confirm_cancelling(subscription_id: int) -> ResponseReturnValue:
    """Say what ends and when, and ask."""
    card = card_or_404(subscription_id)
    if card.standing not in {Standing.ACTIVE, Standing.PAST_DUE} or card.period is None:
        return redirect(url_for("self_service.subscriptions"))
    ends_on = card.service_end or card.period.end
    return render_template(
        "self_service/cancel.html",
        card=card,
        name=_name(card),
        ends_on=ends_on,
        deleted_on=data_deleted_on(ends_on),
    )


def cancel(subscription_id: int) -> ResponseReturnValue:
    """Switch the next renewal off."""
    here = at_hand()
    try:
        service.cancel(writing(), here.account.id, subscription_id, here.person.person_id, here.now)
    except UnknownSubscriptionError:
        abort(404)
    except NotPossibleError:
        flash(gettext("This subscription cannot be cancelled as it stands."), "error")
        return redirect(url_for("self_service.subscriptions"), 303)
    return redirect(url_for("self_service.cancelled", subscription_id=subscription_id), 303)


def cancelled(subscription_id: int) -> ResponseReturnValue:
    """What ends and when, a way back, and a survey that may be skipped."""
    card = card_or_404(subscription_id)
    if card.standing is not Standing.PENDING_CANCELLATION:
        return redirect(url_for("self_service.subscriptions"))
    return _cancelled_page(card)


def answer_survey(subscription_id: int) -> ResponseReturnValue:
    """Keep why it was cancelled, and go on."""
    here = at_hand()
    card = card_or_404(subscription_id)
    typed = request.form.get("reason", "")
    if typed not in set(CancellationReason):
        return _cancelled_page(card, problem=gettext("Choose a reason, or skip the question.")), 422
    reason, text = CancellationReason(typed), request.form.get("text", "")
    try:
        cancellations.answer(
            writing(), here.account.id, card.id, reason, text, here.person.person_id, here.now
        )
    except NotPossibleError:
        flash(gettext("No cancellation is pending for this subscription."), "info")
    else:
        flash(gettext("Thank you. Your answer helps us to make it better."), "success")
    return redirect(url_for("self_service.subscriptions"), 303)


def _cancelled_page(card: SubscriptionCard, *, problem: str | None = None) -> str:
    account = at_hand().account
    assert card.service_end is not None, "what is cancelled was bought"
    return render_template(
        "self_service/cancelled.html",
        card=card,
        name=_name(card),
        ends_on=card.service_end,
        deleted_on=data_deleted_on(card.service_end),
        answered=cancellations.answered(reading(), account.id, card.id, account.time_zone),
        choices=[{"value": str(one), "name": name} for one, name in CANCELLATION_REASONS.items()],
        reason=request.form.get("reason", ""),
        text=request.form.get("text", ""),
        problem=problem,
        problems=[{"field": "reason", "text": problem}] if problem else [],
    )


def keep(subscription_id: int) -> ResponseReturnValue:
    """Take a cancellation back."""
    here = at_hand()
    try:
        renews_on = service.keep(writing(), here.account.id, subscription_id, here.person.person_id, here.now)
    except UnknownSubscriptionError:
        abort(404)
    except NotPossibleError:
        flash(gettext("No cancellation is pending for this subscription."), "error")
    else:
        day = format_long_date(renews_on, language())
        flash(gettext("Your subscription goes on and renews on %(day)s.", day=day), "success")
    return redirect(url_for("self_service.subscriptions"), 303)


def _name(card: SubscriptionCard) -> str:
    return at_hand().catalog.names.product(card.product, language())
