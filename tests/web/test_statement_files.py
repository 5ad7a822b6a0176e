"""The statement for spreadsheets: no cell is taken for a formula, and figures stay figures."""

from __future__ import annotations

import pytest

from portal.shared.domain.money import Money
from portal.shared.web.invoices.statements import defused, plain


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        pytest.param("=1+1", "'=1+1", id="a formula"),
        pytest.param("+351 210", "'+351 210", id="plus"),
        pytest.param("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0", id="minus"),
        pytest.param("@SUM(A1)", "'@SUM(A1)", id="at"),
        pytest.param("\t=1", "'\t=1", id="tab"),
        pytest.param("\r=1", "'\r=1", id="carriage return"),
        pytest.param("-12.50", "-12.50", id="a figure"),
        pytest.param("Fatura 7", "Fatura 7", id="words"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_cell_is_no_formula(text: str, cell: str) -> None:
    assert defused(text) == cell


@pytest.mark.parametrize(
    ("amount", "figure"),
    [
        pytest.param(Money(-5, "EUR"), "-0.05", id="cents"),
        pytest.param(Money(123456, "JPY"), "123456", id="no decimals"),
        pytest.param(Money(1234, "KWD"), "1.234", id="three decimals"),
    ],
)
def test_an_amount_for_a_program(amount: Money, figure: str) -> None:
    assert plain(amount) == figure
