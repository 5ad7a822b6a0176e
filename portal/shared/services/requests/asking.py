"""What a customer does with requests: ask, ask anew, withdraw."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.domain.changes import Wanted
from portal.shared.domain.requests import RequestEvent, RequestKind, may_be_asked
from portal.shared.domain.wishes import (
    OtherProduct,
    Wish,
    from_plain,
    kind_of,
    same_matter,
    subscription_of,
    to_plain,
)
from portal.shared.records import requests as records
from portal.shared.records.accounts import lock_account
from portal.shared.records.requests import Request
from portal.shared.services import activity
from portal.shared.services.requests.errors import NotAskedHereError
from portal.shared.services.requests.moving import happen, locked, not_on_its_way, still_open, tell
from portal.shared.services.subscriptions.standing import row_of


def ask_for_lower_plan(session: Session, account_id: int, want: Wanted, person_id: int, now: datetime) -> int:
    """Ask Customer Care for a lower plan and return the request's number; asking again renews the open request.

    Raises:
        UnknownSubscriptionError: this account has no such subscription.
        OnItsWayError: the order of the open request waits for the bank.
    """
    return ask(session, account_id, want, "", person_id, now)


def ask(session: Session, account_id: int, wish: Wish, note: str, person_id: int, now: datetime) -> int:
    """Ask for what only staff can do and return the request's number.

    The same wish again is the same request; another wish in the same matter renews it.

    Raises:
        NotAskedHereError: accounts of this type do not ask for that.
        UnknownSubscriptionError: this account has no such subscription.
        OnItsWayError: the order of the open request waits for the bank.
    """
    account = lock_account(session, account_id)
    kind, number = kind_of(wish), subscription_of(wish)
    if not may_be_asked(kind, account.type):
        raise NotAskedHereError(kind)
    product = row_of(session, account_id, number).product if number is not None else ""
    if isinstance(wish, OtherProduct):
        product = wish.product
    request = _open_one(session, account_id, wish, note, person_id)
    if request is not None:
        _renew(session, request, wish, note, person_id, now)
        return request.number
    account.last_request_number += 1
    request = Request(
        account_id=account_id,
        number=account.last_request_number,
        kind=kind,
        subscription_id=number,
        wanted=to_plain(wish),
        note=note,
        created_by=person_id,
        created_at=now,
    )
    session.add(request)
    session.flush()
    detail = {"number": request.number, "kind": str(kind), "state": str(request.state)}
    activity.record(session, account_id, person_id, "request-made", detail, now)
    tell(session, request, account, "request-made", {"product": product}, f"request-made:{request.id}", now)
    return request.number


def withdraw(session: Session, account_id: int, number: int, person_id: int, now: datetime) -> None:
    """Take a request back.

    Raises:
        LookupError: this account has no such request.
        AlreadyAnsweredError: it has ended.
        OnItsWayError: its order waits for the bank, which may still approve.
    """
    found = records.request_of(session, account_id, number)
    if found is None:
        raise LookupError(number)
    request, _ = locked(session, found.id)
    still_open(request)
    not_on_its_way(session, request)
    happen(session, request, RequestEvent.WITHDRAW, person_id, "", now)
    request.owner_id = None


def _open_one(session: Session, account_id: int, wish: Wish, note: str, person_id: int) -> Request | None:
    """The open request that a wish repeats or renews."""
    for request in records.open_requests_of(session, account_id, kind_of(wish)):
        if request.kind in _OF_THEIR_ASKER and request.created_by != person_id:
            continue
        known = from_plain(request.kind, request.wanted, request.subscription_id)
        if same_matter(known, wish) and (request.note == note or request.kind not in _NAMED_BY_THEIR_NOTE):
            return request
    return None


# Who asks decides whether it may be done (D4), so nobody renews what somebody else asked for.
_OF_THEIR_ASKER = frozenset({RequestKind.BILLING_CONTACT})
# Two of these about different things are told apart by their notes alone.
_NAMED_BY_THEIR_NOTE = frozenset({RequestKind.OTHER})


def _renew(session: Session, request: Request, wish: Wish, note: str, person_id: int, now: datetime) -> None:
    not_on_its_way(session, request)
    wanted = to_plain(wish)
    if (request.wanted, request.note) == (wanted, note):
        return  # the second of two clicks
    request.wanted, request.note = wanted, note
    happen(session, request, RequestEvent.RENEW, person_id, "", now)
