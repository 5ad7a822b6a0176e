"""A change of billing contact, asked for in a request and carried out in one transaction (D4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.domain.contact_change import Lack, lacks
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.domain.requests import RequestEvent
from portal.shared.domain.wishes import NewContact, from_plain
from portal.shared.records.accounts import Account
from portal.shared.records.payments import methods_of
from portal.shared.records.people import Membership, Person
from portal.shared.records.requests import Request
from portal.shared.services import activity, notifications
from portal.shared.services.people import contacts as people
from portal.shared.services.requests.answering import answered
from portal.shared.services.requests.errors import OtherWorkError
from portal.shared.services.requests.moving import for_staff
from portal.shared.services.sign_in.password_links import first_link

CONTACT, ADMIN = "billing_contact", "account_admin"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What Customer Care was told by the asker: the last digits of a card, and whether the name on it is theirs."""

    last_digits: str = ""
    name_on_card_confirmed: bool = False


class Obstacle(StrEnum):
    """Why the person who was named cannot become the contact, whatever the evidence."""

    OUR_STAFF = "our-staff"
    CLOSED_SIGN_IN = "closed-sign-in"
    UNKNOWN_OLD_CONTACT = "unknown-old-contact"
    SAME_PERSON = "same-person"


@dataclass(frozen=True, slots=True)
class Contacts:
    """What the desk sees of an account before it changes a contact; never a digit of a card."""

    people: Sequence[people.Recipient]
    asker_is_admin: bool
    has_card: bool


def contacts_of(session: Session, request_id: int) -> Contacts:
    """Who manages the account's billing today, and what the asker is there.

    Raises:
        NoResultFound: there is no such request.
    """
    request = session.get_one(Request, request_id)
    account = session.get_one(Account, request.account_id)
    roles = _roles(session, account.id, request.created_by)
    return Contacts(
        people.billing_contacts(session, account.id, account.language),
        ADMIN in roles,
        bool(methods_of(session, account.id)),
    )


def change_contact(
    session: Session,
    request_id: int,
    staff_id: int,
    answer: str,
    evidence: Evidence,
    old_contact_id: int | None,
    now: datetime,
    *,
    seen: int | None = None,
) -> Sequence[Lack | Obstacle]:
    """Make the person who was named a billing contact, and answer the request; or say what is missing.

    `old_contact_id` loses the role, if one is given. What was missing is noted in the activity. For a corporate
    account the representative knows the people, and the answer says why.

    Raises:
        LookupError: there is no such request.
        AlreadyAnsweredError: it has ended.
        TakenByColleagueError: it is somebody else's.
        ChangedMeanwhileError: something has happened to it since.
        OtherWorkError: it asks for something else.
    """
    request, account = for_staff(session, request_id, staff_id, seen)
    wish = from_plain(request.kind, request.wanted, request.subscription_id)
    if not isinstance(wish, NewContact):
        raise OtherWorkError(request.kind)
    missing: list[Lack | Obstacle] = [
        *_lacks(session, request, account, evidence),
        *_obstacles(session, account, wish, old_contact_id),
    ]
    if missing:
        detail = {"number": request.number, "missing": [str(one) for one in missing]}
        activity.record(session, account.id, staff_id, "billing-contact-refused", detail, now)
        return missing
    before = people.billing_contacts(session, account.id, account.language)
    person = people.find_or_add(session, wish.name, wish.email)
    people.add_role(session, person.id, account.id, CONTACT, now)
    if old_contact_id is not None:
        people.remove_contact(session, old_contact_id, account.id)
    _keep_evidence(session, request, account, evidence, staff_id, (person.id, old_contact_id), now)
    _tell_everybody(session, request, account, before, person, old_contact_id, now)
    told = {"contact": person.name, "left": "yes" if old_contact_id == request.created_by else ""}
    answered(session, request, account, RequestEvent.CARRY_OUT, staff_id, answer, now, told)
    return ()


def _lacks(session: Session, request: Request, account: Account, evidence: Evidence) -> list[Lack]:
    roles = _roles(session, account.id, request.created_by)
    belongs = bool(roles & {CONTACT, ADMIN})
    if account.type != "online":
        return [] if belongs else [Lack.ASKER_LEFT]
    return lacks(
        evidence.last_digits,
        {method.last4 for method in methods_of(session, account.id) if method.kind == MethodKind.CARD},
        asker_belongs=belongs,
        asker_is_admin=ADMIN in roles,
        name_on_card_confirmed=evidence.name_on_card_confirmed,
    )


def _obstacles(
    session: Session, account: Account, wish: NewContact, old_contact_id: int | None
) -> list[Obstacle]:
    found = []
    person = people.known(session, wish.email)
    if person is not None and person.staff_role is not None:
        found.append(Obstacle.OUR_STAFF)
    if person is not None and person.disabled_at is not None:
        found.append(Obstacle.CLOSED_SIGN_IN)
    if old_contact_id is not None:
        if CONTACT not in _roles(session, account.id, old_contact_id):
            found.append(Obstacle.UNKNOWN_OLD_CONTACT)
        elif person is not None and person.id == old_contact_id:
            found.append(Obstacle.SAME_PERSON)
    return found


def _roles(session: Session, account_id: int, person_id: int) -> set[str]:
    question = sa.select(Membership.role).where(
        Membership.account_id == account_id, Membership.person_id == person_id
    )
    return set(session.scalars(question))


def _keep_evidence(
    session: Session,
    request: Request,
    account: Account,
    evidence: Evidence,
    staff_id: int,
    came_and_left: tuple[int, int | None],
    now: datetime,
) -> None:
    """What was shown, never the digits: whoever reads the activity must not learn them."""
    came, left = came_and_left
    detail = {"number": request.number, "contact": came, "no_longer": left, "asked_by": request.created_by}
    if account.type == "online":
        is_admin = ADMIN in _roles(session, account.id, request.created_by)
        confirmed = evidence.name_on_card_confirmed
        shown = {"card": "matched", "name_on_card": confirmed, "account_admin": is_admin}
    else:
        shown = {"answered_for": "the representative"}
    activity.record(session, account.id, staff_id, "billing-contact-changed", {**detail, **shown}, now)


def _tell_everybody(
    session: Session,
    request: Request,
    account: Account,
    before: Sequence[people.Recipient],
    person: Person,
    old_contact_id: int | None,
    now: datetime,
) -> None:
    """The new contact is welcomed, the others are told; whoever asked has the answer to their request."""
    new = people.recipient(session, person.id, account.language)
    common = {"account": account.name, "account_type": account.type, "contact": new.name}
    if new.person_id != request.created_by:
        key = f"contact-added:{request.id}"
        token = first_link(session, person.id, now) if people.needs_password(session, person) else ""
        payload = {**common, "name": new.name, "token": token}
        notifications.enqueue_mail(session, "contact-added", new.email, new.language, payload, key, now)
    for reader in before:
        if reader.person_id not in (new.person_id, request.created_by):
            key = f"contact-changed:{request.id}:{reader.person_id}"
            left = "yes" if reader.person_id == old_contact_id else ""
            payload = {**common, "name": reader.name, "left": left}
            notifications.enqueue_mail(
                session, "contact-changed", reader.email, reader.language, payload, key, now
            )
