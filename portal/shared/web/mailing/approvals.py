"""Mails about a buyer's approval: to the approvers when it is asked, to whoever asked when it has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from portal.shared.domain.approvals import ApprovalState, Ended
from portal.shared.domain.summary import from_plain
from portal.shared.web.mailing.material import MailContent, Material, long_day, quoted
from portal.shared.web.orders import display as order_display
from portal.shared.web.words import approvals as words


def _asked(material: Material) -> MailContent:
    account, asker = material.said("account"), material.said("asker")
    summary = from_plain(material.payload["summary"])
    return MailContent(
        subject=gettext("%(name)s asks for your approval", name=asker),
        heading=gettext("An order waits for your approval"),
        greeting=material.greeting,
        sentences=(
            gettext("%(name)s wants to order this for %(account)s.", name=asker, account=account),
            gettext(
                "Nothing is ordered before you or another approver says yes. You can answer until %(day)s.",
                day=long_day(material.payload["good_until"]),
            ),
        ),
        facts=(*_about(material), (gettext("Asked by"), asker)),
        summary=order_display.present(summary, material.names, material.invoice_names(summary), dated=True),
        action=_to_request(material),
    )


def _ended(material: Material) -> MailContent:
    number, approver = int(material.payload["number"]), material.said("approver")
    outcome, why = ApprovalState(material.payload["outcome"]), str(material.payload["why"])
    heading, sentences = {
        ApprovalState.APPROVED: (
            gettext("Your order is approved"),
            (
                gettext("%(name)s has approved your order.", name=approver),
                gettext(
                    "You get a receipt when it is placed. If your bank wants a confirmation, the order says so."
                ),
            ),
        ),
        ApprovalState.REFUSED: (
            gettext("Your order was not approved"),
            (gettext("%(name)s has refused it. Nothing was ordered.", name=approver),),
        ),
        ApprovalState.EXPIRED: (
            gettext("Nobody approved your order in time"),
            (gettext("Nothing was ordered. You can ask again with the figures of today."),),
        ),
        ApprovalState.CANCELLED: (
            gettext("Your request for approval has ended"),
            (
                words.nothing_ordered(Ended(why)) if why else "",
                gettext("You can ask again with the figures of today."),
            ),
        ),
    }[outcome]
    return MailContent(
        subject=f"{heading} (#{number})",
        heading=heading,
        greeting=material.greeting,
        sentences=sentences,
        facts=_about(material),
        quote=quoted(str(material.payload["answer"])),
        action=_to_request(material),
    )


def _about(material: Material) -> tuple[tuple[str, str], ...]:
    number = int(material.payload["number"])
    return ((gettext("Request"), f"#{number}"), (gettext("Account"), material.said("account")))


def _to_request(material: Material) -> tuple[str, str] | None:
    portal = "corporate" if material.payload.get("account_type") == "corporate" else "self_service"
    number = int(material.payload["number"])
    return material.action(gettext("See the request"), f"{portal}.approval", number=number)


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "approval-asked": _asked,
    "approval-ended": _ended,
}
