"""Recording what was done, in the transaction that did it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.records.activity import append, append_to_locked


def record(
    session: Session,
    account_id: int,
    person_id: int | None,
    action: str,
    detail: dict[str, Any],
    now: datetime,
) -> None:
    """Keep one entry of what was done for an account. `person_id` is none for the system itself.

    `detail` holds what changed: `{"old": …, "new": …}`, or pairs by name. People stand in it by their number; what
    stands under a name of `domain.activity.PERSONAL` (`email`, `person_name`, `phone`, …) is kept beside the chain.

    Raises:
        TypeError: the detail holds a float.
    """
    append(
        session,
        account_id=account_id,
        about_id=None,
        person_id=person_id,
        action=action,
        detail=detail,
        now=now,
    )


def record_for_locked(
    session: Session,
    account_ids: Sequence[int],
    action: str,
    details: Sequence[dict[str, Any]],
    now: datetime,
) -> None:
    """Keep one entry for each of these accounts, whose rows the caller holds; told as for `record`.

    Raises:
        TypeError: a detail holds a float.
        ValueError: a detail holds something personal.
    """
    append_to_locked(session, account_ids, action, details, now)


def record_personal(
    session: Session,
    person_id: int,
    actor_id: int | None,
    action: str,
    detail: dict[str, Any],
    now: datetime,
) -> None:
    """Keep one entry about a person rather than an account, such as a new password; told as for `record`."""
    append(
        session,
        account_id=None,
        about_id=person_id,
        person_id=actor_id,
        action=action,
        detail=detail,
        now=now,
    )
