"""The main job without a mouse: Tab, Enter, Space and arrows, and one always sees where one is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as TookTooLong

from tests.support.demo_house import DemoHouse
from tests.support.labels import words
from tests.support.open_doors import OpenHouse, open_to_browsers

MOST_STEPS = 60


@pytest.fixture
def opened(house: DemoHouse) -> Iterator[OpenHouse]:
    with open_to_browsers(house) as opened:
        yield opened


# Whether the focus is on nothing, or on something in sight with a ring around it: its own, or that of the box it fills.
SEEN = """() => {
    const one = document.activeElement;
    if (one === document.body) return true;
    if (!one.matches(':focus')) return true;  // a part of the browser's own control, as the calendar of a date
    const ringed = node => {
        const style = node && getComputedStyle(node);
        return style && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    };
    const box = one.getBoundingClientRect();
    const around = [one, ...['.choice', '.segment', '.stepper', 'label'].map(name => one.closest(name))];
    return around.some(ringed) && box.bottom > 0 && box.top < innerHeight;
}"""


def walk_to(page: Page, selector: str) -> None:
    """Press Tab until the focus stands on it; every step on the way must be seen."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        try:
            page.wait_for_function(SEEN, timeout=10_000)
        except TookTooLong:
            raise AssertionError(
                "not seen: " + page.locator(":focus").evaluate("it => it.outerHTML")
            ) from None
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab never reaches {selector} on {page.url}")


def test_the_main_job(opened: OpenHouse, browser: Browser) -> None:
    said = words("en")
    page = opened.page(browser, None, viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    page.goto(opened.url + "/go/change-plan")
    page.keyboard.type(opened.house.email("monthly"))  # the focus waits in the first field
    page.keyboard.press("Tab")
    page.keyboard.type(opened.house.cast.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(said["edit_subscription"])

    walk_to(page, "input[name=plan]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=plan]:checked")).to_be_focused()
    walk_to(page, "input[name=seats]")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("input[name=seats]")).to_have_value("7")
    expect(page.locator(".summary")).to_contain_text("7 ×")
    walk_to(page, "input[name=frequency]")
    page.keyboard.press("ArrowRight")
    expect(page.locator("input[name=frequency]:checked")).to_have_value("annual")
    walk_to(page, "button[form=change]")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text(said["checkout"])
    walk_to(page, "#place-order button")
    page.keyboard.press("Space")
    page.wait_for_url("**/billing/orders/*")
    walk_to(page, "textarea")
    page.keyboard.type("lea@padaria-aurora.example")
    walk_to(page, "input[type=checkbox]")
    page.keyboard.press("Space")
    walk_to(page, "button[type=submit]")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 seat was assigned.")).to_be_visible()
    page.context.close()


def test_accepting_a_quote(opened: OpenHouse, browser: Browser) -> None:
    page = opened.page(browser, opened.house.email("corporate"), viewport={"width": 1280, "height": 900})
    page.goto(opened.url + "/corp-billing/quotes/1")
    walk_to(page, "a[href$='/accept']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Payment and billing")

    walk_to(page, "input[name=pay]")
    expect(page.locator("input[name=pay]:checked")).to_have_value("invoice")
    walk_to(page, "select[name=purchase_order]")
    page.keyboard.press("ArrowDown")
    walk_to(page, "input[name=admin_name]")
    page.keyboard.type("Nobody yet")
    walk_to(page, "button[form=choices]")
    page.keyboard.press("Enter")

    # A name without an address: the sentence is reached at once, and leads to its field.
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=admin_email]")).to_be_focused()
    page.keyboard.type("nobody@horizonte.example")
    walk_to(page, "input[name=without_seats]")
    page.keyboard.press("Space")
    walk_to(page, "button[form=choices]")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Check the service order")
    walk_to(page, "#place-order button")
    page.keyboard.press("Space")
    page.wait_for_url("**/corp-billing/orders/*")
    walk_to(page, "main a.button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/corp-billing/invoices/*")
    page.context.close()


def test_menus_open_and_close(opened: OpenHouse, browser: Browser) -> None:
    said = words("en")
    page = opened.page(browser, opened.house.email("cart"), viewport={"width": 360, "height": 740})
    page.goto(opened.url + "/billing/")
    walk_to(page, ".options-button")
    expect(page.locator(".options-button").first).to_have_accessible_name(said["options"])
    menu = page.locator(".subscription .menu-list").first
    for key in ("Enter", "Space"):
        page.keyboard.press(key)
        expect(menu).to_be_visible()
        page.keyboard.press("Escape")
        expect(menu).to_be_hidden()
        expect(page.locator(".options-button").first).to_be_focused()
    page.keyboard.press("Enter")
    walk_to(page, ".menu-item")
    expect(page.locator(":focus")).to_have_text(said["edit_subscription"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(said["edit_subscription"])
    page.context.close()


def test_the_first_key_leads_past_the_header_and_errors_are_reached_at_once(
    opened: OpenHouse, browser: Browser
) -> None:
    page = opened.page(browser, opened.house.email("monthly"), viewport={"width": 1280, "height": 900})
    page.goto(opened.url + "/go/change-plan")
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    expect(page.locator(".skip-link")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    walk_to(page, "input[name=seats]")
    page.keyboard.press("Control+A")
    page.keyboard.type("seven")
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=seats]")).to_be_focused()
    expect(page.locator("input[name=seats]")).to_have_value("seven")
    page.context.close()


@pytest.mark.parametrize(
    ("story", "portal"), [("past-due", "billing"), ("corporate", "corp-billing")], ids=["online", "corporate"]
)
def test_paying_an_invoice(opened: OpenHouse, browser: Browser, story: str, portal: str) -> None:
    page = opened.page(browser, opened.house.email(story), viewport={"width": 1280, "height": 900})
    page.goto(f"{opened.url}/go/pay-invoice")
    walk_to(page, f"main a[href*='/{portal}/invoices/']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{portal}/invoices/*")
    walk_to(page, "a[href$='/pay']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pay")
    walk_to(page, "input[name=amount]")
    page.keyboard.press("Control+A")
    page.keyboard.type("nothing")
    page.keyboard.press("Enter")

    # A sum that is none: the sentence is reached at once, and leads to its field.
    expect(page.locator(".error-summary")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("input[name=amount]")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("10")
    walk_to(page, "main button[type=submit]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/payments/*")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your payment is made")
    page.context.close()
