"""What the mails about requests say, and those about a change of billing contact."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from portal.shared.domain.requests import RequestKind, RequestState
from portal.shared.domain.routing.tasks import Task
from portal.shared.web.mailing.material import MailContent, Material, quoted
from portal.shared.web.words import requests as request_words


def _request_made(material: Material) -> MailContent:
    number, who = int(material.payload["number"]), _desk(material)
    facts = [*_about(material), (gettext("State"), _state(material, RequestState.OPEN))]
    product = material.product if material.payload.get("product") else ""
    if product:
        facts.insert(-1, (gettext("Product"), product))
    return MailContent(
        subject=gettext("We have received your request #%(number)d", number=number),
        heading=gettext("We have received your request"),
        greeting=material.greeting,
        sentences=(
            gettext("%(desk)s looks at it and answers you by email. Nothing has changed yet.", desk=who),
        ),
        facts=tuple(facts),
        action=_to_request(material),
    )


def _request_taken(material: Material) -> MailContent:
    owner = material.said("owner")
    return MailContent(
        subject=gettext(
            "%(owner)s takes care of your request #%(number)d",
            owner=owner,
            number=int(material.payload["number"]),
        ),
        heading=gettext("Your request is being worked on"),
        greeting=material.greeting,
        sentences=(gettext("%(owner)s takes care of it and answers you here and by email.", owner=owner),),
        facts=(
            *_about(material),
            (gettext("Owner"), owner),
            (gettext("State"), _state(material, RequestState.TAKEN)),
        ),
        action=_to_request(material),
    )


def _request_note(material: Material) -> MailContent:
    owner = material.said("owner")
    return MailContent(
        subject=gettext("A note about your request #%(number)d", number=int(material.payload["number"])),
        heading=gettext("A note about your request"),
        greeting=material.greeting,
        sentences=(gettext("%(owner)s wrote to you. The request stays open.", owner=owner),),
        facts=_about(material),
        quote=quoted(str(material.payload["answer"])),
        action=_to_request(material),
    )


def _request_answered(material: Material) -> MailContent:
    number, who = int(material.payload["number"]), _desk(material)
    state = RequestState(material.payload["state"])
    facts = [*_about(material), (gettext("State"), _state(material, state))]
    if state is RequestState.DONE:
        subject = gettext("Your request #%(number)d is done", number=number)
        sentences = [gettext("%(desk)s has done what you asked for.", desk=who)]
        if material.payload.get("contact"):
            facts.append((gettext("New billing contact"), material.said("contact")))
        if material.payload.get("left"):
            sentences.append(gettext("You are no longer a billing contact of this account."))
    else:
        subject = gettext("Your request #%(number)d was declined", number=number)
        sentences = [gettext("%(desk)s could not do what you asked for. Nothing has changed.", desk=who)]
    return MailContent(
        subject=subject,
        heading=gettext("Your request has an answer"),
        greeting=material.greeting,
        sentences=tuple(sentences),
        facts=tuple(facts),
        quote=quoted(str(material.payload["answer"])),
        # Who is no longer a contact could not open the page.
        action=None if material.payload.get("left") else _to_request(material),
    )


def _contact_added(material: Material) -> MailContent:
    account = material.said("account")
    token = str(material.payload.get("token", ""))  # for somebody who cannot sign in yet
    return MailContent(
        subject=gettext("You are now a billing contact of %(account)s", account=account),
        heading=gettext("You look after the billing now"),
        greeting=material.greeting,
        sentences=(
            gettext(
                "%(account)s asked for it, and we have checked it. You can see its subscriptions and invoices, order "
                "and pay.",
                account=account,
            ),
            gettext("If this is a mistake, tell us at once."),
        ),
        facts=((gettext("Account"), account),),
        action=material.action(gettext("Choose a password"), "front.set_password", token=token)
        if token
        else material.to_task(gettext("Go to the subscriptions"), Task.SUBSCRIPTIONS),
    )


def _contact_changed(material: Material) -> MailContent:
    account, contact = material.said("account"), material.said("contact")
    sentences = [
        gettext("%(contact)s is a billing contact of %(account)s now.", contact=contact, account=account)
    ]
    if material.payload.get("left"):
        sentences.append(gettext("You are no longer a billing contact of this account."))
    sentences.append(gettext("If this is a mistake, tell us at once."))
    return MailContent(
        subject=gettext("The billing contact of %(account)s has changed", account=account),
        heading=gettext("The billing contact has changed"),
        greeting=material.greeting,
        sentences=tuple(sentences),
        facts=((gettext("Account"), account), (gettext("New billing contact"), contact)),
    )


def _about(material: Material) -> tuple[tuple[str, str], ...]:
    facts = [(gettext("Request"), f"#{int(material.payload['number'])}")]
    kind = material.payload.get("kind")  # mails that waited from before have none
    if kind:
        facts.append((gettext("What it is about"), str(request_words.KINDS[RequestKind(kind)])))
    return (*facts, (gettext("Account"), material.said("account")))


def _account_type(material: Material) -> str:
    return str(material.payload.get("account_type", "online"))


def _desk(material: Material) -> str:
    return request_words.desk_as_subject(_account_type(material))


def _state(material: Material, state: RequestState) -> str:
    return request_words.state(state, _account_type(material))[0]


def _to_request(material: Material) -> tuple[str, str] | None:
    portal = "corporate" if _account_type(material) == "corporate" else "self_service"
    number = int(material.payload["number"])
    return material.action(gettext("See the request"), f"{portal}.request", number=number)


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "request-made": _request_made,
    "request-taken": _request_taken,
    "request-note": _request_note,
    "request-answered": _request_answered,
    "contact-added": _contact_added,
    "contact-changed": _contact_changed,
}
