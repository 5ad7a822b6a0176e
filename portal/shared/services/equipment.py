"""What the edge holds in its hands: pages carry these to the services, which alone know how to use them."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager

from sqlalchemy.exc import SQLAlchemyError as DatabaseError
from sqlalchemy.orm import Session

from portal.shared.domain.patience import ending_at
from portal.shared.gateways.cards import CardProcessor, ProcessorUnavailable
from portal.shared.gateways.clock import Clock
from portal.shared.gateways.identity_providers.providers import IdentityProviders
from portal.shared.gateways.mail import Mailer
from portal.shared.gateways.tax_registry import TaxRegistry
from portal.shared.records.database import CommitUnknownError, Database, is_passing

__all__ = [
    "CardProcessor",
    "Clock",
    "CommitUnknownError",
    "Database",
    "DatabaseError",
    "IdentityProviders",
    "Mailer",
    "ProcessorUnavailable",
    "Session",
    "TaxRegistry",
    "in_time",
    "is_passing",
]


def in_time(seconds: float) -> AbstractContextManager[None]:
    """Whatever is asked inside, of the database or of others, ends within so many seconds from now."""
    return ending_at(time.monotonic() + seconds)
