"""Payment methods: typed on the processor's own page; we keep a token and what may be shown of a card or an account."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.shared.domain.payment_methods import MethodKind
from portal.shared.gateways.cards import CardProcessor
from portal.shared.records.accounts import account_by_id, lock_account
from portal.shared.records.database import Database
from portal.shared.records.orders import open_order_of
from portal.shared.records.payments import (
    CardRequest,
    PaymentMethod,
    card_request,
    has_had_card,
    methods_of,
    open_attempt_of,
    shown_methods,
)
from portal.shared.services import activity


class NotOfferedError(ValueError):
    """The processor takes nothing of this kind for charges in the account's currency."""


class CardInUseError(ValueError):
    """An order or a payment that is on its way charges this card; until it is settled the card stays."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to the processor's own page: what may be typed there, and where it leads back to."""

    key: str
    return_path: str
    language: str
    kinds: Collection[MethodKind] = (MethodKind.CARD,)


@dataclass(frozen=True, slots=True)
class MethodView:
    """A card on file; or a bank account, which has no expiry and the name of its scheme for a brand."""

    id: int
    brand: str
    last4: str
    expires: date | None
    is_default: bool
    kind: MethodKind = MethodKind.CARD

    @property
    def label(self) -> str:
        """What may be shown of it, short: `Visa •••• 4242`."""
        return f"{self.brand} •••• {self.last4}"


def methods(session: Session, account_id: int) -> list[MethodView]:
    """The account's cards and bank accounts, the default one first."""
    return [
        MethodView(
            row.id,
            row.brand,
            row.last4,
            date(row.expiry_year, row.expiry_month, 1) if row.expiry_year and row.expiry_month else None,
            row.is_default,
            MethodKind(row.kind),
        )
        for row in shown_methods(session, account_id)
    ]


def kinds_for(processor: CardProcessor, account_type: str, currency: str) -> frozenset[MethodKind]:
    """What an account may put on file: small companies pay by card alone."""
    offered = frozenset(processor.kinds(currency))
    return offered if account_type == "corporate" else offered & {MethodKind.CARD}


def terms_days(session: Session, account_id: int) -> int | None:
    """In how many days the account pays its invoices; none where its card is charged at once.

    Raises:
        LookupError: there is no such account.
    """
    account = account_by_id(session, account_id)
    if account is None:
        raise LookupError(account_id)
    return account.invoice_terms_days


def ask_for_card(
    database: Database,
    processor: CardProcessor,
    account_id: int,
    person_id: int,
    visit: Visit,
    now: datetime,
) -> str:
    """Open the processor's own page for a card, or for what else is wanted, and return its path for the browser.

    Raises:
        LookupError: there is no such account.
        NotOfferedError: the account may not put that on file.
        ProcessorUnavailable: the processor does not answer.
    """
    with database.read() as session:
        account = account_by_id(session, account_id)
    if account is None:
        raise LookupError(account_id)
    if not visit.kinds or not set(visit.kinds) <= kinds_for(processor, account.type, account.currency):
        raise NotOfferedError("this account may not put that on file")
    opened = processor.open_card_session(
        key=visit.key,
        return_path=visit.return_path,
        language=visit.language,
        kinds=visit.kinds,
        currency=account.currency,
    )
    with database.write() as session:
        lock_account(session, account_id)
        if card_request(session, opened.reference) is None:
            session.add(
                CardRequest(
                    account_id=account_id, processor_reference=opened.reference, person_id=person_id, at=now
                )
            )
    return opened.path


def keep_card(database: Database, processor: CardProcessor, reference: str, now: datetime) -> bool:
    """Keep the card that was typed on the processor's page, as the default, and say whether it is new.

    Repeating it is harmless.

    Raises:
        LookupError: we never opened such a page.
    """
    card = processor.card_of_session(reference)
    if card is None:
        return False
    with database.write() as session:
        asked = card_request(session, reference)
        if asked is None:
            raise LookupError(reference)
        if asked.pays_invoice_id is not None:  # typed for one payment: used once and never kept
            return False
        lock_account(session, asked.account_id)
        known = methods_of(session, asked.account_id)
        if has_had_card(session, asked.account_id, card.token):  # also one that was removed again
            return False
        for method in known:
            method.is_default = False
        session.flush()
        session.add(
            PaymentMethod(
                account_id=asked.account_id,
                kind=card.kind,
                token=card.token,
                brand=card.brand,
                last4=card.last4,
                expiry_month=card.expiry_month,
                expiry_year=card.expiry_year,
                is_default=True,
                added_at=now,
            )
        )
        what = "card-added" if card.kind is MethodKind.CARD else "bank-account-added"
        activity.record(session, asked.account_id, asked.person_id, what, {"last4": card.last4}, now)
    return True


def make_default(session: Session, account_id: int, method_id: int, person_id: int, now: datetime) -> bool:
    """Make a card the default one and say whether the account has it."""
    lock_account(session, account_id)
    known = methods_of(session, account_id)
    if not any(method.id == method_id for method in known):
        return False
    before = next((method.id for method in known if method.is_default), None)
    if before == method_id:
        return True
    for method in known:
        method.is_default = False
    session.flush()
    session.get_one(PaymentMethod, method_id).is_default = True
    detail = {"method": method_id, "default": {"old": before, "new": method_id}}
    activity.record(session, account_id, person_id, "card-made-default", detail, now)
    return True


def remove(session: Session, account_id: int, method_id: int, person_id: int, now: datetime) -> bool:
    """Charge a card no more and say whether the account had it. The newest other one follows a removed default.

    Raises:
        CardInUseError: what charges it is still on its way.
    """
    lock_account(session, account_id)
    known = methods_of(session, account_id)
    method = next((one for one in known if one.id == method_id), None)
    if method is None:
        return False
    on_its_way = (open_order_of(session, account_id), open_attempt_of(session, account_id))
    if any(one is not None and one.payment_method_id == method_id for one in on_its_way):
        raise CardInUseError(method_id)
    was_default, method.is_default, method.removed_at = method.is_default, False, now
    session.flush()
    heir = max((one for one in known if one.id != method_id), key=lambda one: one.id, default=None)
    if was_default and heir is not None:
        heir.is_default = True
    detail = {
        "method": method_id,
        "last4": method.last4,
        "default": heir.id if was_default and heir else None,
    }
    what = "card-removed" if method.kind == MethodKind.CARD else "bank-account-removed"
    activity.record(session, account_id, person_id, what, detail, now)
    return True
