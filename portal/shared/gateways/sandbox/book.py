"""The sandbox processor's own book: what was charged, captured and refunded, key by key."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from portal.shared.gateways.cards import DeclineReason, Outcome
from portal.shared.gateways.clock import Clock
from portal.shared.gateways.sandbox.stamps import to_stamp
from portal.shared.gateways.sandbox.store import Store

_LARGEST_AMOUNT = 10**15  # minor units; a greater sum is a mistake, and SQLite counts only to 2**63
_CHARGE = (
    "SELECT charge.*, late_return.known_from AS returned_from"
    " FROM charge LEFT JOIN late_return USING (key) WHERE "
)
_BY_KEY = _CHARGE + "charge.key = ?"
_BY_REFERENCE = _CHARGE + "charge.reference = ?"
_REFUND_OF_KEY = "SELECT * FROM refund JOIN refund_key ON refund = number WHERE refund_key = ?"


class NotEnoughLeft(ValueError):
    """A refund would give back more than what was charged and not given back."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What the bank decides; nobody knows it before `known_from`, and a confirmation must come before `expires_at`."""

    outcome: Outcome
    reason: DeclineReason | None = None
    known_from: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """A charge as it stands at one moment. A tombstone has no amount, currency, card or return path."""

    key: str
    reference: str
    outcome: Outcome
    reason: DeclineReason | None
    amount_minor: int | None
    currency: str | None
    card_token: str | None
    return_path: str | None


@dataclass(frozen=True, slots=True)
class Capture:
    """Money taken under one key, in minor units."""

    key: str
    amount_minor: int
    refunded_minor: int
    currency: str


class Book:
    """One charge a key, for ever. Every method is one transaction of its own."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Keep the book in the given store."""
        self._store = store
        self._clock = clock

    def charge(
        self,
        *,
        key: str,
        amount_minor: int,
        currency: str,
        card_token: str,
        return_path: str,
        decide: Callable[[], Decision],
    ) -> tuple[Charge, bool]:
        """The charge of this key, and whether it is new; a new one ends as `decide` says.

        Raises:
            ValueError: the amount is not a positive whole number, or the key has another amount, currency or card.
        """
        if type(amount_minor) is not int or not 0 < amount_minor <= _LARGEST_AMOUNT:
            raise ValueError("a charge is a positive whole number of minor units")
        if not key or not (len(currency) == 3 and currency.isascii() and currency.isupper()):
            raise ValueError("a charge needs a key and an ISO 4217 currency")
        with self._store.write() as connection:
            before = self._find(connection, _BY_KEY, key)
            if before is not None:
                booked = (before.amount_minor, before.currency, before.card_token)
                if before.amount_minor is not None and booked != (amount_minor, currency, card_token):
                    raise ValueError("this key has been used for another amount, currency or card")
                return before, False
            decision = decide()
            known_from = decision.known_from and to_stamp(decision.known_from)
            returned = decision.outcome is Outcome.DECLINED
            connection.execute(
                "INSERT INTO charge (key, reference, amount_minor, currency, card_token, return_path, outcome, reason,"
                " known_from, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    key,
                    _new_reference(),
                    amount_minor,
                    currency,
                    card_token,
                    return_path,
                    decision.outcome,
                    decision.reason,
                    None if returned else known_from,
                    decision.expires_at and to_stamp(decision.expires_at),
                ),
            )
            if returned and known_from:
                connection.execute("INSERT INTO late_return VALUES (?, ?)", (key, known_from))
            return self._present(connection, _BY_KEY, key), True

    def of_key(self, key: str) -> Charge | None:
        """The charge of this key as it stands now, or None."""
        with self._store.read() as connection:
            return self._find(connection, _BY_KEY, key)

    def of_reference(self, reference: str) -> Charge | None:
        """The charge with this reference as it stands now, or None."""
        with self._store.read() as connection:
            return self._find(connection, _BY_REFERENCE, reference)

    def cancel(self, key: str) -> Charge:
        """Cancel what is not decided yet, or leave a tombstone for a charge that was never seen."""
        with self._store.write() as connection:
            before = self._find(connection, _BY_KEY, key)
            if before is None:
                connection.execute(
                    "INSERT INTO charge (key, reference, outcome) VALUES (?, ?, ?)",
                    (key, _new_reference(), Outcome.CANCELLED),
                )
            elif before.outcome in (Outcome.NO_ANSWER, Outcome.NEEDS_CONFIRMATION):
                _decide(connection, key, Outcome.CANCELLED, None)
            return self._present(connection, _BY_KEY, key)

    def confirm(self, reference: str, *, approved: bool) -> Charge | None:
        """Note what the card holder told the bank; it has no effect after a decision, a cancellation or the expiry."""
        with self._store.write() as connection:
            before = self._find(connection, _BY_REFERENCE, reference)
            if before is None or before.outcome is not Outcome.NEEDS_CONFIRMATION:
                return before
            if approved:
                _decide(connection, before.key, Outcome.APPROVED, None)
            else:
                _decide(connection, before.key, Outcome.DECLINED, DeclineReason.CONFIRMATION_FAILED)
            return self._present(connection, _BY_REFERENCE, reference)

    def refund(self, key: str, amount_minor: int, refund_key: str | None = None) -> str:
        """Give back a capture or a part of it, in minor units, and return the refund's reference.

        The same refund key gives back once; without one, each call is another refund.

        Raises:
            ValueError: the amount is not positive, or the refund key was used for another charge or amount.
            NotEnoughLeft: it is more than what is left under this key.
        """
        if type(amount_minor) is not int or amount_minor <= 0:
            raise ValueError("a refund is a positive whole number of minor units")
        with self._store.write() as connection:
            before = connection.execute(_REFUND_OF_KEY, (refund_key,)).fetchone()
            if before is not None:
                if (before["key"], before["amount_minor"]) != (key, amount_minor):
                    raise ValueError("this refund key has been used for another charge or amount")
                return f"re_{before['number']}"
            captured = (capture for capture in self._captures(connection) if capture.key == key)
            if amount_minor > sum(capture.amount_minor - capture.refunded_minor for capture in captured):
                raise NotEnoughLeft("a refund is not more than what is left of the capture")
            cursor = connection.execute(
                "INSERT INTO refund (key, amount_minor) VALUES (?, ?)", (key, amount_minor)
            )
            if refund_key is not None:
                connection.execute("INSERT INTO refund_key VALUES (?, ?)", (refund_key, cursor.lastrowid))
            return f"re_{cursor.lastrowid}"

    def captures(self) -> list[Capture]:
        """All money taken so far, one row a key."""
        with self._store.read() as connection:
            return self._captures(connection)

    def totals(self) -> dict[str, int]:
        """Captured minus refunded, in minor units, for each currency in which anything was captured."""
        totals: dict[str, int] = {}
        for capture in self.captures():
            left = capture.amount_minor - capture.refunded_minor
            totals[capture.currency] = totals.get(capture.currency, 0) + left
        return totals

    def _captures(self, connection: sqlite3.Connection) -> list[Capture]:
        rows = connection.execute(
            "SELECT charge.key, charge.amount_minor, coalesce(sum(refund.amount_minor), 0), charge.currency"
            " FROM charge LEFT JOIN refund ON refund.key = charge.key"
            " WHERE outcome = 'approved' AND coalesce(known_from, 0) <= ? GROUP BY charge.key",
            (to_stamp(self._clock.now()),),
        )
        return [Capture(*row) for row in rows]

    def _present(self, connection: sqlite3.Connection, question: str, value: str) -> Charge:
        """A charge that was written a line before."""
        charge = self._find(connection, question, value)
        if charge is None:
            raise LookupError("no such charge")
        return charge

    def _find(self, connection: sqlite3.Connection, question: str, value: str) -> Charge | None:
        """The charge as it stands now: the row, read with the clock."""
        row = connection.execute(question, (value,)).fetchone()
        if row is None:
            return None
        now = to_stamp(self._clock.now())
        outcome = Outcome(row["outcome"])
        reason = None if row["reason"] is None else DeclineReason(row["reason"])
        known_from = row["known_from"] or row["returned_from"]
        if known_from is not None and now < known_from:
            outcome, reason = Outcome.NO_ANSWER, None
        elif outcome is Outcome.NEEDS_CONFIRMATION and now >= row["expires_at"]:
            outcome, reason = Outcome.DECLINED, DeclineReason.CONFIRMATION_FAILED
        return Charge(
            row["key"],
            row["reference"],
            outcome,
            reason,
            row["amount_minor"],
            row["currency"],
            row["card_token"],
            row["return_path"],
        )


def _new_reference() -> str:
    """A reference nobody can guess: whoever knows it may answer the bank's question."""
    return f"ch_{secrets.token_urlsafe(24)}"


def _decide(connection: sqlite3.Connection, key: str, outcome: Outcome, reason: DeclineReason | None) -> None:
    connection.execute(
        "UPDATE charge SET outcome = ?, reason = ?, known_from = NULL WHERE key = ?", (outcome, reason, key)
    )
    connection.execute("DELETE FROM late_return WHERE key = ?", (key,))
