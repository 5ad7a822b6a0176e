"""Mails about who looks after an account: invitations, roles, and claims to an account that has nobody left."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_babel import gettext

from portal.shared.domain.people.claims import TO_CONFIRM
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import Role
from portal.shared.web.mailing.material import MailContent, Material, long_day, quoted
from portal.shared.web.words import people as words


def _invitation(material: Material) -> MailContent:
    account, who = material.said("account"), material.said("who")
    role = Role(material.payload["role"])
    return MailContent(
        subject=gettext("%(name)s invites you to %(account)s", name=who, account=account),
        heading=gettext("You are invited"),
        greeting=material.greeting,
        sentences=(
            gettext("%(name)s invites you to work for %(account)s.", name=who, account=account),
            str(words.HINTS[role]),
            gettext(
                "The link is for you alone, works once, and is good until %(day)s. If you do not know what this is "
                "about, do nothing.",
                day=long_day(material.payload["until"]),
            ),
        ),
        facts=((gettext("Account"), account), (gettext("Role"), str(words.ROLES[role]))),
        action=material.action(
            gettext("See the invitation"), "front.invitation", token=material.payload["token"]
        ),
    )


def _roles_changed(material: Material) -> MailContent:
    account, who, roles = material.said("account"), material.said("who"), _roles(material)
    if not roles:
        return MailContent(
            subject=gettext("You no longer work for %(account)s", account=account),
            heading=gettext("You were removed from an account"),
            greeting=material.greeting,
            sentences=(
                gettext("%(name)s has taken you out of %(account)s.", name=who, account=account),
                gettext("If this is a mistake, ask them to invite you again."),
            ),
            facts=((gettext("Account"), account),),
        )
    return MailContent(
        subject=gettext("What you are for %(account)s has changed", account=account),
        heading=gettext("Your role has changed"),
        greeting=material.greeting,
        sentences=(
            gettext("%(name)s has changed what you may do for %(account)s.", name=who, account=account),
        ),
        facts=((gettext("Account"), account), (gettext("Role"), roles)),
        action=material.action(gettext("Go to the account"), "front.home"),
    )


def _people_changed(material: Material) -> MailContent:
    account, who, roles = material.said("account"), material.said("who"), _roles(material)
    if roles:
        sentence = gettext("%(name)s is from now on: %(roles)s.", name=who, roles=roles)
    else:
        sentence = gettext("%(name)s no longer works for %(account)s.", name=who, account=account)
    facts = [(gettext("Account"), account), (gettext("Person"), who)]
    return MailContent(
        subject=gettext("Who looks after %(account)s has changed", account=account),
        heading=gettext("The people of your account have changed"),
        greeting=material.greeting,
        sentences=(sentence, gettext("If this is a mistake, change it back or tell us at once.")),
        facts=(*facts, (gettext("Role"), roles)) if roles else tuple(facts),
        action=material.to_task(gettext("See the people"), Task.BILLING_CONTACT),
    )


def _claim_received(material: Material) -> MailContent:
    number = material.said("number")
    token = str(material.payload["token"])
    if token:
        sentences = (
            gettext("Somebody, probably you, has asked for the role of a billing contact with this address."),
            gettext(
                "The claim begins when you confirm it within %(hours)d hours. If it was not you, do nothing.",
                hours=int(TO_CONFIRM.total_seconds() // 3600),
            ),
        )
    else:
        sentences = (
            gettext("Everybody of the account is told and can object. After that our people decide."),
            gettext("It can be decided from %(day)s on.", day=long_day(material.payload["until"])),
        )
    action = None
    if token:
        action = material.action(gettext("Confirm the claim"), "front.confirm_claim", token=token)
    return MailContent(
        subject=gettext("We have received your claim %(number)s", number=number),
        heading=gettext("Your claim has a number"),
        greeting=gettext("Hello,") if token else material.greeting,
        sentences=sentences,
        facts=((gettext("Claim"), number),),
        action=action,
    )


def _claim_notice(material: Material) -> MailContent:
    account, claimant = material.said("account"), material.said("claimant")
    heading = gettext("Somebody claims your account")
    if material.payload["again"]:
        heading = gettext("Reminder: somebody claims your account")
    return MailContent(
        subject=f"{heading}: {account}",
        heading=heading,
        greeting=material.greeting,
        sentences=(
            gettext(
                "%(claimant)s says that %(account)s has no billing contact left, and asks to become one.",
                claimant=claimant,
                account=account,
            ),
            gettext("If that is not so, object: one press ends the claim. You need not sign in for it."),
            gettext(
                "If nobody objects, our people can decide from %(day)s on.",
                day=long_day(material.payload["until"]),
            ),
        ),
        facts=(
            (gettext("Account"), account),
            (gettext("Who claims it"), f"{claimant} ({material.said('claimant_email')})"),
            (gettext("Claim"), material.said("number")),
        ),
        action=material.action(
            gettext("See the claim, and object"), "front.claim_notice", token=material.payload["token"]
        ),
    )


def _claim_answered(material: Material) -> MailContent:
    number, token = material.said("number"), str(material.payload["token"])
    action = None
    if material.payload["approved"]:
        heading = gettext("You are a billing contact now")
        sentences = [gettext("Our people have approved your claim.")]
        if token:
            sentences.append(gettext("Choose a password, and you can sign in."))
            action = material.action(gettext("Choose a password"), "front.set_password", token=token)
        else:
            action = material.action(gettext("Go to the account"), "front.home")
    elif material.payload.get("objected"):
        heading = gettext("Your claim has ended")
        sentences = [
            gettext("Somebody of the account has objected, so there is somebody to ask. Nothing has changed.")
        ]
    else:
        heading = gettext("Your claim was refused")
        sentences = [gettext("Our people could not approve your claim. Nothing has changed.")]
    return MailContent(
        subject=gettext("Claim %(number)s: %(outcome)s", number=number, outcome=heading),
        heading=heading,
        greeting=material.greeting,
        sentences=tuple(sentences),
        facts=((gettext("Claim"), number),),
        quote=quoted(str(material.payload.get("answer", ""))),
        action=action,
    )


def _claim_settled(material: Material) -> MailContent:
    account, claimant = material.said("account"), material.said("claimant")
    sentences = {
        "approved": [
            gettext(
                "%(claimant)s is a billing contact of %(account)s now.", claimant=claimant, account=account
            )
        ],
        "refused": [
            gettext("The claim of %(claimant)s was refused. Nothing has changed.", claimant=claimant)
        ],
        "objected": [
            gettext(
                "The claim of %(claimant)s ended by an objection. Nothing has changed.", claimant=claimant
            )
        ],
    }[str(material.payload["outcome"])]
    if material.payload["left"]:
        sentences.append(gettext("You are no longer a billing contact of this account."))
    sentences.append(gettext("If this is a mistake, tell us at once."))
    return MailContent(
        subject=gettext("The claim to %(account)s has ended", account=account),
        heading=gettext("The claim to your account has ended"),
        greeting=material.greeting,
        sentences=tuple(sentences),
        facts=((gettext("Account"), account), (gettext("Claim"), material.said("number"))),
    )


def _roles(material: Material) -> str:
    return words.names_of(Role(role) for role in material.payload["roles"])


KINDS: Mapping[str, Callable[[Material], MailContent]] = {
    "invitation": _invitation,
    "roles-changed": _roles_changed,
    "people-changed": _people_changed,
    "claim-received": _claim_received,
    "claim-notice": _claim_notice,
    "claim-answered": _claim_answered,
    "claim-settled": _claim_settled,
}
