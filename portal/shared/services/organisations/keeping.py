"""What every change of an organisation's settings does: it holds its accounts, and is written to their activity."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from portal.shared.records import identity_providers
from portal.shared.records.accounts import lock_account
from portal.shared.records.identity_providers import IdentityProvider
from portal.shared.services import activity

LONGEST_NAME, LONGEST_CLIENT_ID, LONGEST_SECRET, LONGEST_NOTE = 100, 500, 2000, 300


class Problem(StrEnum):
    """Why something was not kept."""

    NAME_MISSING = "name_missing"
    TOO_LONG = "too_long"
    ISSUER = "issuer"
    CLIENT_ID_MISSING = "client_id_missing"
    SECRET_AGAIN = "secret_again"  # noqa: S105  # the name of a problem
    TAKEN = "taken"
    DOMAIN = "domain"
    DOMAIN_PUBLIC = "domain_public"
    DOMAIN_TAKEN = "domain_taken"
    DOMAIN_OURS = "domain_ours"
    NOTE_MISSING = "note_missing"
    NOT_PROVEN = "not_proven"
    NO_PROVIDER = "no_provider"


def provider_held(session: Session, account_id: int) -> IdentityProvider | None:
    """The provider of an account, with every account of its organisation locked, in one order for everybody."""
    provider = identity_providers.provider_of_account(session, account_id)
    others = identity_providers.accounts_of_provider(session, provider.id) if provider else ()
    for number in sorted({account_id, *others}):
        lock_account(session, number)
    return identity_providers.provider_of_account(session, account_id)


def record(
    session: Session,
    provider: IdentityProvider,
    staff_id: int,
    action: str,
    detail: dict[str, Any],
    now: datetime,
) -> None:
    """One entry for every account of the organisation: each can read what was decided for it."""
    for account_id in identity_providers.accounts_of_provider(session, provider.id):
        activity.record(session, account_id, staff_id, action, {"name": provider.name, **detail}, now)
