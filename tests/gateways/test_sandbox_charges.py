from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from portal.shared.gateways.cards import (
    Card,
    CardProcessor,
    ChargeResult,
    DeclineReason,
    Outcome,
    ProcessorUnavailable,
    RefundOutcome,
    RefundResult,
)
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.known_cards import KNOWN_CARDS
from portal.shared.gateways.sandbox.processor import BOOK_FILE, SandboxProcessor
from tests.gateways.shop import Shop


def test_the_sandbox_keeps_to_the_protocol(processor: SandboxProcessor) -> None:
    promised: CardProcessor = processor
    assert promised.charge_status("unknown") == ChargeResult(Outcome.NEVER_SEEN)


@pytest.mark.parametrize(
    ("card", "at_once", "later", "reason"),
    [
        ("visa", Outcome.APPROVED, Outcome.APPROVED, None),
        ("mastercard", Outcome.APPROVED, Outcome.APPROVED, None),
        ("amex", Outcome.APPROVED, Outcome.APPROVED, None),
        ("declined", Outcome.DECLINED, Outcome.DECLINED, DeclineReason.DECLINED),
        ("insufficient_funds", Outcome.DECLINED, Outcome.DECLINED, DeclineReason.INSUFFICIENT_FUNDS),
        ("expired_card", Outcome.DECLINED, Outcome.DECLINED, DeclineReason.EXPIRED_CARD),
        ("needs_confirmation", Outcome.NEEDS_CONFIRMATION, Outcome.NEEDS_CONFIRMATION, None),
        ("late_answer", Outcome.NO_ANSWER, Outcome.APPROVED, None),
        ("lost_after_charge", Outcome.NO_ANSWER, Outcome.APPROVED, None),
        ("lost_after_decline", Outcome.NO_ANSWER, Outcome.DECLINED, DeclineReason.DECLINED),
    ],
)
def test_each_known_card_answers_as_documented(
    shop: Shop, clock: FixedClock, card: str, at_once: Outcome, later: Outcome, reason: DeclineReason | None
) -> None:
    assert shop.charge("A1", shop.card(card)).outcome is at_once
    clock.advance(timedelta(seconds=20))
    status = shop.processor.charge_status("A1")
    assert (status.outcome, status.reason) == (later, reason)
    assert shop.processor.book.totals() == ({"BRL": 63000} if later is Outcome.APPROVED else {})


def test_no_known_card_is_left_out_above() -> None:
    assert len(KNOWN_CARDS) == 10
    assert len({card.number for card in KNOWN_CARDS}) == 10


def test_a_late_answer_is_unknown_until_its_time(shop: Shop, clock: FixedClock) -> None:
    card = shop.card("late_answer")
    shop.charge("A1", card)
    clock.advance(timedelta(seconds=19))
    assert shop.processor.charge_status("A1").outcome is Outcome.NO_ANSWER
    assert shop.charge("A1", card).outcome is Outcome.NO_ANSWER
    assert shop.processor.book.totals() == {}
    clock.advance(timedelta(seconds=1))
    assert shop.processor.charge_status("A1").outcome is Outcome.APPROVED
    assert shop.charge("A1", card).outcome is Outcome.APPROVED


def test_a_late_answer_is_unknown_at_first_even_without_delay(tmp_path: Path, clock: FixedClock) -> None:
    shop = Shop(SandboxProcessor(tmp_path, clock=clock, late_answer_delay=timedelta(0)))
    assert shop.charge("A1", shop.card("late_answer")).outcome is Outcome.NO_ANSWER
    assert shop.processor.charge_status("A1").outcome is Outcome.APPROVED
    shop.processor.close()


def test_a_lost_answer_is_known_as_soon_as_one_asks(shop: Shop) -> None:
    card = shop.card("lost_after_charge")
    assert shop.charge("A1", card) == ChargeResult(Outcome.NO_ANSWER)
    assert shop.processor.book.totals() == {"BRL": 63000}
    assert shop.processor.charge_status("A1").outcome is Outcome.APPROVED
    assert shop.charge("A1", card).outcome is Outcome.APPROVED
    assert shop.processor.book.totals() == {"BRL": 63000}


@pytest.mark.parametrize("name", ["visa", "declined", "needs_confirmation"])
def test_the_same_key_gives_the_same_answer_and_one_charge(shop: Shop, name: str) -> None:
    card = shop.card(name)
    first = shop.charge("A1", card)
    assert [shop.charge("A1", card) for _ in range(3)] == [first] * 3
    assert len(shop.processor.book.captures()) == (first.outcome is Outcome.APPROVED)


@pytest.mark.parametrize("change", ["amount", "currency", "card"])
def test_the_same_key_for_something_else_is_our_mistake(shop: Shop, change: str) -> None:
    card = shop.card()
    shop.charge("A1", card)
    with pytest.raises(ValueError, match="another amount, currency or card"):
        shop.charge(
            "A1",
            shop.card() if change == "card" else card,
            63001 if change == "amount" else 63000,
            "USD" if change == "currency" else "BRL",
        )
    assert shop.processor.book.totals() == {"BRL": 63000}


@pytest.mark.parametrize("amount", [0, -1, True, 1.5, 10**15 + 1, "12"])
def test_only_positive_whole_amounts_are_charged(shop: Shop, amount: int) -> None:
    with pytest.raises(ValueError, match="positive whole number"):
        shop.charge("A1", shop.card(), amount)
    assert shop.processor.charge_status("A1").outcome is Outcome.NEVER_SEEN


@pytest.mark.parametrize("currency", ["", "brl", "BR", "BRLX", "ÄÖÜ"])
def test_only_currencies_are_charged(shop: Shop, currency: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        shop.charge("A1", shop.card(), 100, currency)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "billing",
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/a\nb",
        "/\t/evil.example",
    ],
)
def test_browsers_come_back_to_our_own_paths_only(shop: Shop, path: str) -> None:
    card = shop.card()
    with pytest.raises(ValueError, match="return path"):
        shop.processor.open_card_session(key="A1", return_path=path, language="en")
    with pytest.raises(ValueError, match="return path"):
        shop.processor.charge(
            key="A1", amount_minor=1, currency="BRL", card_token=card.token, return_path=path
        )


@pytest.mark.parametrize(
    ("day", "outcome"),
    [("2026-11-30T23:59:59+00:00", Outcome.APPROVED), ("2026-12-01T00:00:00+00:00", Outcome.DECLINED)],
    ids=["last second of the month", "a second later"],
)
def test_a_card_is_good_to_the_end_of_its_month(
    shop: Shop, clock: FixedClock, day: str, outcome: Outcome
) -> None:
    card = shop.processor.issue_card("visa", expiry_month=11, expiry_year=2026)
    clock.set(type(clock.now()).fromisoformat(day))
    result = shop.charge("A1", card)
    assert result.outcome is outcome
    assert result.reason is (None if outcome is Outcome.APPROVED else DeclineReason.EXPIRED_CARD)


def test_a_card_of_another_book_is_declined_and_nothing_breaks(shop: Shop) -> None:
    stranger = Card("card_of_another_book", "Visa", "4242", 12, 2031)
    assert shop.charge("A1", stranger).reason is DeclineReason.DECLINED
    assert shop.charge("A1", stranger).reason is DeclineReason.DECLINED


def test_a_cancelled_key_is_never_charged_even_if_the_charge_comes_later(shop: Shop) -> None:
    assert shop.processor.cancel("A1").outcome is Outcome.CANCELLED
    assert shop.charge("A1", shop.card()).outcome is Outcome.CANCELLED
    assert shop.processor.charge_status("A1").outcome is Outcome.CANCELLED
    assert shop.processor.cancel("A1").outcome is Outcome.CANCELLED
    assert shop.processor.book.totals() == {}


@pytest.mark.parametrize(
    ("name", "after"),
    [
        ("visa", Outcome.APPROVED),
        ("declined", Outcome.DECLINED),
        ("needs_confirmation", Outcome.CANCELLED),
        ("late_answer", Outcome.CANCELLED),
        ("lost_after_charge", Outcome.APPROVED),
        ("lost_after_decline", Outcome.DECLINED),
    ],
)
def test_cancelling_stops_what_is_undecided_and_tells_what_is_decided(
    shop: Shop, clock: FixedClock, name: str, after: Outcome
) -> None:
    card = shop.card(name)
    shop.charge("A1", card)
    assert shop.processor.cancel("A1").outcome is after
    clock.advance(timedelta(days=2))
    assert shop.processor.charge_status("A1").outcome is after
    assert shop.charge("A1", card).outcome is after
    assert shop.processor.book.totals() == ({"BRL": 63000} if after is Outcome.APPROVED else {})


def test_a_late_answer_that_came_cannot_be_cancelled(shop: Shop, clock: FixedClock) -> None:
    shop.charge("A1", shop.card("late_answer"))
    clock.advance(timedelta(seconds=20))
    assert shop.processor.cancel("A1").outcome is Outcome.APPROVED


def test_a_confirmation_must_come_within_the_hour(shop: Shop, clock: FixedClock) -> None:
    result = shop.charge("A1", shop.card("needs_confirmation"))
    assert result.confirmation_path == f"/sandbox-processor/challenge/{result.reference}"
    assert result.reference is not None
    clock.advance(timedelta(minutes=59, seconds=59))
    assert shop.processor.charge_status("A1") == result
    clock.advance(timedelta(seconds=1))
    expired = ChargeResult(Outcome.DECLINED, result.reference, DeclineReason.CONFIRMATION_FAILED)
    assert shop.processor.charge_status("A1") == expired
    shop.processor.answer_challenge(result.reference, approved=True)
    assert shop.processor.charge_status("A1") == expired
    assert shop.processor.book.totals() == {}


def test_a_clock_that_goes_back_takes_no_approval_back(shop: Shop, clock: FixedClock) -> None:
    shop.charge("A1", shop.card())
    confirmed = shop.charge("A2", shop.card("needs_confirmation"))
    shop.processor.answer_challenge(confirmed.reference or "", approved=True)
    clock.advance(timedelta(days=-1))
    assert shop.processor.cancel("A1").outcome is Outcome.APPROVED
    assert shop.processor.cancel("A2").outcome is Outcome.APPROVED
    assert shop.processor.book.totals() == {"BRL": 126000}


def test_totals_are_captured_minus_refunded_for_each_currency(shop: Shop) -> None:
    card = shop.card()
    shop.charge("A1", card, 1000, "JPY")
    shop.charge("A2", card, 500, "EUR")
    shop.charge("A3", card, 250, "EUR")
    shop.charge("A4", shop.card("declined"), 999, "GBP")
    shop.processor.book.refund("A2", 100)
    shop.processor.book.refund("A2", 400)
    assert shop.processor.book.totals() == {"JPY": 1000, "EUR": 250}
    assert [(c.key, c.amount_minor, c.refunded_minor) for c in shop.processor.book.captures()] == [
        ("A1", 1000, 0),
        ("A2", 500, 500),
        ("A3", 250, 0),
    ]


@pytest.mark.parametrize(("key", "amount"), [("A1", 0), ("A1", -1), ("A1", 901), ("A2", 1), ("nothing", 1)])
def test_no_more_is_refunded_than_was_captured(shop: Shop, key: str, amount: int) -> None:
    shop.charge("A1", shop.card(), 1000)
    shop.charge("A2", shop.card("declined"), 1000)
    shop.processor.book.refund("A1", 100)
    with pytest.raises(ValueError, match="refund"):
        shop.processor.book.refund(key, amount)
    assert shop.processor.book.totals() == {"BRL": 900}


def test_the_book_outlives_the_processor(tmp_path: Path, clock: FixedClock) -> None:
    first = Shop(SandboxProcessor(tmp_path, clock=clock))
    card = first.card()
    first.charge("A1", card)
    first.processor.close()
    second = Shop(SandboxProcessor(tmp_path, clock=clock))
    assert second.processor.charge_status("A1").outcome is Outcome.APPROVED
    assert second.charge("A2", card).outcome is Outcome.APPROVED
    second.processor.close()


def test_a_book_that_cannot_be_opened_is_a_processor_that_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way of the folder")
    shop = Shop(SandboxProcessor(tmp_path / "file"))
    assert shop.charge("A1", Card("card_1", "Visa", "4242", 12, 2031)).outcome is Outcome.NO_ANSWER
    assert shop.processor.charge_status("A1").outcome is Outcome.NO_ANSWER
    assert shop.processor.cancel("A1").outcome is Outcome.NO_ANSWER
    with pytest.raises(ProcessorUnavailable):
        shop.processor.open_card_session(key="A1", return_path="/billing/checkout", language="en")
    with pytest.raises(ProcessorUnavailable):
        shop.processor.card_of_session("cs_1")


def test_the_same_refund_key_gives_back_once(shop: Shop) -> None:
    shop.charge("A1", shop.card(), 1000)

    def refund(amount: int, refund_key: str, key: str = "A1") -> RefundResult:
        return shop.processor.refund(key=key, amount_minor=amount, refund_key=refund_key)

    first = refund(400, "R1")
    assert first.outcome is RefundOutcome.GIVEN_BACK
    assert refund(400, "R1") == first
    assert refund(400, "R2").reference not in (None, first.reference)
    assert refund(400, "R3") == RefundResult(RefundOutcome.REFUSED)
    assert refund(1, "R4", "nothing") == RefundResult(RefundOutcome.REFUSED)
    for amount, refund_key in ((0, "R5"), (-1, "R5"), (399, "R1")):
        with pytest.raises(ValueError, match="refund"):
            refund(amount, refund_key)
    assert shop.processor.book.totals() == {"BRL": 200}


def test_a_book_of_the_first_version_learns_refund_keys(tmp_path: Path, clock: FixedClock) -> None:
    first = Shop(SandboxProcessor(tmp_path, clock=clock))
    first.charge("A1", first.card(), 1000)
    first.processor.close()
    with closing(sqlite3.connect(tmp_path / BOOK_FILE)) as book:
        book.executescript("DROP TABLE refund_key; PRAGMA user_version = 1;")
    second = SandboxProcessor(tmp_path, clock=clock)
    assert second.refund(key="A1", amount_minor=5, refund_key="R1").outcome is RefundOutcome.GIVEN_BACK
    second.close()
