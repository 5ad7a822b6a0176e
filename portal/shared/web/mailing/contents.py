"""What each kind of mail says. The text and the HTML version are both written from the same content."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portal.shared.web.mailing import (
    accounts,
    ahead,
    approvals,
    integrations,
    moving,
    orders,
    payments,
    people,
    privacy,
    quotes,
    renewals,
    requests,
    sign_in,
    subscriptions,
    taxes,
)
from portal.shared.web.mailing.material import MailContent, Material

KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    **orders.KINDS,
    **approvals.KINDS,
    **payments.KINDS,
    **subscriptions.KINDS,
    **requests.KINDS,
    **quotes.KINDS,
    **renewals.KINDS,
    **ahead.KINDS,
    **taxes.KINDS,
    **accounts.KINDS,
    **moving.KINDS,
    **people.KINDS,
    **integrations.KINDS,
    **sign_in.KINDS,
    **privacy.KINDS,
}
