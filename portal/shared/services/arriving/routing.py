"""The account router between database and rules: who asks, what was decided, what may be picked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import overload

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.shared.domain.routing.destination import Destination
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import (
    STRANGER,
    AccountType,
    Membership,
    Role,
    StaffRole,
    SubscriptionFact,
    Visitor,
)
from portal.shared.records import routing as records
from portal.shared.records.accounts import Account, account_by_id, accounts_by_id
from portal.shared.records.subscriptions import seats_held, subscriptions_of_accounts
from portal.shared.services.accounts import is_expired, today
from portal.shared.services.sign_in.signing_in import SignedIn, TransactionMaker
from portal.shared.services.subscriptions.standing import standing_of

# Somebody who reloads, or presses a link until something happens, is told of once.
SAME_AGAIN = timedelta(minutes=1)

_log = structlog.stdlib.get_logger("portal.routing")


@dataclass(frozen=True, slots=True)
class Offered:
    """A subscription to pick, by the seller's names; `held` of `seats` are assigned."""

    id: int
    product: str
    plan: str
    seats: int
    held: int


class FactsLater(Sequence[SubscriptionFact]):
    """The subscriptions of an account, looked up when the router first wants to know them; most pages never do."""

    def __init__(self, look: Callable[[], Sequence[SubscriptionFact]]) -> None:
        self._look = cache(look)

    @overload
    def __getitem__(self, place: int) -> SubscriptionFact: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[SubscriptionFact]: ...
    def __getitem__(self, place: int | slice) -> SubscriptionFact | Sequence[SubscriptionFact]:
        """The one at a place, or some of them."""
        return self._look()[place]

    def __len__(self) -> int:
        """How many there are."""
        return len(self._look())


def visitor_of(
    session: Session, who: SignedIn | None, now: datetime, asked_later: Callable[[], Session] | None = None
) -> Visitor:
    """The visitor as the router knows them, each account on its own day; one statement, however many accounts.

    The session that has just said who they are knows the accounts already. What subscriptions there are is asked for
    in one more statement, when it is wanted: of `asked_later`, where this session may be over by then.
    """
    if who is None:
        return STRANGER
    accounts = accounts_by_id(session, [one.account_id for one in who.memberships])
    facts = _facts_of(accounts, now, asked_later or (lambda: session))
    return Visitor(
        signed_in=True,
        memberships=tuple(
            _membership(accounts[one.account_id], facts, one.roles, now)
            for one in who.memberships
            if one.account_id in accounts
        ),
        chosen=who.account_id,
        staff_role=StaffRole(who.staff_role) if who.staff_role else None,
    )


def speaker_for(
    session: Session,
    account_id: int,
    roles: Iterable[str],
    now: datetime,
    asked_later: Callable[[], Session] | None = None,
) -> Visitor:
    """A visitor who is these things for one account and asks for nothing else, as a program does; one statement.

    What subscriptions there are is asked for when it is wanted, as in `visitor_of`.
    """
    account = account_by_id(session, account_id)
    if account is None:
        return Visitor(signed_in=True, chosen=account_id)
    facts = _facts_of({account_id: account}, now, asked_later or (lambda: session))
    return Visitor(signed_in=True, memberships=(_membership(account, facts, roles, now),), chosen=account_id)


def visitor_as(
    session: Session,
    account_id: int,
    role: Role,
    now: datetime,
    asked_later: Callable[[], Session] | None = None,
) -> Visitor:
    """A visitor who is this for an account and nothing else: whom our own people look through the eyes of."""
    return speaker_for(session, account_id, (role,), now, asked_later)


def record_decision(
    transactions: TransactionMaker,
    who: SignedIn | None,
    task: Task | None,
    there: Destination,
    now: datetime,
    *,
    product: str | None = None,
) -> None:
    """Keep what the router decided for a signed-in person (A7); the same again within a minute is one line.

    Task links are followed with GET, which changes nothing: this is a line of a log that no page acts upon. It is
    written in a short transaction of its own, after the decision and apart from what the page reads, and where the
    database cannot take it the visitor is led on all the same and the line goes to the log file.
    """
    if who is None:
        return
    decision = records.RoutingDecision(
        at=now,
        person_id=who.person_id,
        account_id=there.account_id,
        task=task or "",
        product=product or "",
        endpoint=there.endpoint,
        reason=there.reason,
    )
    try:
        with transactions.write() as session:
            if not records.decided_just_now(session, decision, now - SAME_AGAIN):
                session.add(decision)
    except SQLAlchemyError as error:
        _log.warning(
            "a routing decision was not recorded", reason=str(there.reason), why=type(error).__name__
        )


def offered(
    session: Session, account_id: int, subscriptions: Iterable[SubscriptionFact], language: str
) -> list[Offered]:
    """The subscriptions somebody may pick from, by name, in the seller's order."""
    held = seats_held(session, account_id)
    wanted = [one.id for one in subscriptions]
    return [
        Offered(
            row.id, _in(product.names, language), _in(plan.names, language), row.seats, held.get(row.id, 0)
        )
        for row, product, plan in records.names_of_subscriptions(session, account_id, wanted)
    ]


_Facts = Callable[[int], Sequence[SubscriptionFact]]


def _facts_of(accounts: Mapping[int, Account], now: datetime, ask: Callable[[], Session]) -> _Facts:
    """What the router may want to know of the subscriptions of these accounts, by account; one statement for all."""
    rows = cache(lambda: subscriptions_of_accounts(ask(), accounts))

    def facts(account_id: int) -> Sequence[SubscriptionFact]:
        day = today(accounts[account_id], now)
        return [SubscriptionFact(row.id, row.product, standing_of(row, day)) for row in rows()[account_id]]

    return facts


def _membership(account: Account, facts: _Facts, roles: Iterable[str], now: datetime) -> Membership:
    return Membership(
        account_id=account.id,
        account_type=AccountType(account.type),
        roles=frozenset(Role(role) for role in roles),
        subscriptions=FactsLater(lambda: facts(account.id)),
        expired=is_expired(account, today(account, now)),
    )


def _in(words: dict[str, str], language: str) -> str:
    return words.get(language) or words["en"]
