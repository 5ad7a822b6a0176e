"""What people are for an account, in words, and why a change of that is not made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext, ngettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.people.roles import Refused
from portal.shared.domain.routing.visitor import Role
from portal.shared.services.people.accepting import Stale
from portal.shared.services.people.invitations import Invited

ROLES: Mapping[Role, LazyString] = {
    Role.BILLING_CONTACT: lazy_gettext("Billing contact"),
    Role.ACCOUNT_ADMIN: lazy_gettext("Account admin"),
    Role.APPROVER: lazy_gettext("Approver"),
    Role.VIEWER: lazy_gettext("Viewer"),
    Role.SEAT_HOLDER: lazy_gettext("Seat holder"),
}
HINTS: Mapping[Role, LazyString] = {
    Role.BILLING_CONTACT: lazy_gettext(
        "Orders, pays, sees every invoice, and decides who else is a billing contact."
    ),
    Role.ACCOUNT_ADMIN: lazy_gettext("Gives out seats and manages admins. Has no right in billing."),
    Role.APPROVER: lazy_gettext(
        "Approves orders above a billing contact’s limit. Sees subscriptions and invoices, as a viewer does."
    ),
    Role.VIEWER: lazy_gettext("Sees subscriptions, invoices and statements, and changes nothing."),
}

_REFUSED: Mapping[Refused, LazyString] = {
    Refused.NOT_YOURS_TO_GIVE: lazy_gettext("This role is not yours to give."),
    Refused.NOT_YOURS_TO_TAKE: lazy_gettext("This role is not yours to take away."),
    Refused.NOT_TO_YOURSELF: lazy_gettext(
        "Nobody can give a role to themselves. Ask a colleague who manages this account."
    ),
    Refused.LAST_CONTACT: lazy_gettext(
        "An account needs a billing contact who can sign in. Invite another one first."
    ),
}
_INVITED: Mapping[Invited, LazyString] = {
    Invited.IS_ALREADY: lazy_gettext("Whoever has this address is that already."),
    Invited.INVITED_ALREADY: lazy_gettext("This address is invited already. You can send it again below."),
    Invited.NOT_YOURS_TO_GIVE: lazy_gettext("This role is not yours to give."),
    Invited.NOT_POSSIBLE: lazy_gettext("This address cannot be invited."),
    Invited.TOO_MANY: lazy_gettext(
        "This account has sent many invitations today. Send the next ones tomorrow."
    ),
}
STALE: Mapping[Stale, LazyString] = {
    Stale.UNKNOWN: lazy_gettext("There is no such invitation. The newest mail has the link that works."),
    Stale.ACCEPTED: lazy_gettext("This invitation was accepted already."),
    Stale.WITHDRAWN: lazy_gettext("This invitation was withdrawn."),
    Stale.RUN_OUT: lazy_gettext("This invitation has run out. Whoever invited you can send it again."),
}


def names_of(roles: Iterable[Role]) -> str:
    """Several roles in one line, the one with the most rights first."""
    kept = set(roles)
    return ", ".join(str(word) for role, word in ROLES.items() if role in kept)


def refused(why: Refused) -> str:
    """Why roles stay as they are."""
    return str(_REFUSED[why])


def not_invited(why: Invited) -> str:
    """Why no mail was sent."""
    return str(_INVITED[why])


def waits(quotes: int, invoices: int, approvals: int = 0) -> str:
    """What waits at an account, in one line; nothing: an empty one."""
    parts = []
    if quotes:
        parts.append(ngettext("%(num)d quote to answer", "%(num)d quotes to answer", quotes))
    if invoices:
        parts.append(ngettext("%(num)d invoice to pay", "%(num)d invoices to pay", invoices))
    if approvals:
        parts.append(ngettext("%(num)d order to approve", "%(num)d orders to approve", approvals))
    return " · ".join(parts)
