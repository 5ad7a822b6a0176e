"""What the mails about quotes say: to the customer's billing contacts, to a quote's author, to the author's manager."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from portal.shared.domain.summary import from_plain
from portal.shared.web.mailing.material import MailContent, Material, long_day, quoted
from portal.shared.web.orders import display as order_display


def _sent(material: Material) -> MailContent:
    number, summary = int(material.payload["number"]), from_plain(material.payload["summary"])
    last_day = long_day(material.payload["valid_until"])
    rep = material.said("rep")
    return MailContent(
        subject=gettext("Quote %(number)d for %(account)s", number=number, account=material.said("account")),
        heading=gettext("A quote waits for your answer"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "%(rep)s has made you this quote. You can accept or reject it until %(day)s.",
                rep=rep,
                day=last_day,
            ),
            gettext("Nothing is ordered before you accept it. Reply to this mail to ask %(rep)s.", rep=rep),
        ),
        facts=(
            *_about(material),
            (gettext("Valid until"), last_day),
            (gettext("Prepared by"), rep),
        ),
        summary=order_display.present(summary, material.names, material.invoice_names(summary), dated=True),
        quote=quoted(str(material.payload["note"])),
        action=material.action(gettext("See the quote"), "corporate.quote", number=number),
        reply_to=(rep, material.said("rep_email")),
    )


def _withdrawn(material: Material) -> MailContent:
    number, rep = int(material.payload["number"]), material.said("rep")
    return MailContent(
        subject=gettext("Quote %(number)d was withdrawn", number=number),
        heading=gettext("A quote was withdrawn"),
        greeting=material.greeting,
        sentences=(
            gettext("This quote can no longer be accepted. Nothing was ordered by it."),
            gettext("Reply to this mail to ask %(rep)s.", rep=rep),
        ),
        facts=_about(material),
        action=material.action(gettext("See the quote"), "corporate.quote", number=number),
        reply_to=(rep, material.said("rep_email")),
    )


def _rejected(material: Material) -> MailContent:
    contact = material.said("contact")
    return _to_desk(
        material,
        gettext("%(account)s rejects quote %(number)d", **_named(material)),
        gettext("A quote was rejected"),
        gettext("%(name)s has rejected it, and writes why:", name=contact),
        quote=str(material.payload["reason"]),
    )


def _expired(material: Material) -> MailContent:
    return _to_desk(
        material,
        gettext("Quote %(number)d for %(account)s has expired", **_named(material)),
        gettext("A quote has expired"),
        gettext("Nobody answered it in time. You can make a new one of it."),
    )


def _approved(material: Material) -> MailContent:
    return _to_desk(
        material,
        gettext("Quote %(number)d for %(account)s is approved", **_named(material)),
        gettext("Your quote is approved"),
        gettext("It was sent to the customer at once."),
    )


def _sent_back(material: Material) -> MailContent:
    return _to_desk(
        material,
        gettext("Quote %(number)d for %(account)s comes back to you", **_named(material)),
        gettext("Your quote was not approved"),
        gettext("It is a draft again. Your manager writes:"),
        quote=str(material.payload["note"]),
    )


def _awaits_approval(material: Material) -> MailContent:
    return _to_desk(
        material,
        gettext("Quote %(number)d for %(account)s waits for your approval", **_named(material)),
        gettext("A quote waits for your approval"),
        gettext("It goes beyond what %(author)s may send alone.", author=material.said("author")),
    )


def _to_desk(
    material: Material, subject: str, heading: str, sentence: str, *, quote: str = ""
) -> MailContent:
    """A mail to one of our own people, with the way to the quote on their desk."""
    return MailContent(
        subject=subject,
        heading=heading,
        greeting=material.greeting,
        sentences=(sentence,),
        facts=_about(material),
        quote=quoted(quote),
        action=material.action(
            gettext("See the quote"),
            "corporate.desk_quote",
            account_id=material.payload["account_id"],
            number=material.payload["number"],
        ),
    )


def _about(material: Material) -> tuple[tuple[str, str], ...]:
    return (
        (gettext("Quote"), str(material.payload["number"])),
        (gettext("Account"), material.said("account")),
    )


def _named(material: Material) -> dict[str, object]:
    return {"number": int(material.payload["number"]), "account": material.said("account")}


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "quote-sent": _sent,
    "quote-withdrawn": _withdrawn,
    "quote-rejected": _rejected,
    "quote-expired": _expired,
    "quote-approved": _approved,
    "quote-sent-back": _sent_back,
    "quote-awaits-approval": _awaits_approval,
}
