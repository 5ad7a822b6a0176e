"""People who click twice, go back, lose their session or have the wrong card: one order at most, and no surprise."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.shared.gateways.sandbox.known_cards import card_named
from portal.shared.gateways.sandbox.processor import BOOK_FILE
from tests.journeys.conftest import Walk
from tests.journeys.pages.sign_in import SignIn
from tests.support.labels import words
from tests.support.live_server import LiveServer, running_server

LOOK_AGAIN_SECONDS = 60

NewWalk = Callable[..., Walk]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, todays_stage: Path) -> Iterator[LiveServer]:
    """One server for all of them: each takes an account of its own."""
    with running_server(tmp_path_factory.mktemp("break-it"), stage=todays_stage) as server:
        yield server


@pytest.fixture
def new_walk(browser: Browser, server: LiveServer) -> Iterator[NewWalk]:
    opened = []

    def one(*, javascript: bool = True) -> Walk:
        context = browser.new_context(locale="en-GB", java_script_enabled=javascript)
        context.set_default_timeout(15_000)
        opened.append(context)
        return Walk(context.new_page(), server, words("en"))

    yield one
    for context in opened:
        context.close()


def to_checkout(walk: Walk, story: str, seats: str) -> None:
    """Sign in and go all the way to the button."""
    walk.sign_in(story)
    walk.subscriptions.choose_option("edit_subscription")
    walk.edit.choose(seats=seats)
    walk.edit.go_on("proceed_to_checkout")
    walk.checkout.is_shown()


@pytest.mark.parametrize(
    ("javascript", "story"), [(True, "monthly"), (False, "over-assigned")], ids=["with-scripts", "without"]
)
def test_a_double_click_is_one_order(
    new_walk: NewWalk, server: LiveServer, javascript: bool, story: str
) -> None:
    walk = new_walk(javascript=javascript)
    to_checkout(walk, story, "11")
    before = placed(server, story)
    walk.page.get_by_role("button", name=walk.words["place_order"], exact=True).dblclick()
    walk.page.wait_for_url("**/billing/orders/*")
    until_placed(walk)
    assert placed(server, story) == before + 1
    assert charges_of(server, walk.page) == 1


def test_going_back_after_placing_offers_nothing_to_place_again(
    new_walk: NewWalk, server: LiveServer
) -> None:
    walk = new_walk()
    to_checkout(walk, "annual", "8")
    walk.checkout.place_order()
    walk.confirmation.is_shown()
    before = placed(server, "annual")
    walk.page.go_back()
    # Either the empty cart, or the old page out of the browser's memory: then the button leads to the same order.
    button = walk.page.get_by_role("button", name=walk.words["place_order"], exact=True)
    empty = walk.page.get_by_text("Your cart is empty")
    expect(button.or_(empty)).to_be_visible()
    if button.count():
        button.click()
        walk.confirmation.is_shown()
    assert placed(server, "annual") == before


def test_a_session_that_was_ended_in_another_tab(new_walk: NewWalk, server: LiveServer) -> None:
    walk = new_walk()
    to_checkout(walk, "past-due", "5")
    total, before = walk.checkout.total, placed(server, "past-due")
    other = walk.page.context.new_page()
    other.goto(server.url + "/billing/")
    other.locator("[popovertarget=account-menu]").click()
    other.locator("form[action$='/sign-out'] button").click()
    other.wait_for_url("**/sign-in")
    walk.checkout.place_order()
    expect(walk.page.get_by_text("Your session has ended.")).to_be_visible()
    assert placed(server, "past-due") == before
    who = server.person("past-due")
    SignIn(walk.page, server).as_person(who, at=walk.page.url.removeprefix(server.url))
    walk.checkout.is_shown()
    assert walk.checkout.total == total
    walk.checkout.place_order()
    walk.confirmation.is_shown()
    assert placed(server, "past-due") == before + 1


def test_a_declined_card_then_another_one(new_walk: NewWalk, server: LiveServer) -> None:
    walk = new_walk()
    to_checkout(walk, "yen", "7")
    before = placed(server, "yen")
    use_card(walk, "insufficient_funds")
    walk.checkout.place_order()
    expect(walk.page.get_by_text("There is not enough money on the card.")).to_be_visible()
    expect(walk.page.get_by_text("Nothing was charged and nothing has changed.")).to_be_visible()
    assert placed(server, "yen") == before
    walk.page.get_by_role("link", name="Try again or use another card").click()
    walk.checkout.is_shown()
    use_card(walk, "mastercard")
    walk.checkout.place_order()
    walk.confirmation.is_shown()
    assert charges_of(server, walk.page) == 1


def test_an_answer_that_was_lost_after_the_charge_ends_as_an_order(
    new_walk: NewWalk, server: LiveServer
) -> None:
    walk = new_walk()
    to_checkout(walk, "lower-plan", "12")
    use_card(walk, "lost_after_charge")
    walk.checkout.place_order()
    expect(walk.page.get_by_role("heading", level=1)).to_have_text("We are checking with your bank")
    before = placed(server, "lower-plan")
    with closing(sqlite3.connect(database_file(server))) as books:  # five minutes go by
        books.execute("update orders set next_check_at = created_at where state = 'checking'")
        books.execute("delete from sweeps where name = 'charges'")
        books.commit()
    until_placed(walk)
    assert placed(server, "lower-plan") == before + 1
    assert charges_of(server, walk.page) == 1


def use_card(walk: Walk, name: str) -> None:
    """Add a card at checkout, on the processor's own page."""
    page = walk.page
    page.locator("#main form[action$='/checkout/card'] button").click()
    page.wait_for_url("**/sandbox-processor/cards/*")
    page.locator("[autocomplete=cc-number]").fill(card_named(name).spaced)
    page.locator("[autocomplete=cc-exp]").fill("12/34")
    page.locator("[autocomplete=cc-csc]").fill("123")
    page.locator("[autocomplete=cc-name]").fill("Yuki Tanabe")
    page.locator("[autocomplete=cc-name]").press("Enter")
    walk.checkout.is_shown()


def until_placed(walk: Walk) -> None:
    """Look at the order again until it took effect."""
    for _ in range(LOOK_AGAIN_SECONDS * 2):
        if walk.page.locator("main .notice.tone-good").count():
            return
        walk.page.wait_for_timeout(500)
        walk.page.reload()
    raise AssertionError(walk.page.locator("main").inner_text())


def placed(server: LiveServer, story: str) -> int:
    """How many orders of the account were placed."""
    (name,) = [account.name for account in server.person(story).accounts if story in account.stories]
    question = """
        select count(*) from orders join accounts on accounts.id = account_id
        where accounts.name = ? and orders.state = 'placed'
    """
    with closing(sqlite3.connect(database_file(server))) as books:
        return int(books.execute(question, (name,)).fetchone()[0])


def charges_of(server: LiveServer, page: Page) -> int:
    """How often the processor charged a card for the order that is shown."""
    reference = page.url.rpartition("/")[2]
    question = "select count(*) from charge where key = ? and outcome = 'approved'"
    with closing(sqlite3.connect(database_file(server).with_name(BOOK_FILE))) as book:
        return int(book.execute(question, (reference,)).fetchone()[0])


def database_file(server: LiveServer) -> Path:
    return Path(server.database_url.removeprefix("sqlite:///"))
