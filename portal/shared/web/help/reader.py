"""Who reads, and what the account router says to them about a task; strangers are told how it is for everybody."""

from __future__ import annotations

from dataclasses import dataclass, replace

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.destination import Destination
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.router import decide
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.web.entrance import identity
from portal.shared.web.entrance.doors import current_visitor
from portal.shared.web.help import for_you

_EXPIRED = frozenset({Reason.ACCOUNT_EXPIRED, Reason.CONTACT_RENEWS, Reason.CORPORATE_ACCOUNT_EXPIRED})


@dataclass(frozen=True, slots=True)
class ForYou:
    """The router's answer to whoever is signed in: a sentence, the type of the account, and whether they are led on."""

    sentence: str
    account_type: AccountType | None
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the plan of one account of the reader is not changed by them online; none when nothing stands in the way."""

    account: str
    cause: str | None


def for_reader(task: Task, product: str | None) -> ForYou | None:
    """What the router says of a task; nothing to strangers."""
    visitor = current_visitor()
    if not visitor.signed_in:
        return None
    there = decide(visitor, task, product)
    return ForYou(
        for_you.sentence(there.reason, _account_name(there.account_id)),
        _type_of(there.account_id),
        there.endpoint != pages.NOT_THE_CONTACT,
    )


def causes() -> list[Cause]:
    """For each account of the reader, which of the three causes keeps them from changing its plan online."""
    visitor = current_visitor()
    return [
        Cause(
            _account_name(one.account_id) or "",
            _cause(decide(replace(visitor, chosen=one.account_id), Task.CHANGE_PLAN)),
        )
        for one in visitor.memberships
    ]


def _cause(there: Destination) -> str | None:
    if there.reason in _EXPIRED:
        return "expired"
    if there.endpoint == pages.NOT_THE_CONTACT:
        return "not-the-contact"
    return "corporate" if _type_of(there.account_id) is AccountType.CORPORATE else None


def _account_name(account_id: int | None) -> str | None:
    person = identity.current_person()
    memberships = person.memberships if person else ()
    return next((one.account_name for one in memberships if one.account_id == account_id), None)


def _type_of(account_id: int | None) -> AccountType | None:
    found = (one.account_type for one in current_visitor().memberships if one.account_id == account_id)
    return next(found, None)
