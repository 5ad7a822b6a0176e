"""Mails about subscriptions and their seats: trials that begin, cancellations, and who may use the product."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from flask_babel import gettext

from portal.shared.domain.cancellations import data_deleted_on
from portal.shared.domain.routing.tasks import Task
from portal.shared.web.display import format_long_date, language
from portal.shared.web.mailing.material import MailContent, Material, long_day


def _trial_started(material: Material) -> MailContent:
    day = long_day(material.payload["ends_on"])
    return MailContent(
        subject=gettext("Welcome to %(product)s", product=material.product),
        heading=gettext("Your free trial has begun"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "You can use %(product)s free of charge until %(day)s.", product=material.product, day=day
            ),
            gettext("Then it ends by itself. Nothing is charged unless you subscribe."),
            gettext("Give the seats to your people, so that they can sign in to the product."),
        ),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Product"), material.product),
            (gettext("Trial ends"), day),
        ),
        action=material.to_task(
            gettext("Give seats to people"), Task.ASSIGN_SEATS, material.payload["product"]
        ),
    )


def _subscription_cancelled(material: Material) -> MailContent:
    day = long_day(material.payload["ends_on"])
    return MailContent(
        subject=gettext(
            "Cancelled: %(product)s ends on %(day)s",
            product=material.product,
            day=day,
        ),
        heading=gettext("Your subscription is cancelled"),
        greeting=material.greeting,
        sentences=(
            gettext("The subscription ends on %(day)s and is not charged again.", day=day),
            gettext("Until then everything works as before. Nothing is refunded."),
            gettext("You can take the cancellation back until that day."),
            gettext(
                "90 days after the end, on %(day)s, the data of the product is deleted for good. Until then you can "
                "renew and go on with it.",
                day=format_long_date(
                    data_deleted_on(date.fromisoformat(material.payload["ends_on"])), language()
                ),
            ),
        ),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Product"), material.product),
            (gettext("Ends on"), day),
        ),
        action=material.to_task(
            gettext("See the subscription"), Task.SUBSCRIPTIONS, material.payload["product"]
        ),
    )


def _subscription_kept(material: Material) -> MailContent:
    day = long_day(material.payload["ends_on"])
    return MailContent(
        subject=gettext("%(product)s goes on", product=material.product),
        heading=gettext("Your subscription goes on"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "The cancellation is taken back. The subscription goes on and renews on %(day)s.", day=day
            ),
        ),
        facts=(
            (gettext("Account"), material.said("account")),
            (gettext("Product"), material.product),
            (gettext("Next renewal"), day),
        ),
        action=material.to_task(
            gettext("See the subscription"), Task.SUBSCRIPTIONS, material.payload["product"]
        ),
    )


def _seat_assigned(material: Material) -> MailContent:
    return MailContent(
        subject=gettext("You have a seat of %(product)s", product=material.product),
        heading=gettext("A seat was assigned to you"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "%(account)s has assigned you a seat of %(product)s. You can use it from now on.",
                account=material.said("account"),
                product=material.product,
            ),
            gettext("Questions about it are best put to whoever looks after this account."),
        ),
    )


def _seat_released(material: Material) -> MailContent:
    return MailContent(
        subject=gettext("Your seat of %(product)s was taken away", product=material.product),
        heading=gettext("Your seat was taken away"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "%(account)s has taken your seat of %(product)s away. You can no longer use it.",
                account=material.said("account"),
                product=material.product,
            ),
            gettext("Questions about it are best put to whoever looks after this account."),
        ),
    )


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "trial-started": _trial_started,
    "subscription-cancelled": _subscription_cancelled,
    "subscription-kept": _subscription_kept,
    "seat-assigned": _seat_assigned,
    "seat-released": _seat_released,
}
