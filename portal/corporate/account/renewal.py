"""Auto-renew of one subscription: off and on in one step, with the day its service ends."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.links import open_url
from portal.shared.domain.subscriptions import Standing
from portal.shared.services.subscriptions import standing as service
from portal.shared.services.subscriptions.standing import NotPossibleError, UnknownSubscriptionError
from portal.shared.web.ahead import pages as ahead
from portal.shared.web.at_hand import at_hand
from portal.shared.web.display import format_long_date, language
from portal.shared.web.one_subscription import card_or_404
from portal.shared.web.transactions import writing
from portal.shared.web.words import vocabulary as words

_RUNNING = frozenset({Standing.ACTIVE, Standing.PAST_DUE, Standing.PENDING_CANCELLATION})


def show(subscription_id: int) -> ResponseReturnValue:
    """Whether the subscription renews, when its service ends if it does not, and the button for the other one."""
    card = card_or_404(subscription_id)
    word, tone = words.STANDINGS[card.standing]
    period_end = card.period.end if card.period else None
    return render_template(
        "corporate/account/auto_renew.html",
        card=card,
        name=at_hand().catalog.names.product(card.product, language()),
        state={"word": word, "tone": tone},
        running=card.standing in _RUNNING,
        may_switch=card.standing is not Standing.PAST_DUE or card.renews,
        within_term=card.service_end is not None and card.service_end != period_end,
        period_end=period_end,
        days=ahead.of_one(card.id),
        ahead_url=open_url("corporate.ahead"),
        ask_to_cancel=open_url("corporate.new_request", kind="cancellation", subscription_id=card.id),
        ask_to_buy=open_url("corporate.new_request", kind="other"),
    )


def switch_off(subscription_id: int) -> ResponseReturnValue:
    """Renew it no more."""
    here = at_hand()
    try:
        ends_on = service.cancel(writing(), here.account.id, subscription_id, here.person.person_id, here.now)
    except UnknownSubscriptionError:
        abort(404)
    except NotPossibleError:
        flash(gettext("Auto-renew cannot be switched off for this subscription as it stands."), "error")
    else:
        day = format_long_date(ends_on, language())
        flash(gettext("Auto-renew is off. The service ends on %(day)s.", day=day), "success")
    return _back(subscription_id)


def switch_on(subscription_id: int) -> ResponseReturnValue:
    """Renew it again."""
    here = at_hand()
    try:
        renews_on = service.keep(writing(), here.account.id, subscription_id, here.person.person_id, here.now)
    except UnknownSubscriptionError:
        abort(404)
    except NotPossibleError:
        flash(gettext("Auto-renew cannot be switched on for this subscription as it stands."), "error")
    else:
        day = format_long_date(renews_on, language())
        flash(gettext("Auto-renew is on. The service goes on after %(day)s.", day=day), "success")
    return _back(subscription_id)


def _back(subscription_id: int) -> ResponseReturnValue:
    return redirect(url_for("corporate.auto_renew", subscription_id=subscription_id), 303)
