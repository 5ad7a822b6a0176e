"""Stripe with everything that goes wrong on the way: never charged twice, never called failed when it was charged."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from portal.shared.domain.patience import FAILURES
from portal.shared.domain.payment_methods import MethodKind
from portal.shared.gateways.cards import ChargeResult, DeclineReason, Outcome, RefundOutcome
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.stripe.client import API_VERSION
from portal.shared.gateways.stripe.notebook import Note
from portal.shared.gateways.stripe.processor import StripeProcessor
from tests.gateways.stripe.desks import BASE_URL, MemoryNotebook, processor_at
from tests.gateways.stripe.fake_stripe import FakeStripe, running_fake

STEPS = ("/payment_intents", "/confirm", "/pi_1")  # create, confirm, look
FAULTS = ("drop before", "drop after", "429", "500", "503")


def charge(
    processor: StripeProcessor, key: str = "A1", card: str = "good", *, unattended: bool = False
) -> ChargeResult:
    return processor.charge(
        key=key,
        amount_minor=63000,
        currency="BRL",
        card_token=f"cus_1/pm_{card}",
        return_path="/billing/orders/A1?from=checkout",
        unattended=unattended,
    )


def test_a_charge_is_made_noted_and_only_then_confirmed(
    fake: FakeStripe, stripe_processor: StripeProcessor, notebook: MemoryNotebook
) -> None:
    noted: list[Note | None] = []
    fake.during["/confirm"] = lambda: noted.append(notebook.read("A1"))
    assert charge(stripe_processor) == ChargeResult(Outcome.APPROVED, "pi_1")
    assert noted == [Note("pi_1")]
    assert fake.paths() == ["payment_intents", "payment_intents/pi/confirm"]
    made, confirmed = (asked for asked in fake.asked if asked.method == "POST")
    assert made.parameters == {
        "amount": "63000",
        "currency": "brl",
        "customer": "cus_1",
        "payment_method": "pm_good",
        "allowed_payment_method_types": {"0": "card"},
        "metadata": {
            "charge_key": "A1",
            "card": "cus_1/pm_good",
            "return_path": "/billing/orders/A1?from=checkout",
        },
    }
    assert (made.key, confirmed.key) == ("charge-A1", "confirm-A1")
    assert confirmed.parameters == {
        "expand": {"0": "latest_charge"},
        "return_url": f"{BASE_URL}/stripe/confirmations/A1/back?to=%2Fbilling%2Forders%2FA1%3Ffrom%3Dcheckout",
    }
    assert {asked.version for asked in fake.asked} == {API_VERSION}


@pytest.mark.parametrize("card", ["good", "declined", "needs_confirmation"])
@pytest.mark.parametrize(("step", "fault"), list(itertools.product(STEPS, FAULTS)))
def test_a_fault_on_any_step_is_no_exception_and_costs_nobody_money_twice(
    fake: FakeStripe, stripe_processor: StripeProcessor, step: str, fault: str, card: str
) -> None:
    fake.faults[step] = [fault]
    first = charge(stripe_processor, card=card)
    looked = step == "/pi_1" and card != "declined"  # only a refusal is looked at again
    assert (first.outcome is Outcome.NO_ANSWER) != looked
    # What the services do with it: ask until there is an answer, and close what was never seen.
    status = stripe_processor.charge_status("A1")
    if status.outcome is Outcome.NO_ANSWER:
        status = stripe_processor.charge_status("A1")
    if status.outcome is Outcome.NEVER_SEEN:
        status = stripe_processor.cancel("A1")
    said_to_be_charged = status.outcome is Outcome.APPROVED
    assert fake.captured() == ({"A1": 63000} if said_to_be_charged else {})
    assert (
        status.outcome
        in {
            "good": (Outcome.APPROVED, Outcome.CANCELLED),
            "declined": (Outcome.DECLINED, Outcome.CANCELLED),
            "needs_confirmation": (Outcome.NEEDS_CONFIRMATION, Outcome.CANCELLED),
        }[card]
    )
    # Whatever comes late or again changes nothing.
    assert charge(stripe_processor, card=card).outcome is status.outcome
    assert fake.captured() == ({"A1": 63000} if said_to_be_charged else {})


@pytest.mark.parametrize("fault", FAULTS)
def test_a_decline_is_told_only_when_nothing_can_be_charged_any_more(
    fake: FakeStripe, stripe_processor: StripeProcessor, fault: str
) -> None:
    fake.faults["/cancel"] = [fault]
    assert charge(stripe_processor, card="insufficient_funds").outcome is Outcome.NO_ANSWER
    status = stripe_processor.charge_status("A1")
    assert (status.outcome, status.reason) == (Outcome.DECLINED, DeclineReason.INSUFFICIENT_FUNDS)
    assert fake.intent_of("A1")["status"] == "canceled"


def test_a_payment_that_succeeds_while_it_is_given_up_counts(
    fake: FakeStripe, stripe_processor: StripeProcessor
) -> None:
    charge(stripe_processor, card="needs_confirmation")
    fake.during["/cancel"] = lambda: fake.answer_bank("A1", approved=True)
    assert stripe_processor.cancel("A1") == ChargeResult(Outcome.APPROVED, "pi_1")
    assert fake.captured() == {"A1": 63000}


@pytest.mark.parametrize("step", ["/payment_intents", "/confirm"])
def test_a_charge_that_is_called_off_while_it_is_on_its_way_takes_nothing(
    fake: FakeStripe, stripe_processor: StripeProcessor, step: str
) -> None:
    said: list[ChargeResult] = []
    fake.during[step] = lambda: said.append(stripe_processor.cancel("A1"))
    assert charge(stripe_processor).outcome is Outcome.CANCELLED
    assert [result.outcome for result in said] == [Outcome.CANCELLED]
    assert fake.captured() == {}
    assert {one["status"] for one in fake.intents.values()} == {"canceled"}


def test_a_key_that_stripe_has_forgotten_is_not_charged_again(
    fake: FakeStripe, stripe_processor: StripeProcessor
) -> None:
    charge(stripe_processor)
    fake.answers.clear()  # after a day or so
    assert charge(stripe_processor) == ChargeResult(Outcome.APPROVED, "pi_1")
    assert fake.captured() == {"A1": 63000}
    fake.faults["/confirm"] = ["drop after"]
    assert charge(stripe_processor, "A2").outcome is Outcome.NO_ANSWER
    fake.answers.clear()
    assert charge(stripe_processor, "A2").outcome is Outcome.APPROVED
    assert fake.captured() == {"A1": 63000, "A2": 63000}


def test_a_process_that_ended_before_the_note_was_written_has_charged_nobody(fake: FakeStripe) -> None:
    class TornNotebook(MemoryNotebook):
        def note(self, key: str, reference: str) -> Note:
            raise SystemExit

    with pytest.raises(SystemExit):
        charge(processor_at(fake.address, notebook=TornNotebook()))
    after = processor_at(fake.address)
    assert after.charge_status("A1").outcome is Outcome.NEVER_SEEN
    assert after.cancel("A1").outcome is Outcome.CANCELLED
    assert charge(after).outcome is Outcome.CANCELLED
    assert fake.captured() == {}


def test_many_at_once_with_one_key_charge_once(fake: FakeStripe) -> None:
    notebook, line = MemoryNotebook(), threading.Barrier(6)

    def one(_number: int) -> Outcome:
        processor = processor_at(fake.address, notebook=notebook)
        line.wait()
        return charge(processor).outcome

    with ThreadPoolExecutor(6) as threads:
        outcomes = list(threads.map(one, range(6)))
    assert set(outcomes) <= {Outcome.APPROVED, Outcome.NO_ANSWER}
    assert processor_at(fake.address, notebook=notebook).charge_status("A1").outcome is Outcome.APPROVED
    assert fake.captured() == {"A1": 63000}


def test_a_charge_and_its_cancellation_at_once_agree(
    fake: FakeStripe, stripe_processor: StripeProcessor
) -> None:
    with ThreadPoolExecutor(4) as threads:
        for number in range(15):
            key = f"A{number}"
            charged = threads.submit(charge, stripe_processor, key)
            cancelled = threads.submit(stripe_processor.cancel, key)
            assert charged.result().outcome in (Outcome.APPROVED, Outcome.CANCELLED)
            assert cancelled.result().outcome is charged.result().outcome
            assert stripe_processor.charge_status(key).outcome is charged.result().outcome
            assert (key in fake.captured()) == (charged.result().outcome is Outcome.APPROVED)


def test_a_silent_stripe_is_left_after_a_few_seconds() -> None:
    with running_fake() as fake:
        processor = processor_at(fake.address, answer_seconds=0.3)
        fake.faults["/payment_intents"] = ["slow"]
        began = time.monotonic()
        assert charge(processor).outcome is Outcome.NO_ANSWER
        assert time.monotonic() - began < 1.5
        assert fake.captured() == {}


def test_nobody_at_the_other_end_is_no_answer(notebook: MemoryNotebook) -> None:
    processor = processor_at("http://127.0.0.1:9", notebook=notebook)
    assert charge(processor) == ChargeResult(Outcome.NO_ANSWER)
    assert processor.charge_status("A1") == ChargeResult(Outcome.NEVER_SEEN)
    notebook.note("A2", "pi_2")
    assert processor.charge_status("A2") == ChargeResult(Outcome.NO_ANSWER)
    assert processor.cancel("A2") == ChargeResult(Outcome.NO_ANSWER)
    assert processor.refund(key="A2", amount_minor=1, refund_key="R1").outcome is RefundOutcome.NO_ANSWER


def test_the_library_tries_a_second_time_with_the_same_key(fake: FakeStripe) -> None:
    fake.faults["/payment_intents"] = ["drop after"]
    fake.faults["/confirm"] = ["drop after"]
    assert charge(processor_at(fake.address, retries=1)).outcome is Outcome.APPROVED
    assert fake.captured() == {"A1": 63000}
    assert len(fake.intents) == 1


# --- nobody there ------------------------------------------------------------------------------------------------


def test_an_unattended_charge_says_so(fake: FakeStripe, stripe_processor: StripeProcessor) -> None:
    assert charge(stripe_processor, unattended=True).outcome is Outcome.APPROVED
    confirmed = next(asked for asked in fake.asked if asked.path.endswith("/confirm"))
    assert confirmed.parameters["off_session"] == "true"


def test_a_bank_that_wants_its_customer_gets_a_page_to_lead_them_to(
    fake: FakeStripe, stripe_processor: StripeProcessor
) -> None:
    asked = charge(stripe_processor, card="holder_wanted", unattended=True)
    assert asked.outcome is Outcome.NEEDS_CONFIRMATION
    assert asked.confirmation_path == (
        "/stripe/confirmations/A1?to=%2Fbilling%2Forders%2FA1%3Ffrom%3Dcheckout"
    )
    assert (stripe_processor.bank_address("A1") or "").startswith(f"{fake.address}/bank?back=")
    fake.answer_bank("A1", approved=True)
    assert stripe_processor.charge_status("A1").outcome is Outcome.APPROVED
    assert stripe_processor.bank_address("A1") is None


def test_it_is_not_called_declined_between_the_two_questions(
    fake: FakeStripe, stripe_processor: StripeProcessor
) -> None:
    # The process ends after the bank said that it wants its customer.
    fake.faults["/pi_1"] = ["drop before"]
    assert charge(stripe_processor, card="holder_wanted", unattended=True).outcome is Outcome.NO_ANSWER
    status = stripe_processor.charge_status("A1")
    assert (status.outcome, status.reason) == (Outcome.DECLINED, DeclineReason.CONFIRMATION_FAILED)
    assert fake.intent_of("A1")["status"] == "canceled"


@pytest.mark.parametrize(
    ("unattended", "patience"),
    [(False, timedelta(hours=1)), (True, timedelta(days=1))],
    ids=["here", "by mail"],
)
def test_a_confirmation_must_come_in_time(unattended: bool, patience: timedelta) -> None:
    clock = FixedClock(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    with running_fake(now=lambda: clock.now().timestamp()) as fake:
        processor = processor_at(fake.address, clock=clock)
        asked = charge(processor, card="holder_wanted", unattended=unattended)
        clock.advance(patience - timedelta(seconds=1))
        assert processor.charge_status("A1") == asked
        clock.advance(timedelta(seconds=1))
        late = ChargeResult(Outcome.DECLINED, "pi_1", DeclineReason.CONFIRMATION_FAILED)
        assert processor.charge_status("A1") == late
        assert processor.charge_status("A1") == late
        assert fake.intent_of("A1")["status"] == "canceled"


# --- what Stripe refuses --------------------------------------------------------------------------------------------


def test_what_stripe_finds_impossible_is_declined(
    fake: FakeStripe, stripe_processor: StripeProcessor
) -> None:
    gone = charge(stripe_processor, card="of_nobody")
    assert gone == ChargeResult(Outcome.DECLINED, reason=DeclineReason.DECLINED)
    small = stripe_processor.charge(
        key="A2", amount_minor=1, currency="EUR", card_token="cus_1/pm_good", return_path="/"
    )
    assert small.outcome is Outcome.DECLINED
    assert fake.captured() == {}


def test_a_card_that_is_taken_away_meanwhile_is_declined_for_good(
    fake: FakeStripe, stripe_processor: StripeProcessor
) -> None:
    def take_away() -> None:
        fake.intent_of("A1")["payment_method"] = None

    fake.during["/confirm"] = take_away
    assert charge(stripe_processor).outcome is Outcome.DECLINED
    assert fake.intent_of("A1")["status"] == "canceled"
    assert stripe_processor.charge_status("A1").outcome is Outcome.DECLINED


def test_a_payment_that_the_bank_still_works_on_is_no_answer(
    fake: FakeStripe, stripe_processor: StripeProcessor
) -> None:
    charge(stripe_processor, card="needs_confirmation")
    fake.intent_of("A1")["status"] = "processing"
    assert stripe_processor.charge_status("A1").outcome is Outcome.NO_ANSWER
    assert stripe_processor.cancel("A1").outcome is Outcome.NO_ANSWER


@pytest.mark.parametrize(
    ("currency", "minor", "sent"),
    [("JPY", 500, "500"), ("EUR", 500, "500"), ("ISK", 500, "50000"), ("KWD", 1230, "1230")],
)
def test_amounts_are_sent_as_stripe_counts_them(
    fake: FakeStripe, stripe_processor: StripeProcessor, currency: str, minor: int, sent: str
) -> None:
    def again() -> Outcome:
        return stripe_processor.charge(
            key="A1", amount_minor=minor, currency=currency, card_token="cus_1/pm_good", return_path="/"
        ).outcome

    assert (again(), again()) == (Outcome.APPROVED, Outcome.APPROVED)
    assert fake.asked[0].parameters["amount"] == sent


def test_a_third_decimal_that_stripe_cannot_charge_is_declined_without_asking(
    fake: FakeStripe, stripe_processor: StripeProcessor
) -> None:
    charged = stripe_processor.charge(
        key="A1", amount_minor=1234, currency="KWD", card_token="cus_1/pm_good", return_path="/"
    )
    assert charged == ChargeResult(Outcome.DECLINED, reason=DeclineReason.DECLINED)
    assert fake.asked == []


def test_a_third_decimal_that_stripe_cannot_give_back_is_refused(
    fake: FakeStripe, stripe_processor: StripeProcessor
) -> None:
    stripe_processor.charge(
        key="A1", amount_minor=1230, currency="KWD", card_token="cus_1/pm_good", return_path="/"
    )

    def given(minor: int) -> RefundOutcome:
        return stripe_processor.refund(key="A1", amount_minor=minor, refund_key=f"R{minor}").outcome

    assert given(615) is RefundOutcome.REFUSED
    assert fake.refunds == {}
    assert given(610) is RefundOutcome.GIVEN_BACK


@pytest.mark.parametrize("currency", ["BHD", "JOD", "KWD", "OMR", "TND"])
def test_no_card_is_taken_where_not_every_amount_could_be_charged(
    fake: FakeStripe, stripe_processor: StripeProcessor, currency: str
) -> None:
    assert list(stripe_processor.kinds(currency)) == []
    with pytest.raises(ValueError, match=r".+"):
        stripe_processor.open_card_session(key="A1", return_path="/", language="en", currency=currency)
    assert fake.asked == []
    assert list(stripe_processor.kinds("JPY")) == [MethodKind.CARD]


@pytest.mark.parametrize("waits", ["pending", "requires_action"])
@pytest.mark.parametrize(
    ("ends", "outcome"),
    [
        ("succeeded", RefundOutcome.GIVEN_BACK),
        ("failed", RefundOutcome.REFUSED),
        ("canceled", RefundOutcome.REFUSED),
    ],
)
def test_a_refund_that_stripe_has_not_decided_yet_is_asked_about_again(
    fake: FakeStripe, stripe_processor: StripeProcessor, waits: str, ends: str, outcome: RefundOutcome
) -> None:
    def again() -> RefundOutcome:
        return stripe_processor.refund(key="A1", amount_minor=1000, refund_key="R1").outcome

    charge(stripe_processor)
    fake.refund_status = waits
    assert (again(), again()) == (RefundOutcome.NO_ANSWER, RefundOutcome.NO_ANSWER)
    (given,) = fake.refunds.values()
    given["status"] = ends
    assert again() is outcome
    assert len(fake.refunds) == 1


@pytest.mark.parametrize("fault", ["drop after", "500"])
def test_a_refund_without_an_answer_is_given_once(
    fake: FakeStripe, stripe_processor: StripeProcessor, fault: str
) -> None:
    charge(stripe_processor)
    fake.faults["/refunds"] = ["", fault]  # the list is answered, the refund is not
    lost = stripe_processor.refund(key="A1", amount_minor=1000, refund_key="R1")
    assert lost.outcome is RefundOutcome.NO_ANSWER
    fake.answers.clear()  # Stripe has forgotten the key; the list has not
    assert (
        stripe_processor.refund(key="A1", amount_minor=1000, refund_key="R1").outcome
        is RefundOutcome.GIVEN_BACK
    )
    assert fake.captured() == {"A1": 62000}
    assert len(fake.refunds) == 1


def test_no_secret_shows_in_a_representation(stripe_processor: StripeProcessor) -> None:
    assert "sk_test" not in repr(stripe_processor)
    assert "sk_test" not in repr(vars(stripe_processor))


def test_a_charge_that_is_not_even_asked_for_is_called_off_for_good(
    fake: FakeStripe, stripe_processor: StripeProcessor, notebook: MemoryNotebook
) -> None:
    fake.faults["/payment_intents"] = ["drop before"] * FAILURES
    for number in range(FAILURES):
        assert charge(stripe_processor, f"B{number}").outcome is Outcome.NO_ANSWER
    asked = len(fake.asked)
    assert charge(stripe_processor) == ChargeResult(Outcome.CANCELLED)
    assert len(fake.asked) == asked, "it is left alone"
    assert stripe_processor.charge_status("B0").outcome is Outcome.NO_ANSWER
    another = processor_at(fake.address, notebook=notebook)
    assert charge(another).outcome is Outcome.CANCELLED, "also for processes that would ask"
    assert fake.captured() == {}
