"""Accepting a quote by people who click twice, go back, keep old links and lose their session: one order at most."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import books
from tests.journeys.conftest import Enter, entering
from tests.journeys.pages.sign_in import SignIn
from tests.journeys.somebody import Somebody
from tests.support.live_server import LiveServer, running_server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, todays_stage: Path) -> Iterator[LiveServer]:
    """One server for all of them: each makes a quote of its own."""
    with running_server(tmp_path_factory.mktemp("break-the-quote"), stage=todays_stage) as server:
        yield server


@pytest.fixture
def enter(browser: Browser, server: LiveServer) -> Iterator[Enter]:
    with entering(browser, server) as enter:
        yield enter


def with_a_quote(contact: Somebody, story: str, *, replacing: int | None = None) -> int:
    """Make a quote for two more seats and come to its steps; gives its number."""
    subscription = books.subscription(contact.server, story)
    contact.go(f"/corp-billing/subscriptions/{subscription.id}/add-seats?seats=2")
    if replacing is not None:
        contact.add_seats.replace(replacing)
    contact.add_seats.go_on()
    contact.terms.is_shown()
    return int(contact.page.url.split("/quotes/")[1].split("/")[0])


def to_the_button(contact: Somebody, story: str) -> int:
    """Come as far as the service order; gives the number of the quote."""
    number = with_a_quote(contact, story)
    contact.terms.go_on()
    contact.service_order.is_shown()
    return number


@pytest.mark.parametrize("javascript", [True, False], ids=["with-javascript", "without-javascript"])
@pytest.mark.parametrize("story", ["on-invoice", "other-team"], ids=["on-invoice", "by-card"])
def test_a_double_click_is_one_order(
    enter: Enter, server: LiveServer, story: str, *, javascript: bool
) -> None:
    contact = enter(story, javascript=javascript)
    to_the_button(contact, story)
    orders, documents = books.orders_placed(server, story), len(books.documents(server, story))
    contact.service_order.button.dblclick()
    contact.service_order.is_placed()
    assert books.orders_placed(server, story) == orders + 1
    assert len(books.documents(server, story)) == documents + 1
    books.prove(server)


def test_two_tabs_accept_the_same_quote(enter: Enter, server: LiveServer) -> None:
    contact = enter("on-invoice")
    number = to_the_button(contact, "on-invoice")
    before = books.orders_placed(server, "on-invoice")
    other = Somebody(contact.page.context.new_page(), server, contact.say, contact.who)
    other.go(f"/corp-billing/quotes/{number}/service-order")
    other.service_order.is_shown()
    contact.service_order.place()
    contact.service_order.is_placed()
    other.service_order.place()
    other.reads("This quote was accepted already.")
    assert books.orders_placed(server, "on-invoice") == before + 1


def test_going_back_after_accepting_offers_nothing_to_order_again(enter: Enter, server: LiveServer) -> None:
    contact = enter("other-team")
    to_the_button(contact, "other-team")
    contact.service_order.place()
    contact.service_order.is_placed()
    before = books.orders_placed(server, "other-team")
    contact.page.go_back()
    # Either the closed quote, or the old page out of the browser's memory: then the button says that it is closed.
    if contact.service_order.button.count():
        contact.service_order.place()
        contact.page.wait_for_load_state()
    expect(contact.service_order.button).to_have_count(0)
    assert books.orders_placed(server, "other-team") == before


def test_an_old_link_of_a_replaced_quote(enter: Enter, server: LiveServer) -> None:
    contact = enter("corporate")
    contact.go("/corp-billing/quotes/1/accept")
    contact.terms.is_shown()
    contact.terms.go_on()
    contact.service_order.is_shown()
    other = Somebody(contact.page.context.new_page(), server, contact.say, contact.who)
    newer = with_a_quote(other, "corporate", replacing=1)
    before = books.orders_placed(server, "corporate")
    contact.service_order.place()
    contact.reads("This quote was replaced by another one.")
    for page in ("", "/accept", "/service-order", "/reject"):
        contact.go(f"/corp-billing/quotes/1{page}")
        contact.reads("This quote was replaced by another one.")
        expect(contact.quote.answer).to_have_count(0)
    contact.link("See quote %(number)d, which replaced it", number=newer).click()
    contact.quote.is_shown(newer)
    assert books.orders_placed(server, "corporate") == before


def test_a_session_that_ends_in_the_middle_asks_only_for_the_name_again(
    enter: Enter, server: LiveServer
) -> None:
    contact = enter("other-team")
    number = with_a_quote(contact, "other-team")
    name_the_admin(contact)
    sign_out_elsewhere(contact)
    contact.terms.go_on()
    contact.page.wait_for_url(lambda url: "/sign-in" in url)
    SignIn(contact.page, server).as_person(contact.who, at=contact.page.url.removeprefix(server.url))
    contact.terms.is_shown()
    # Who somebody else is stands in no address, so it is asked for again.
    assert "lia" not in contact.page.url
    expect(contact.terms.admin_name).to_have_value("")
    name_the_admin(contact)
    contact.terms.go_on()
    contact.service_order.is_shown()
    expect(contact.service_order.terms).to_contain_text("Zélia Prates")
    before = books.orders_placed(server, "other-team")
    sign_out_elsewhere(contact)
    contact.service_order.place()
    contact.page.wait_for_url(lambda url: "/sign-in" in url)
    assert books.orders_placed(server, "other-team") == before
    SignIn(contact.page, server).as_person(contact.who, at=contact.page.url.removeprefix(server.url))
    contact.service_order.is_shown()
    contact.service_order.place()
    contact.service_order.is_placed()
    assert books.orders_placed(server, "other-team") == before + 1
    contact.go(f"/corp-billing/quotes/{number}")
    contact.reads("This quote was accepted already.")


def name_the_admin(contact: Somebody) -> None:
    contact.terms.admin_name.fill("Zélia Prates")
    contact.terms.admin_email.fill("zelia@ponte-nova.example")


def sign_out_elsewhere(contact: Somebody) -> None:
    """End the session in another tab."""
    other = contact.page.context.new_page()
    other.goto(contact.server.url + "/corp-billing/")
    other.locator("[popovertarget=account-menu]").click()
    other.locator("form[action$='/sign-out'] button").click()
    other.wait_for_url("**/sign-in")
    other.close()


def test_another_account_was_chosen_in_another_tab(enter: Enter, server: LiveServer) -> None:
    contact = enter("two-types")
    choose_account(contact, "Prado e Filhos Holding S.A.")
    number = to_the_button(contact, "two-types")
    other = Somebody(contact.page.context.new_page(), server, contact.say, contact.who)
    choose_account(other, "Prado Consultoria Ltda.")
    before = books.orders_placed(server, "two-types")
    contact.service_order.place()
    contact.page.wait_for_load_state()
    assert books.orders_placed(server, "two-types") == before
    expect(contact.service_order.button).to_have_count(0)
    choose_account(contact, "Prado e Filhos Holding S.A.")
    contact.go(f"/corp-billing/quotes/{number}/service-order")
    contact.service_order.place()
    contact.service_order.is_placed()
    assert books.orders_placed(server, "two-types") == before + 1


def choose_account(contact: Somebody, name: str) -> None:
    """Serve one of two accounts."""
    contact.go("/accounts")
    contact.page.locator("main").get_by_role("button", name=name).click()
    contact.page.wait_for_url(lambda url: "/accounts" not in url)


def test_a_quote_that_is_not_ones_own_does_not_exist(enter: Enter, server: LiveServer) -> None:
    stranger = enter("on-invoice", javascript=False)
    answer = stranger.page.goto(f"{server.url}/corp-billing/quotes/999")
    assert answer is not None
    assert answer.status == 404
