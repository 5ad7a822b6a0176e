"""Requests to the seller's people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.api.shapes.basics import Note
from portal.api.shapes.orders import WantedChange
from portal.shared.domain.requests import RequestKind, RequestState


@dataclass(frozen=True, slots=True)
class Request:
    """Something only the seller's people can do: asked for, with a state and an answer."""

    number: int
    kind: RequestKind
    state: RequestState
    note: str
    asked_by: str
    asked_at: datetime
    answer: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class RequestPage:
    """Requests, the newest first."""

    items: tuple[Request, ...]
    next: int | None


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A request in words; `lower_plan` makes it one for a lower plan of a subscription."""

    note: Note
    lower_plan: WantedChange | None = None
