"""Instants as the book stores them: whole milliseconds since 1970, UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_stamp(instant: datetime) -> int:
    """Milliseconds since 1970, UTC, rounded down."""
    return (instant - _EPOCH) // _MILLISECOND


def from_stamp(stamp: int) -> datetime:
    """The instant of a stamp, aware, in UTC."""
    return _EPOCH + stamp * _MILLISECOND
