"""VAT numbers: form and check digits here, the registry outside, and the tax that follows."""

from __future__ import annotations

import pytest

from portal.shared.domain.taxes import TaxKind, VatState
from portal.shared.gateways.tax_registry import SandboxRegistry
from portal.shared.records.accounts import Account
from portal.shared.services.taxes import rules as taxes
from portal.shared.services.taxes.rules import VatProblem, VatResult
from tests.support.shop import Customer, Shop, want


def enter(shop: Shop, who: Customer, text: str) -> VatResult:
    registry = SandboxRegistry(shop.clock)
    return taxes.set_vat_number(shop.database, registry, who.id, who.person_id, text, shop.clock.now())


def account(shop: Shop, who: Customer) -> Account:
    with shop.database.read() as session:
        return session.get_one(Account, who.id)


def number_ending(ending: str) -> str:
    """A German number of right form that ends so."""
    for start in range(1_000_000, 1_001_000):
        number = f"{start}{ending}"
        if taxes.compact_vat_number("DE", number)[1] is None:
            return number
    raise AssertionError(ending)


def test_a_number_the_registry_knows_is_valid_and_changes_the_tax(shop: Shop) -> None:
    who = shop.customer(country="DE")
    subscription = shop.trial(who)
    before = shop.look(who, want(subscription, shop.catalogue.plus, 5)).summary
    assert enter(shop, who, "DE 136,695 976") == VatResult(VatState.VALID)
    after = shop.look(who, want(subscription, shop.catalogue.plus, 5)).summary
    assert before is not None
    assert after is not None
    assert (before.tax.kind, after.tax.kind) == (TaxKind.CUSTOMER_COUNTRY, TaxKind.REVERSE_CHARGE)
    kept = account(shop, who)
    assert (kept.vat_number, kept.vat_checked_at) == ("136695976", shop.clock.now())
    assert kept.vat_reference.startswith("SANDBOX-")


def test_a_registry_that_is_silent_leaves_the_number_pending_and_tax_charged(shop: Shop) -> None:
    who = shop.customer(country="DE")
    assert enter(shop, who, number_ending("00")) == VatResult(VatState.PENDING)
    seen = shop.look(who, want(shop.trial(who), shop.catalogue.plus, 5)).summary
    assert seen is not None
    assert seen.tax.kind is TaxKind.PENDING


def test_a_number_the_registry_does_not_know_is_not_kept(shop: Shop) -> None:
    who = shop.customer(country="DE")
    enter(shop, who, "DE136695976")
    assert enter(shop, who, number_ending("99")) == VatResult(VatState.INVALID, VatProblem.NOT_REGISTERED)
    assert account(shop, who).vat_number == "136695976", "the one from before stays"


@pytest.mark.parametrize(
    ("country", "text", "problem"),
    [
        ("DE", "DE136695977", VatProblem.WRONG_CHECK_DIGIT),
        ("DE", "hello", VatProblem.WRONG_FORM),
        ("DE", "1" * 500, VatProblem.WRONG_FORM),
        ("DE", "١٢٣٤٥٦٧٨٩", VatProblem.WRONG_FORM),
        ("PT", "PT501964842", VatProblem.WRONG_CHECK_DIGIT),
        ("GB", "GB123", VatProblem.WRONG_FORM),
        ("US", "!!", VatProblem.WRONG_FORM),
        ("US", "1" * 21, VatProblem.WRONG_FORM),
    ],
)
def test_a_number_of_wrong_form_is_told_without_asking_anybody(
    shop: Shop, country: str, text: str, problem: VatProblem
) -> None:
    who = shop.customer(country=country)
    assert enter(shop, who, text) == VatResult(VatState.INVALID, problem)
    assert account(shop, who).vat_state is VatState.NONE


@pytest.mark.parametrize(
    ("country", "text", "kept"),
    [
        ("PT", "PT 501 964 843", "501964843"),
        ("MC", "FR 53 000004605", "53000004605"),
        ("GB", "GB 980 7806 84", "980780684"),
        ("GR", "EL 094259216", "094259216"),
        ("US", "12-345/67", "1234567"),
    ],
)
def test_a_number_is_kept_in_its_one_spelling(shop: Shop, country: str, text: str, kept: str) -> None:
    who = shop.customer(country=country)
    assert enter(shop, who, text).state is VatState.VALID
    assert account(shop, who).vat_number == kept


def test_an_empty_text_removes_the_number(shop: Shop) -> None:
    who = shop.customer(country="DE")
    enter(shop, who, "DE136695976")
    assert enter(shop, who, "  ") == VatResult(VatState.NONE)
    assert (account(shop, who).vat_number, account(shop, who).vat_state) == ("", VatState.NONE)
