"""News of an account, by mail to everybody who manages its billing, each in their own language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.records.accounts import Account
from portal.shared.services import notifications
from portal.shared.services.people import contacts as people


def tell_contacts(
    session: Session, account: Account, kind: str, about: str, told: Mapping[str, Any], now: datetime
) -> None:
    """Mail every billing contact once: `about` tells this piece of news from all others of its kind."""
    for reader in people.billing_contacts(session, account.id, account.language):
        notifications.enqueue_mail(
            session,
            kind,
            reader.email,
            reader.language,
            {"name": reader.name, "account": account.name, **told},
            f"{kind}:{about}:{reader.person_id}",
            now,
        )
