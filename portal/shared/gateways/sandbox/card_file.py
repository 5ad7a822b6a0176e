"""Which cards and bank accounts the sandbox processor keeps, and the visits in which they are typed."""

from __future__ import annotations

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from portal.shared.domain.payment_methods import DebitScheme, MethodKind
from portal.shared.gateways.cards import Card
from portal.shared.gateways.clock import Clock
from portal.shared.gateways.sandbox.known_accounts import KnownAccount, account_named
from portal.shared.gateways.sandbox.stamps import from_stamp, to_stamp
from portal.shared.gateways.sandbox.store import Store

_SESSION = (
    "SELECT card_session.*, card.*, scheme, with_card, bank_account.token AS account_token, known_account"
    " FROM card_session LEFT JOIN card ON card.token = card_session.card_token"
    " LEFT JOIN debit_session ON debit_session.session = card_session.reference"
    " LEFT JOIN bank_account ON bank_account.token = debit_session.account_token WHERE card_session."
)
_SESSION_BY_KEY = _SESSION + "key = ?"
_SESSION_BY_REFERENCE = _SESSION + "reference = ?"


@dataclass(frozen=True, slots=True)
class CardDetails:
    """All that is kept of a typed card: which known card it is and its expiry. Never the number or the code."""

    known_card: str
    brand: str
    last4: str
    expiry_month: int
    expiry_year: int

    def are_of(self, card: Card) -> bool:
        """Whether the given card looks the same."""
        mine = (self.brand, self.last4, self.expiry_month, self.expiry_year)
        return mine == (card.brand, card.last4, card.expiry_month, card.expiry_year)


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """A visit to the card page; `card` once one was typed, or a bank account where there is a `scheme`."""

    reference: str
    return_path: str
    language: str
    opened_at: datetime
    card: Card | None
    scheme: DebitScheme | None = None
    takes_cards: bool = True


class CardFile:
    """Cards by token, sessions by reference. Every method is one transaction of its own."""

    def __init__(self, store: Store, clock: Clock) -> None:
        """Keep the cards in the given store."""
        self._store = store
        self._clock = clock

    def open_session(
        self,
        key: str,
        return_path: str,
        language: str,
        scheme: DebitScheme | None = None,
        *,
        takes_cards: bool = True,
    ) -> OpenedSession:
        """The session of this key, opened if it is new. Raises ValueError if the key has another return path."""
        with self._store.write() as connection:
            connection.execute(
                "INSERT INTO card_session (reference, key, return_path, language, opened_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET language = excluded.language",
                (f"cs_{secrets.token_urlsafe(24)}", key, return_path, language, to_stamp(self._clock.now())),
            )
            session = _one_session(connection, _SESSION_BY_KEY, key)
            if session is None or session.return_path != return_path:
                raise ValueError("this key opened a card session for another return path")
            if scheme is None:
                return session
            connection.execute(
                "INSERT INTO debit_session (session, scheme, with_card) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                (session.reference, scheme, takes_cards),
            )
            return _one_session(connection, _SESSION_BY_KEY, key) or session

    def session(self, reference: str) -> OpenedSession | None:
        """The session with this reference, or None."""
        with self._store.read() as connection:
            return _one_session(connection, _SESSION_BY_REFERENCE, reference)

    def keep(self, details: CardDetails) -> Card:
        """Give a card a token."""
        with self._store.write() as connection:
            return _keep(connection, details)

    def keep_in_session(self, reference: str, details: CardDetails) -> Card:
        """Give a card a token and note it in the session; if the session has a card, that one stays and is returned.

        Raises:
            LookupError: there is no such session.
        """
        with self._store.write() as connection:
            session = _one_session(connection, _SESSION_BY_REFERENCE, reference)
            if session is None:
                raise LookupError("no such card session")
            if session.card is not None:
                return session.card
            card = _keep(connection, details)
            connection.execute(
                "UPDATE card_session SET card_token = ? WHERE reference = ?", (card.token, reference)
            )
            return card

    def keep_account_in_session(self, reference: str, account: KnownAccount) -> Card:
        """Give a bank account a token and note it in the session, in the same way as a card.

        Raises:
            LookupError: there is no such session.
        """
        with self._store.write() as connection:
            session = _one_session(connection, _SESSION_BY_REFERENCE, reference)
            if session is None:
                raise LookupError("no such card session")
            if session.card is not None:
                return session.card
            kept = _keep_account(connection, account)
            connection.execute(
                "UPDATE debit_session SET account_token = ? WHERE session = ?", (kept.token, reference)
            )
            return kept

    def keep_account(self, account: KnownAccount) -> Card:
        """Give a bank account a token."""
        with self._store.write() as connection:
            return _keep_account(connection, account)

    def account(self, token: str) -> KnownAccount | None:
        """The bank account with this token, or None."""
        with self._store.read() as connection:
            row = connection.execute(
                "SELECT known_account FROM bank_account WHERE token = ?", (token,)
            ).fetchone()
            return None if row is None else account_named(row["known_account"])

    def details(self, token: str) -> CardDetails | None:
        """What is known of the card with this token, or None."""
        with self._store.read() as connection:
            row = connection.execute(
                "SELECT known_card, brand, last4, expiry_month, expiry_year FROM card WHERE token = ?",
                (token,),
            ).fetchone()
            return None if row is None else CardDetails(*row)


def _keep(connection: sqlite3.Connection, details: CardDetails) -> Card:
    card = Card(
        f"card_{secrets.token_urlsafe(24)}",
        details.brand,
        details.last4,
        details.expiry_month,
        details.expiry_year,
    )
    connection.execute(
        "INSERT INTO card (token, known_card, brand, last4, expiry_month, expiry_year) VALUES (?, ?, ?, ?, ?, ?)",
        (card.token, details.known_card, card.brand, card.last4, card.expiry_month, card.expiry_year),
    )
    return card


def _keep_account(connection: sqlite3.Connection, account: KnownAccount) -> Card:
    kept = _as_card(f"ba_{secrets.token_urlsafe(24)}", account)
    connection.execute(
        "INSERT INTO bank_account (token, known_account, brand, last4) VALUES (?, ?, ?, ?)",
        (kept.token, account.name, kept.brand, kept.last4),
    )
    return kept


def _as_card(token: str, account: KnownAccount) -> Card:
    return Card(token, account.scheme, account.last4, kind=MethodKind.DIRECT_DEBIT)


def _one_session(connection: sqlite3.Connection, question: str, value: str) -> OpenedSession | None:
    row = connection.execute(question, (value,)).fetchone()
    if row is None:
        return None
    card = None
    if row["token"] is not None:
        card = Card(row["token"], row["brand"], row["last4"], row["expiry_month"], row["expiry_year"])
    elif row["account_token"] is not None:
        card = _as_card(row["account_token"], account_named(row["known_account"]))
    return OpenedSession(
        row["reference"],
        row["return_path"],
        row["language"],
        from_stamp(row["opened_at"]),
        card,
        None if row["scheme"] is None else DebitScheme(row["scheme"]),
        takes_cards=row["scheme"] is None or bool(row["with_card"]),
    )
