"""Is everything there that a page needs?"""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.shared.records.schema import is_current


def migrations_are_current(session: Session) -> bool:
    """Say whether the database answers and every migration has run."""
    return is_current(session.connection())
