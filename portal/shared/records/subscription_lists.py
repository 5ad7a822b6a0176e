"""Questions about the subscriptions of an account that has many: a page of them at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from portal.shared.domain.subscription_lists import MeantBy, Place, SubscriptionWish
from portal.shared.records.plain_rows import rows_with
from portal.shared.records.subscriptions import Seat, SubscriptionRow

_ACCOUNT: sa.BindParameter[int] = sa.bindparam("account_id", type_=sa.BigInteger())
_DAY: sa.BindParameter[date] = sa.bindparam("day", type_=sa.Date())
_MOST: sa.BindParameter[int] = sa.bindparam("most", type_=sa.Integer())


def _place(row: Any) -> sa.ColumnElement[int]:
    """Where a row stands in a list on the day: `PLACES` by `standing_by`, in the database's words."""
    service_ends = sa.func.coalesce(row.contract_end, row.period_end)
    over = sa.and_(row.pending_cancellation, row.period_end <= _DAY, service_ends <= _DAY)
    return sa.case(
        (sa.and_(row.frequency.is_(None), row.ended_on.is_(None), row.trial_end > _DAY), int(Place.ENDS)),
        (row.frequency.is_(None), int(Place.OVER)),
        (row.ended_on <= _DAY, int(Place.OVER)),
        (row.past_due_since.is_not(None), int(Place.ATTENTION)),
        (over, int(Place.OVER)),
        (row.pending_cancellation, int(Place.ENDS)),
        else_=int(Place.RUNS),
    )


_HERE = _place(SubscriptionRow)
_HELD = (
    sa.select(sa.func.count())
    .where(Seat.account_id == SubscriptionRow.account_id, Seat.subscription_id == SubscriptionRow.id)
    .correlate(SubscriptionRow)
    .scalar_subquery()
)


def page_of_subscriptions(
    session: Session, account_id: int, wish: SubscriptionWish, day: date, most: int
) -> Sequence[tuple[SubscriptionRow, int]]:
    """Which subscriptions of an account are wished for, in the order of a list, and how many seats are held of each?

    Those that only wait in the cart are none of them.
    """
    plain = wish == SubscriptionWish(with_seats=wish.with_seats)
    question = _PLAIN[wish.with_seats] if plain else _question(wish)
    return rows_with(session, question, {"account_id": account_id, "day": day, "most": most})


def _question(wish: SubscriptionWish) -> sa.Select[Any]:
    row = aliased(SubscriptionRow)
    place = _place(row)
    found = sa.select(row.id).where(row.account_id == _ACCOUNT, sa.not_(row.waiting))
    for word in wish.words:
        found = found.where(_means(row, word))
    if wish.places:
        found = found.where(place.in_(sorted(wish.places)))
    if wish.with_seats:
        held = sa.exists().where(Seat.account_id == row.account_id, Seat.subscription_id == row.id)
        found = found.where(sa.or_(place != int(Place.OVER), held))
    if wish.after is not None:
        last = aliased(SubscriptionRow)
        behind = (
            sa.select(_place(last))
            .where(last.account_id == _ACCOUNT, last.id == wish.after)
            .scalar_subquery()
        )
        found = found.where(sa.or_(place > behind, sa.and_(place == behind, row.id > wish.after)))
    page = found.order_by(place, row.id).limit(_MOST)
    # Seats are counted for the page alone, not for all that it is chosen from.
    return (
        sa.select(SubscriptionRow, _HELD)
        .where(SubscriptionRow.id.in_(page))
        .order_by(_HERE, SubscriptionRow.id)
    )


def _means(row: Any, word: MeantBy) -> sa.ColumnElement[bool]:
    meant: list[sa.ColumnElement[bool]] = [
        row.product.in_(sorted(word.products)),
        row.plan_id.in_(sorted(word.plans)),
    ]
    if word.number is not None:
        meant.append(row.id == word.number)
    return sa.or_(*meant)


# What is asked again and again: the first page of everything.
_PLAIN = {with_seats: _question(SubscriptionWish(with_seats=with_seats)) for with_seats in (False, True)}
