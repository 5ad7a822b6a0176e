"""One spelling of a domain of mail, and no second way to read it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.shared.domain.sign_in.mail_domains import domain_of, is_public, plain_domain


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("example.com", "example.com"),
        (" EXAMPLE.Com. ", "example.com"),
        ("@example.com", "example.com"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("XN--BCHER-KVA.example", "xn--bcher-kva.example"),
        ("são-paulo.example", "xn--so-paulo-rza.example"),
        ("straße.example", None),  # older rules read strasse.example
        ("example", None),
        ("", None),
        ("a@example.com", None),
        ("-a.example", None),
        ("a..example", None),
        ("192.0.2.7", None),
        ("[192.0.2.7]", None),
        ("exa mple.com", None),
        ("exam_ple.com", None),
        ("a" * 64 + ".example", None),
        ("example.com/evil", None),
        ("example\u200d.com", None),
    ],
)
def test_a_domain_has_one_spelling_or_none(typed: str, plain: str | None) -> None:
    assert plain_domain(typed) == plain


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("ana@example.com", "example.com"),
        (" Ana@EXAMPLE.com ", "example.com"),
        ("ana@bücher.example", "xn--bcher-kva.example"),
        ("ana", None),
        ("@example.com", None),
        ("ana@", None),
        ("ana@@example.com", None),
        ("ana@evil.example@example.com", None),
        ("ana@example.com.", None),
        ("ana@sub.example.com", "sub.example.com"),  # exact: not example.com
        ("ana maria@example.com", None),
        ("a" * 250 + "@example.com", None),
    ],
)
def test_an_address_lies_in_one_domain_or_none(address: str, domain: str | None) -> None:
    assert domain_of(address) == domain


@given(st.text())
def test_the_plain_spelling_is_its_own(text: str) -> None:
    plain = plain_domain(text)
    assert plain is None or plain_domain(plain) == plain


def test_domains_where_everybody_has_an_address_are_known() -> None:
    assert is_public("gmail.com")
    assert not is_public("exemplo.example")
