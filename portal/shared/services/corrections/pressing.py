"""A button that is pressed again writes nothing again: the key of its page is kept with what it was pressed for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.shared.records.api_tokens import ApiRequestKey, request_key


@dataclass(frozen=True, slots=True)
class Press:
    """The key of a page, and a fingerprint of what the page sent."""

    key: str
    fingerprint: str

    @property
    def kept_as(self) -> str:
        """Programs name their own keys; those of pages cannot meet them."""
        return f"page:{self.key}"


@dataclass(frozen=True, slots=True)
class Repeated:
    """This very press was carried out before; nothing was written again."""


@dataclass(frozen=True, slots=True)
class KeyReused:
    """The key was used before for something else; nothing was written."""


def seen_before(session: Session, account_id: int, press: Press | None) -> Repeated | KeyReused | None:
    """What became of this key before: nothing where it is new, or where nobody pressed a button.

    Under the account's lock the answer holds.
    """
    if press is None:
        return None
    known = request_key(session, account_id, press.kept_as)
    if known is None:
        return None
    return Repeated() if known.fingerprint == press.fingerprint else KeyReused()


def keep(session: Session, account_id: int, press: Press | None, now: datetime) -> None:
    """Remember a press with what it wrote, in the same transaction; for as long as programs' keys are kept."""
    if press is not None:
        kept = {"key": press.kept_as, "fingerprint": press.fingerprint, "at": now}
        session.add(ApiRequestKey(account_id=account_id, **kept))
