"""The article on changing a plan, walked by a browser that knows only the article's words.

The words that stand out in the steps are read from the help page, and on the way everything is found by them.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from portal.shared.web.entrance.languages import LANGUAGES
from tests.journeys.pages.help_page import HelpPage, Reader
from tests.journeys.pages.order import Confirmation
from tests.journeys.pages.subscriptions import PRODUCT
from tests.support.labels import words
from tests.support.live_server import LiveServer

ARTICLE = "/help/change-plan?product=gotoassist-remote-support-v5"
OPENED, WANTED, SUMMED_UP, CHECKED, PAID, PLACED = range(1, 7)

in_every_language = pytest.mark.parametrize("language", LANGUAGES)


@pytest.fixture
def javascript() -> bool:
    return True


@pytest.fixture
def page(browser: Browser, language: str, javascript: bool) -> Iterator[Page]:
    context = browser.new_context(
        locale=language.replace("_", "-"),
        java_script_enabled=javascript,
        viewport={"width": 1280, "height": 900},
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def signs_in(page: Page, server: LiveServer, story: str) -> None:
    """The help page sent a stranger to sign in."""
    who = server.person(story)
    page.locator("input[name=email]").fill(who.email)
    page.locator("input[name=password]").fill(who.password)
    page.locator("input[name=password]").press("Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def walks(page: Page, server: LiveServer, language: str) -> None:
    """From the help page, signed out, to the order."""
    page.goto(server.url + ARTICLE)
    article, reader = HelpPage(page), Reader(page)
    steps = article.steps()
    assert len(steps) == 7

    article.follow_first_link()
    signs_in(page, server, "monthly")
    for name in steps[0]:
        reader.sees(name)

    card = page.get_by_role("article", name=PRODUCT)
    for name in steps[OPENED]:
        reader.press(name, card)

    for name in steps[WANTED]:
        reader.sees(name)
    reader.fills(steps[WANTED], "7")

    summary, go_on = steps[SUMMED_UP]
    reader.sees(summary)
    reader.press(go_on)

    page.wait_for_url("**/billing/checkout")
    for name in steps[CHECKED]:
        reader.sees(name)
    # "To change something once more": the last word of the step goes back, and nothing is lost.
    reader.press(steps[CHECKED][-1])
    page.wait_for_url("**/edit*")
    expect(page.locator("[name=seats]")).to_have_value("7")
    reader.press(go_on)
    page.wait_for_url("**/billing/checkout")

    for name in steps[PAID]:
        reader.sees(name)
    (place,) = steps[PLACED]
    reader.press(place)
    Confirmation(page, words(language)).is_shown()

    page.goto(server.url + ARTICLE)
    onward = article.last_paragraph.get_by_role("link")
    name = onward.inner_text()
    onward.click()
    expect(page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()


@in_every_language
def test_the_articles_words_lead_from_the_help_page_to_the_order(
    page: Page, fresh_server: LiveServer, language: str
) -> None:
    walks(page, fresh_server, language)


@pytest.mark.parametrize("language", ["pt_BR"])
@pytest.mark.parametrize("javascript", [False], ids=["without-javascript"])
def test_they_do_so_without_javascript(page: Page, fresh_server: LiveServer, language: str) -> None:
    walks(page, fresh_server, language)


@in_every_language
def test_the_notes_of_the_article_name_the_buttons_of_the_other_cases(
    page: Page, fresh_server: LiveServer, language: str
) -> None:
    page.goto(fresh_server.url + ARTICLE)
    article, reader = HelpPage(page), Reader(page)
    steps = article.steps()
    options, subscribe = article.note(OPENED)
    add, *_ = article.note(SUMMED_UP)

    # No Options: the free trial has ended.
    article.follow_first_link()
    signs_in(page, fresh_server, "trial-ended")
    card = page.get_by_role("article", name=PRODUCT)
    expect(card.get_by_role("button", name=options, exact=True)).to_have_count(0)
    reader.press(subscribe, card)
    for name in steps[WANTED]:
        reader.sees(name)
    page.context.clear_cookies()

    # Something in the cart: another button.
    page.goto(fresh_server.url + ARTICLE)
    article.follow_first_link()
    signs_in(page, fresh_server, "cart")
    card = page.get_by_role("article", name=PRODUCT)
    for name in steps[OPENED]:
        reader.press(name, card)
    reader.fills(steps[WANTED], "6")
    reader.press(add)
    page.wait_for_url("**/billing/cart")
    reader.press(steps[SUMMED_UP][-1])
    page.wait_for_url("**/billing/checkout")
