"""Mails about changes that are planned for a renewal: planned, taken off, fallen away."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from portal.shared.domain.changes import Refusal
from portal.shared.domain.routing.tasks import Task
from portal.shared.web.ahead.telling import why_dropped
from portal.shared.web.display import language
from portal.shared.web.mailing.material import MailContent, Material, long_day
from portal.shared.web.words import vocabulary as words


def _planned(material: Material) -> MailContent:
    day = long_day(material.payload["from_day"])
    return MailContent(
        subject=gettext("Planned for %(day)s: %(product)s changes", product=material.product, day=day),
        heading=gettext("A change is planned"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "Your representative has planned a change of %(product)s for the renewal of %(day)s.",
                product=material.product,
                day=day,
            ),
            gettext("Until then everything stays as it is. You can take the change off before that day."),
        ),
        facts=_facts(material),
        action=material.to_task(gettext("See your subscriptions"), Task.SUBSCRIPTIONS),
    )


def _taken_off(material: Material) -> MailContent:
    day = long_day(material.payload["from_day"])
    return MailContent(
        subject=gettext("%(product)s stays as it is", product=material.product),
        heading=gettext("A planned change was taken off"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "The change of %(product)s that was planned for %(day)s was taken off: it goes on as it is.",
                product=material.product,
                day=day,
            ),
        ),
        facts=_facts(material),
        action=material.to_task(gettext("See your subscriptions"), Task.SUBSCRIPTIONS),
    )


def _dropped(material: Material) -> MailContent:
    reason = Refusal(material.payload["reason"])
    return MailContent(
        subject=gettext("%(product)s was renewed without the planned change", product=material.product),
        heading=gettext("A planned change could not be carried out"),
        greeting=material.greeting,
        sentences=(
            why_dropped(reason),
            gettext("%(product)s was renewed on the terms it had.", product=material.product),
            gettext("Your representative plans another change with you, if you want one."),
        ),
        facts=_facts(material),
        action=material.to_task(gettext("See your subscriptions"), Task.SUBSCRIPTIONS),
    )


def _facts(material: Material) -> tuple[tuple[str, str], ...]:
    payload, facts = material.payload, [(gettext("Account"), material.said("account"))]
    facts.append((gettext("Product"), material.product))
    if payload["plan_id"] is not None:
        facts.append((gettext("Plan"), material.names.plan(payload["plan_id"], language())))
    if payload["seats"] is not None:
        facts.append((gettext("Seats"), words.seat_count(payload["seats"])))
    return tuple(facts)


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "change-planned": _planned,
    "change-taken-off": _taken_off,
    "change-dropped": _dropped,
}
