"""Seats change hands: bought for three people in one step, and taken from the one who is chosen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Walk

NAMES = ("Ana Prado", "bruno@padaria-aurora.example", "Célia Reis")


ONCE_EACH = pytest.mark.parametrize(
    ("language", "javascript"),
    [("pt_BR", False), ("en", True)],
    ids=["without-javascript", "with-javascript"],
)


@ONCE_EACH
def test_three_seats_are_bought_and_given_to_three_people_in_one_step(
    walk: Walk, language: str, javascript: bool
) -> None:
    walk.sign_in("monthly")
    walk.subscriptions.choose_option("edit_subscription")
    bought = int(walk.edit.seats.input_value())
    walk.edit.choose(seats=str(bought + 3))
    walk.edit.people.fill(
        "Ana Prado <ana.prado@padaria-aurora.example>\nbruno@padaria-aurora.example\n"
        "celia@padaria-aurora.example; Célia Reis"
    )
    if javascript:
        expect(walk.edit.summary).to_contain_text(f"{bought + 3} ×")
    walk.edit.go_on("proceed_to_checkout")
    walk.checkout.is_shown()
    for name in NAMES:
        expect(walk.page.locator("dl.facts").first).to_contain_text(name)
    walk.checkout.place_order()
    walk.confirmation.is_shown()
    walk.go("/billing/seats")
    people = walk.page.get_by_role("table")
    for name in NAMES:
        expect(people).to_contain_text(name)


@ONCE_EACH
def test_fewer_seats_than_people_ask_who_loses_theirs_in_the_same_step(
    walk: Walk, language: str, javascript: bool
) -> None:
    walk.sign_in("monthly")
    walk.go("/billing/seats")
    held = walk.page.locator("table input[name=person]").count()
    walk.go("/billing/")
    walk.subscriptions.choose_option("edit_subscription")
    walk.edit.choose(seats="2")
    if not javascript:
        walk.edit.go_on("proceed_to_checkout")  # who loses their seat is asked before anything goes on
    first = walk.edit.losing.first
    first.check()
    chosen = walk.page.locator("label:has(input[name=release]:checked) small").all_inner_texts()
    walk.edit.go_on("proceed_to_checkout")
    walk.checkout.is_shown()
    walk.checkout.place_order()
    walk.confirmation.is_shown()
    walk.go("/billing/seats?show=suspended")
    expect(walk.page.get_by_role("table")).to_contain_text(chosen[0])
    assert held >= len(chosen) > 0
