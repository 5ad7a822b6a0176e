from __future__ import annotations

import pytest

from portal.shared.domain.addresses import masked


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        pytest.param("maria.silva@example.com", "m•••@example.com", id="a long name"),
        pytest.param("jo@example.com", "j•••@example.com", id="a short name looks as long"),
        pytest.param("j@example.com", "•••@example.com", id="one letter would be all of it"),
        pytest.param('"a@b"@example.com', '"•••@example.com', id="an at sign inside the name"),
    ],
)
def test_an_address_shows_its_first_letter_and_its_house(email: str, shown: str) -> None:
    assert masked(email) == shown
