"""The sandbox as a card processor: decides by the card's number, and offers what its own pages need.

It runs in this process, but over a book of its own and behind the same protocol as a real one: a process that serves
this class over HTTP, and a client of that, could take its place without a change elsewhere.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from babel import Locale, UnknownLocaleError

from portal.shared.domain.payment_methods import MethodKind, debit_scheme
from portal.shared.gateways.cards import (
    Card,
    CardSession,
    ChargeResult,
    DeclineReason,
    Outcome,
    ProcessorUnavailable,
    RefundOutcome,
    RefundResult,
)
from portal.shared.gateways.clock import Clock, SystemClock
from portal.shared.gateways.own_paths import own_path
from portal.shared.gateways.sandbox.book import Book, Charge, Decision, NotEnoughLeft
from portal.shared.gateways.sandbox.card_file import CardDetails, CardFile, OpenedSession
from portal.shared.gateways.sandbox.known_accounts import KnownAccount, account_named
from portal.shared.gateways.sandbox.known_cards import Delivery, card_named
from portal.shared.gateways.sandbox.store import Store

MOUNTED_AT = "/sandbox-processor"
BOOK_FILE = "sandbox-processor.sqlite"
CONFIRMATION_TIME = timedelta(hours=1)
LATE_ANSWER_DELAY = timedelta(seconds=20)
_TROUBLE = (sqlite3.Error, OSError)  # locked for too long, disk full, folder gone or not ours


class SandboxProcessor:
    """A `CardProcessor` without real money. Safe to share by threads, and to use from several processes at once."""

    def __init__(
        self, folder: Path, *, clock: Clock | None = None, late_answer_delay: timedelta = LATE_ANSWER_DELAY
    ) -> None:
        """Keep the book in `folder`; the late answer comes `late_answer_delay` after the charge."""
        self._clock = clock or SystemClock()
        self._late_answer_delay = late_answer_delay
        self._store = Store(folder / BOOK_FILE)
        self._cards = CardFile(self._store, self._clock)
        self.book = Book(self._store, self._clock)

    def close(self) -> None:
        """Close the book's idle connections."""
        self._store.close()

    # The protocol

    def kinds(self, currency: str) -> Collection[MethodKind]:
        """Cards, and bank accounts where they are debited; see `CardProcessor`."""
        return (MethodKind.CARD,) if debit_scheme(currency) is None else tuple(MethodKind)

    def open_card_session(
        self,
        *,
        key: str,
        return_path: str,
        language: str,
        kinds: Collection[MethodKind] = (MethodKind.CARD,),
        currency: str = "",
    ) -> CardSession:
        """Open the page where a card is typed; see `CardProcessor`."""
        if not key:
            raise ValueError("a card session needs a key")
        if not kinds or not set(kinds) <= set(self.kinds(currency)):
            raise ValueError("this cannot be typed for charges in this currency")
        scheme = debit_scheme(currency) if MethodKind.DIRECT_DEBIT in kinds else None
        with _reachable():
            session = self._cards.open_session(
                key,
                own_path(return_path),
                _locale_name(language),
                scheme,
                takes_cards=MethodKind.CARD in kinds,
            )
        return CardSession(session.reference, f"{MOUNTED_AT}/cards/{session.reference}")

    def card_of_session(self, reference: str) -> Card | None:
        """The card typed in a session, or None; see `CardProcessor`."""
        session = self.session(reference)
        return None if session is None else session.card

    def charge(
        self,
        *,
        key: str,
        amount_minor: int,
        currency: str,
        card_token: str,
        return_path: str,
        unattended: bool = False,
    ) -> ChargeResult:
        """Charge a card; see `CardProcessor`."""
        own_path(return_path)
        try:
            details, account = self._cards.details(card_token), self._cards.account(card_token)
            charge, is_new = self.book.charge(
                key=key,
                amount_minor=amount_minor,
                currency=currency,
                card_token=card_token,
                return_path=return_path,
                decide=lambda: self._decide(details) if account is None else self._decide_debit(account),
            )
        except _TROUBLE:
            return ChargeResult(Outcome.NO_ANSWER)
        late = details is not None and card_named(details.known_card).delivery is not Delivery.AT_ONCE
        if is_new and (late or account is not None):
            return ChargeResult(Outcome.NO_ANSWER)
        return _result(charge)

    def charge_status(self, key: str) -> ChargeResult:
        """What became of a charge; see `CardProcessor`."""
        try:
            charge = self.book.of_key(key)
        except _TROUBLE:
            return ChargeResult(Outcome.NO_ANSWER)
        return ChargeResult(Outcome.NEVER_SEEN) if charge is None else _result(charge)

    def cancel(self, key: str) -> ChargeResult:
        """Make sure that nothing is charged any more; see `CardProcessor`."""
        try:
            return _result(self.book.cancel(key))
        except _TROUBLE:
            return ChargeResult(Outcome.NO_ANSWER)

    def refund(self, *, key: str, amount_minor: int, refund_key: str) -> RefundResult:
        """Give back what was charged; see `CardProcessor`."""
        try:
            return RefundResult(RefundOutcome.GIVEN_BACK, self.book.refund(key, amount_minor, refund_key))
        except NotEnoughLeft:
            return RefundResult(RefundOutcome.REFUSED)
        except _TROUBLE:
            return RefundResult(RefundOutcome.NO_ANSWER)

    # What the processor's own pages and the demo cast need. All raise ProcessorUnavailable.

    def issue_card(self, name: str, *, expiry_month: int, expiry_year: int) -> Card:
        """Put a known card on file without the page. Raises KeyError for an unknown name."""
        known = card_named(name)
        details = CardDetails(known.name, known.brand, known.last4, expiry_month, expiry_year)
        with _reachable():
            return self._cards.keep(details)

    def issue_account(self, name: str) -> Card:
        """Put a known bank account on file without the page. Raises KeyError for an unknown name."""
        with _reachable():
            return self._cards.keep_account(account_named(name))

    def session(self, reference: str) -> OpenedSession | None:
        """The visit with this reference, or None."""
        with _reachable():
            return self._cards.session(reference)

    def card_details(self, token: str) -> CardDetails | None:
        """What is kept of the card with this token, or None."""
        with _reachable():
            return self._cards.details(token)

    def save_card(self, session_reference: str, details: CardDetails) -> Card:
        """Keep the card typed in a session; a session that has one keeps it. Raises LookupError without session."""
        with _reachable():
            return self._cards.keep_in_session(session_reference, details)

    def save_account(self, session_reference: str, account: KnownAccount) -> Card:
        """Keep the bank account typed in a session, as `save_card` does."""
        with _reachable():
            return self._cards.keep_account_in_session(session_reference, account)

    def challenge(self, reference: str) -> Charge | None:
        """The charge the bank asks about, or asked about, or None."""
        with _reachable():
            return self.book.of_reference(reference)

    def answer_challenge(self, reference: str, *, approved: bool) -> Charge | None:
        """Tell the bank what the card holder says; the charge as it stands afterwards, or None."""
        with _reachable():
            return self.book.confirm(reference, approved=approved)

    def now(self) -> datetime:
        """The present instant by the processor's clock."""
        return self._clock.now()

    def _decide(self, details: CardDetails | None) -> Decision:
        """What the bank says to a new charge."""
        now = self._clock.now()
        if details is None:  # a token from another book: a bank declines a card it does not know
            return Decision(Outcome.DECLINED, DeclineReason.DECLINED)
        if (details.expiry_year, details.expiry_month) < (now.year, now.month):
            return Decision(Outcome.DECLINED, DeclineReason.EXPIRED_CARD)
        known = card_named(details.known_card)
        return Decision(
            known.outcome,
            known.reason,
            known_from=now + self._late_answer_delay if known.delivery is Delivery.LATE else None,
            expires_at=now + CONFIRMATION_TIME if known.outcome is Outcome.NEEDS_CONFIRMATION else None,
        )

    def _decide_debit(self, account: KnownAccount) -> Decision:
        """What becomes of a new direct debit: banks take their time, whatever they say in the end."""
        known_from = self._clock.now() + self._late_answer_delay
        return Decision(account.outcome, account.reason, known_from=known_from)


@contextlib.contextmanager
def _reachable() -> Iterator[None]:
    """A book that cannot be opened, read or written is a processor that does not answer."""
    try:
        yield
    except _TROUBLE as trouble:
        raise ProcessorUnavailable("the sandbox processor's book does not answer") from trouble


def _locale_name(language: str) -> str:
    """`pt_BR` for `pt-BR` or `pt_BR`. Raises ValueError for what is no language."""
    try:
        return str(Locale.parse(language.replace("-", "_")))
    except (UnknownLocaleError, ValueError) as trouble:
        raise ValueError("a card session needs a language") from trouble


def _result(charge: Charge) -> ChargeResult:
    confirmation_path = None
    if charge.outcome is Outcome.NEEDS_CONFIRMATION:
        confirmation_path = f"{MOUNTED_AT}/challenge/{charge.reference}"
    return ChargeResult(charge.outcome, charge.reference, charge.reason, confirmation_path)
