from __future__ import annotations

from datetime import timedelta

import pytest

from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.tax_registry import RegistryState, SandboxRegistry, TaxRegistry
from portal.shared.gateways.vies import ViesRegistry


@pytest.fixture
def registry(clock: FixedClock) -> TaxRegistry:
    return SandboxRegistry(clock)


# The numbers have right check digits, so that they pass the form of the pages; docs/sandbox.md lists them.
@pytest.mark.parametrize(
    ("country", "number", "state"),
    [
        ("DE", "136295801", RegistryState.VALID),
        ("DE", "300000800", RegistryState.NO_ANSWER),
        ("DE", "300000699", RegistryState.INVALID),
        ("PT", "501900446", RegistryState.VALID),
        ("PT", "501900500", RegistryState.NO_ANSWER),
        ("PT", "501900799", RegistryState.INVALID),
        ("BR", "11.222.333/0001-81", RegistryState.VALID),
        ("BR", "00.000.009/0001-00", RegistryState.NO_ANSWER),
        ("BR", "00.000.120/0001-99", RegistryState.INVALID),
        ("PT", "", RegistryState.INVALID),
        ("PT", "٥٠١٩٠٠٤٤٦", RegistryState.INVALID),
    ],
)
def test_the_number_decides(registry: TaxRegistry, country: str, number: str, state: RegistryState) -> None:
    assert registry.check(country, number).state is state


def test_an_answer_has_its_time_and_its_reference(registry: TaxRegistry, clock: FixedClock) -> None:
    first = registry.check("PT", "501900446")
    assert first.consulted_at == clock.now()
    assert first.reference is not None
    assert first.reference.startswith("SANDBOX-")
    assert registry.check("PT", "501 900 446") == first
    clock.advance(timedelta(seconds=1))
    assert registry.check("PT", "501900446").reference != first.reference


def test_without_an_answer_there_is_no_reference(registry: TaxRegistry, clock: FixedClock) -> None:
    silence = registry.check("PT", "501900500")
    assert (silence.reference, silence.consulted_at) == (None, clock.now())


@pytest.mark.parametrize(
    ("country", "knows"),
    [("PT", True), ("GR", True), ("MC", True), ("XI", True), ("GB", False), ("BR", False)],
)
def test_the_registry_of_the_union_says_whom_it_knows_before_it_is_asked(
    country: str, *, knows: bool
) -> None:
    assert ViesRegistry().knows(country) is knows
    assert SandboxRegistry().knows(country)
