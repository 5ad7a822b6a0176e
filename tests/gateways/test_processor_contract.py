"""One contract for every card processor: the sandbox, and Stripe against two stand-ins.

localstripe is somebody else's idea of Stripe, run in a process of its own; it knows no idempotency keys, no decline
codes and no card pages. The other stand-in is ours and knows them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from portal.shared.gateways.cards import (
    CardProcessor,
    ChargeResult,
    DeclineReason,
    Outcome,
    RefundOutcome,
    RefundResult,
)
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from tests.gateways.stripe.desks import (
    LOCALSTRIPE_CARDS,
    card_at_localstripe,
    client_at,
    processor_at,
    running_localstripe,
)
from tests.gateways.stripe.fake_stripe import DECLINES, running_fake


@dataclass
class Bench:
    """A processor, its cards by name, and the hands of the card holder."""

    processor: CardProcessor
    card: Callable[[str], str]
    has: Callable[[str], bool]
    answer_bank: Callable[[str, bool], None]
    captured: Callable[[], dict[str, int]]
    remembers_keys: bool = True

    def charge(self, key: str, card: str, minor: int = 63000, currency: str = "BRL") -> ChargeResult:
        return self.processor.charge(
            key=key,
            amount_minor=minor,
            currency=currency,
            card_token=card,
            return_path=f"/billing/orders/{key}",
        )

    def refund(self, key: str, minor: int, refund_key: str) -> RefundResult:
        return self.processor.refund(key=key, amount_minor=minor, refund_key=refund_key)


@pytest.fixture(scope="module")
def localstripe() -> Iterator[str]:
    with running_localstripe() as address:
        yield address


@pytest.fixture(params=["sandbox", "stripe", "localstripe"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    with ExitStack() as stack:
        if request.param == "sandbox":
            sandbox = SandboxProcessor(tmp_path)
            stack.callback(sandbox.close)
            yield _sandbox(sandbox)
        elif request.param == "stripe":
            fake = stack.enter_context(running_fake())
            yield Bench(
                processor_at(fake.address),
                card=lambda name: f"cus_1/pm_{name}",
                has=lambda name: f"pm_{name}" in DECLINES,
                answer_bank=lambda key, approved: fake.answer_bank(key, approved=approved),
                captured=fake.captured,
            )
        else:
            yield _localstripe(request.getfixturevalue("localstripe"))


def _sandbox(sandbox: SandboxProcessor) -> Bench:
    def card(name: str) -> str:
        known = "visa" if name == "good" else name
        return sandbox.issue_card(known, expiry_month=12, expiry_year=2031).token

    def answer(key: str, approved: bool) -> None:
        sandbox.answer_challenge(sandbox.charge_status(key).reference or "", approved=approved)

    def captured() -> dict[str, int]:
        return {one.key: one.amount_minor - one.refunded_minor for one in sandbox.book.captures()}

    return Bench(sandbox, card, lambda _name: True, answer, captured)


def _localstripe(address: str) -> Bench:
    processor, client, references = processor_at(address), client_at(address), set[str]()

    def answer(key: str, approved: bool) -> None:
        intent = client.v1.payment_intents.retrieve(processor.charge_status(key).reference or "")
        given = {"success": "true" if approved else "false", "client_secret": intent.client_secret}
        client.raw_request("post", f"/v1/payment_intents/{intent.id}/_authenticate", **given)

    def captured() -> dict[str, int]:
        found: dict[str, int] = {}
        for intent in client.v1.payment_intents.list().auto_paging_iter():
            note = processor._notebook.read(intent.metadata["charge_key"])
            if intent.status == "succeeded" and note is not None and note.reference == intent.id:
                references.add(intent.id)
                given = client.v1.refunds.list({"payment_intent": intent.id}).data
                left = intent.amount - sum(one.amount for one in given)
                found[intent.metadata["charge_key"]] = left
        return found

    return Bench(
        processor,
        lambda name: card_at_localstripe(address, name),
        lambda name: name in LOCALSTRIPE_CARDS,
        answer,
        captured,
        remembers_keys=False,
    )


def test_a_good_card_is_charged_once_whatever_is_repeated(bench: Bench) -> None:
    card = bench.card("good")
    first = bench.charge("A1", card)
    assert (first.outcome, first.reason, first.confirmation_path) == (Outcome.APPROVED, None, None)
    assert first.reference
    assert [bench.charge("A1", card) for _ in range(3)] == [first] * 3
    assert bench.processor.charge_status("A1") == first
    assert bench.processor.cancel("A1") == first
    assert bench.captured() == {"A1": 63000}


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ("declined", DeclineReason.DECLINED),
        ("insufficient_funds", DeclineReason.INSUFFICIENT_FUNDS),
        ("expired_card", DeclineReason.EXPIRED_CARD),
    ],
)
def test_a_declined_card_says_why_and_stays_declined(bench: Bench, card: str, reason: DeclineReason) -> None:
    if not bench.has(card):
        return  # localstripe has no decline codes
    token = bench.card(card)
    first = bench.charge("A1", token)
    assert (first.outcome, first.reason) == (Outcome.DECLINED, reason)
    assert bench.charge("A1", token) == first
    assert bench.processor.charge_status("A1") == first
    assert bench.processor.cancel("A1") == first
    assert bench.captured() == {}


@pytest.mark.parametrize(
    ("approved", "outcome", "reason"),
    [(True, Outcome.APPROVED, None), (False, Outcome.DECLINED, DeclineReason.CONFIRMATION_FAILED)],
    ids=["approved", "refused"],
)
def test_the_bank_may_ask_its_customer(
    bench: Bench, approved: bool, outcome: Outcome, reason: DeclineReason | None
) -> None:
    card = bench.card("needs_confirmation")
    asked = bench.charge("A1", card)
    assert asked.outcome is Outcome.NEEDS_CONFIRMATION
    assert (asked.confirmation_path or "").startswith("/")
    assert bench.processor.charge_status("A1") == asked
    assert bench.charge("A1", card) == asked
    assert bench.captured() == {}
    bench.answer_bank("A1", approved)
    status = bench.processor.charge_status("A1")
    assert (status.outcome, status.reason) == (outcome, reason)
    assert bench.captured() == ({"A1": 63000} if approved else {})


def test_what_waits_for_the_bank_can_be_called_off(bench: Bench) -> None:
    card = bench.card("needs_confirmation")
    bench.charge("A1", card)
    assert bench.processor.cancel("A1").outcome is Outcome.CANCELLED
    assert bench.processor.charge_status("A1").outcome is Outcome.CANCELLED
    assert bench.charge("A1", card).outcome is Outcome.CANCELLED
    assert bench.captured() == {}


def test_a_charge_that_was_never_seen_can_be_made_impossible(bench: Bench) -> None:
    assert bench.processor.charge_status("A1") == ChargeResult(Outcome.NEVER_SEEN)
    assert bench.processor.cancel("A1").outcome is Outcome.CANCELLED
    assert bench.charge("A1", bench.card("good")).outcome is Outcome.CANCELLED
    assert bench.processor.charge_status("A1").outcome is Outcome.CANCELLED
    assert bench.captured() == {}


def test_a_key_is_for_one_amount_currency_and_card(bench: Bench) -> None:
    card = bench.card("good")
    bench.charge("A1", card)
    for minor, currency, token in (
        (63001, "BRL", card),
        (63000, "USD", card),
        (63000, "BRL", bench.card("declined")),
    ):
        with pytest.raises(ValueError, match="another amount, currency or card"):
            bench.charge("A1", token, minor, currency)
    assert bench.captured() == {"A1": 63000}


@pytest.mark.parametrize("minor", [0, -1, True, 1.5, "12"])
def test_only_positive_whole_amounts_are_charged_and_given_back(bench: Bench, minor: int) -> None:
    with pytest.raises(ValueError, match="positive whole number"):
        bench.charge("A1", bench.card("good"), minor)
    with pytest.raises(ValueError, match="positive whole number"):
        bench.refund("A1", minor, "R1")
    assert bench.processor.charge_status("A1").outcome is Outcome.NEVER_SEEN


@pytest.mark.parametrize(
    "path", ["", "billing", "//evil.example", "https://evil.example/", "/\\evil.example"]
)
def test_browsers_come_back_to_our_own_paths_only(bench: Bench, path: str) -> None:
    with pytest.raises(ValueError, match="return path"):
        bench.processor.charge(
            key="A1", amount_minor=100, currency="BRL", card_token=bench.card("good"), return_path=path
        )
    with pytest.raises(ValueError, match="return path"):
        bench.processor.open_card_session(key="A1", return_path=path, language="en")


def test_a_card_of_another_processor_is_declined_and_nothing_breaks(bench: Bench) -> None:
    for _ in range(2):
        assert bench.charge("A1", "somebody-elses-card").reason is DeclineReason.DECLINED
    assert bench.captured() == {}


def test_money_is_given_back_once_for_each_key_and_never_more_than_was_taken(bench: Bench) -> None:
    bench.charge("A1", bench.card("good"), 1000)
    first = bench.refund("A1", 400, "R1")
    assert first.outcome is RefundOutcome.GIVEN_BACK
    assert first.reference
    assert bench.refund("A1", 400, "R1") == first
    with pytest.raises(ValueError, match="refund key"):
        bench.refund("A1", 399, "R1")
    if bench.remembers_keys:  # localstripe gives back more than was taken
        assert bench.refund("A1", 601, "R2").outcome is RefundOutcome.REFUSED
    assert bench.refund("A1", 600, "R3").outcome is RefundOutcome.GIVEN_BACK
    assert bench.refund("nothing", 1, "R4") == RefundResult(RefundOutcome.REFUSED)
    assert bench.captured() == {"A1": 0}


def test_only_what_was_charged_is_given_back(bench: Bench) -> None:
    bench.charge("A1", bench.card("declined"), 1000)
    bench.charge("A2", bench.card("needs_confirmation"), 1000)
    bench.processor.cancel("A3")
    for key in ("A1", "A2", "A3"):
        assert bench.refund(key, 1, f"R-{key}").outcome is RefundOutcome.REFUSED
