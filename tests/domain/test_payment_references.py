"""A creditor reference names one invoice or account, survives every way of writing it, and a slip names nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iso11649

from portal.shared.domain.payment_references import PaymentReference, reference_from_text, references_in

SERIES = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=11)
NUMBERS = st.none() | st.integers(1, 999_999_999)
REFERENCES = st.builds(PaymentReference, SERIES, NUMBERS)


@given(reference=REFERENCES)
def test_what_is_printed_reads_back_as_the_same(reference: PaymentReference) -> None:
    assert iso11649.is_valid(reference.text)
    assert reference_from_text(reference.text) == reference
    assert reference_from_text(reference.text.replace(" ", "").lower()) == reference


@given(reference=REFERENCES, before=st.sampled_from(["", "PAYMENT ", "fatura: "]), cut=st.integers(1, 9))
def test_it_is_found_in_a_line_of_a_statement(reference: PaymentReference, before: str, cut: int) -> None:
    compact = reference.text.replace(" ", "")
    pieces = " ".join(compact[at : at + cut] for at in range(0, len(compact), cut)) if cut > 1 else compact
    assert reference in references_in(f"{before}{pieces}")


@given(reference=REFERENCES, data=st.data())
def test_one_digit_typed_wrongly_names_nothing(reference: PaymentReference, data: st.DataObject) -> None:
    compact = reference.text.replace(" ", "")
    places = [at for at, sign in enumerate(compact) if sign.isdigit()]
    at = data.draw(st.sampled_from(places))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != compact[at]]))
    assert reference_from_text(f"{compact[:at]}{other}{compact[at + 1 :]}") is None


@given(first=REFERENCES, second=REFERENCES)
def test_two_things_never_share_a_reference(first: PaymentReference, second: PaymentReference) -> None:
    assert (first.text == second.text) is (first == second)


@given(text=st.text(max_size=200))
def test_any_text_can_be_searched(text: str) -> None:
    for found in references_in(text):
        assert found.number is None or found.number > 0


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("1001-000012", ["1001-000012"], id="the plain name of an invoice"),
        pytest.param("inv 1001-000012, 1001-000013.", ["1001-000012", "1001-000013"], id="two names"),
        pytest.param("1001-00012", [], id="a name that lacks a digit"),
        pytest.param("1001-000000", [], id="there is no invoice zero"),
        pytest.param("RF18 5390 0754 7034", [], id="somebody else's reference"),
        pytest.param("", [], id="nothing"),
    ],
)
def test_what_a_line_names(text: str, names: list[str]) -> None:
    assert [found.invoice_name for found in references_in(text)] == names


@pytest.mark.parametrize(
    "series", ["", "AB-1", "ä", "A" * 21], ids=["empty", "a dash", "no letter", "too long"]
)
def test_a_series_that_does_not_fit_is_refused(series: str) -> None:
    with pytest.raises(ValueError, match="creditor reference"):
        _ = PaymentReference(series).text
