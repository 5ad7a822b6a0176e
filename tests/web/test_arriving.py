"""Arriving: the front door, task links, and the page of those who cannot go on by themselves."""

from __future__ import annotations

import re

import pytest

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.tasks import Task
from portal.shared.web.words import router as router_words
from tests.support.world import World, token_of

# Where a representative is asked for what only they can do.
ASK_REP = "/corp-billing/requests/new?task=change-plan"


def test_every_page_the_router_names_exists_and_takes_what_it_is_given(world: World) -> None:
    rules = {rule.endpoint: rule for rule in world.app.url_map.iter_rules()}
    named = pages.PAGES.keys() | pages.DESK_PAGES | pages.FRONT_PAGES
    assert named - rules.keys() == set()
    for endpoint in named:
        needed = set(rules[endpoint].arguments)
        if endpoint in pages.OF_A_SUBSCRIPTION:
            assert needed == {"subscription_id"}


def test_every_page_of_a_portal_is_known_to_its_guard(world: World) -> None:
    endpoints = {rule.endpoint for rule in world.app.url_map.iter_rules()}
    of_portals = {one for one in endpoints if pages.portal_of_page(one) in pages.PORTAL_OF.values()}
    assert of_portals - pages.PAGES.keys() - pages.DESK_PAGES == set()


def test_every_reason_has_its_words_or_needs_none(world: World) -> None:
    assert set(router_words.SENTENCES) | router_words.WITHOUT_WORDS == set(Reason)
    assert set(router_words.SENTENCES) & router_words.WITHOUT_WORDS == set()
    assert set(router_words.TASKS) == set(Task)
    with world.app.test_request_context("/"):
        assert router_words.sentence(Reason.PAGE_DOES_IT) is None
        assert (
            router_words.sentence(Reason.ACCOUNT_IS_ONLINE)
            != router_words.SENTENCES[Reason.ACCOUNT_IS_ONLINE]
        )


def test_the_front_door_asks_a_stranger_to_sign_in(world: World) -> None:
    assert world.browser().get("/").location == "/sign-in"


def test_a_task_link_survives_the_sign_in(world: World) -> None:
    answer = world.browser().get("/go/change-plan?product=assist")
    assert answer.location == "/sign-in?next=/go/change-plan?product%3Dassist"
    assert world.decisions() == []


@pytest.mark.parametrize(
    ("kind", "role", "home"),
    [
        ("online", "billing_contact", "/billing/"),
        ("corporate", "billing_contact", "/corp-billing/"),
        ("online", "viewer", "/billing/"),
        ("online", "seat_holder", "/not-the-billing-contact?why=not-the-contact"),
    ],
)
def test_the_front_door_leads_each_to_their_own(world: World, kind: str, role: str, home: str) -> None:
    browser = world.browser(world.person((world.account(kind), role)))
    assert browser.get("/").location == home


def test_staff_are_led_to_the_desk(world: World) -> None:
    browser = world.browser(world.person(staff="rep"))
    assert browser.get("/").location == "/corp-billing/desk"
    assert browser.get("/go/cancel").location == "/corp-billing/desk"


def test_a_task_link_leads_to_the_page_of_the_one_subscription(world: World) -> None:
    browser = world.browser(world.person((world.account(), "billing_contact")))
    answer = browser.get("/go/change-plan?product=assist")
    assert re.fullmatch(r"/billing/subscriptions/\d+/edit", answer.location)
    assert world.decisions() == [("change-plan", pages.EDIT, "page-does-it")]


def test_an_ended_trial_says_so_on_the_way(world: World) -> None:
    browser = world.browser(world.person((world.account(trial=True), "billing_contact")))
    assert browser.get("/go/change-plan").location.endswith("/edit?why=trial-ended")


def test_an_unknown_task_is_no_error(world: World) -> None:
    browser = world.browser(world.person((world.account(), "billing_contact")))
    assert browser.get("/go/fly-to-the-moon").location == "/billing/?why=unknown-task"
    assert world.decisions() == [("", pages.SUBSCRIPTIONS, "unknown-task")]


def test_looking_where_a_link_leads_leaves_no_line(world: World) -> None:
    browser = world.browser(world.person((world.account(), "billing_contact")))
    assert browser.head("/go/invoices").location == "/billing/invoices"
    assert world.decisions() == []


def test_who_serves_several_accounts_is_asked_once_and_keeps_the_task(world: World) -> None:
    online, corporate = world.account(), world.account("corporate")
    browser = world.browser(world.person((online, "billing_contact"), (corporate, "billing_contact")))
    asked = browser.get("/go/invoices")
    assert asked.location == "/accounts?next=/go/invoices"
    page = browser.get(asked.location)
    chosen = browser.post(
        f"/accounts/{corporate}", data={"csrf_token": token_of(page), "next": "/go/invoices"}
    )
    assert chosen.location == "/go/invoices"
    assert browser.get("/go/invoices").location == "/corp-billing/invoices"


def test_a_page_of_the_other_portal_leads_to_the_same_task_and_says_why(world: World) -> None:
    browser = world.browser(world.person((world.account("corporate"), "billing_contact")))
    answer = browser.get("/billing/invoices")
    assert answer.location == "/corp-billing/invoices?why=account-is-corporate"
    page = browser.get(answer.location)
    assert "You seem to have landed in the wrong place. This is a corporate account" in page.text
    assert world.decisions() == [("invoices", pages.CORPORATE_INVOICES, "account-is-corporate")]


def test_a_fragment_of_the_other_portal_moves_the_whole_page(world: World) -> None:
    browser = world.browser(world.person((world.account("corporate"), "billing_contact")))
    answer = browser.get("/billing/subscriptions/1/summary", headers={"HX-Request": "true"})
    assert answer.headers["HX-Redirect"] == f"{ASK_REP}&product=assist&why=account-is-corporate"


def test_a_form_in_the_wrong_portal_changes_nothing(world: World) -> None:
    browser = world.browser(world.person((world.account("corporate"), "billing_contact")))
    token = token_of(browser.get("/accounts"))
    answer = browser.post("/billing/checkout/place", data={"csrf_token": token})
    assert (answer.status_code, answer.location) == (303, f"{ASK_REP}&why=account-is-corporate")


def test_an_expired_account_is_closed_but_for_renewing(world: World) -> None:
    browser = world.browser(world.person((world.account(expired=True), "billing_contact")))
    assert browser.get("/billing/payment-method").location == "/billing/?why=account-expired"
    assert (
        "what you asked for opens again once it is renewed"
        in browser.get("/billing/?why=account-expired").text
    )


@pytest.mark.parametrize("code", ["nonsense", "<script>", "page-does-it", ""])
def test_an_address_says_only_what_we_have_words_for(world: World, code: str) -> None:
    browser = world.browser(world.person((world.account(), "billing_contact")))
    page = browser.get("/billing/", query_string={"why": code})
    assert page.status_code == 200
    assert "<script>" not in page.text.split("<main")[1]
    assert 'class="notice' not in page.text.split("<main")[0]


def test_who_is_not_the_contact_is_told_who_is(world: World) -> None:
    account = world.account()
    world.person((account, "billing_contact"))
    browser = world.browser(world.person((account, "seat_holder")))
    page = browser.get("/go/change-plan?product=assist", follow_redirects=True)
    assert page.request.path == "/not-the-billing-contact"
    assert "Billing for this account is done by its billing contact." in page.text
    assert "Change the plan" in page.text
    assert "p•••@example.org" in page.text
    assert "Write to the billing contact" in page.text
    assert "wrong place" not in page.text
    assert page.text.count("Billing for this account is done by its billing contact.") == 1, "said twice"


def test_an_admin_sees_the_name_and_the_way_to_the_seats(world: World) -> None:
    account = world.account(products=2)
    world.person((account, "billing_contact"))
    browser = world.browser(world.person((account, "account_admin")))
    page = browser.get("/billing/invoices", follow_redirects=True)
    assert page.text.count("Ana Lima") >= 1
    assert re.search(r"mailto:person\d+@example\.org", page.text)
    assert 'href="/go/assign-seats"' in page.text


def test_an_admin_of_several_products_picks_one(world: World) -> None:
    browser = world.browser(world.person((world.account(products=2), "account_admin")))
    page = browser.get("/", follow_redirects=True)
    assert page.request.path == "/choose-subscription"
    assert re.findall(r'href="(/billing/subscriptions/\d+/seats)"', page.text)
    assert "Assist – Standard" in page.text
    assert "0 of 5 seats assigned" in page.text
    assert page.text.count("Choose the subscription you mean.") == 1, "asked twice"


def test_seats_that_cannot_be_assigned_are_not_offered(world: World) -> None:
    browser = world.browser(world.person((world.account(trial=True, products=2), "account_admin")))
    page = browser.get("/", follow_redirects=True)
    assert "the trial or the subscription has ended" in page.text
    assert "/seats" not in page.text.split("<main")[1]


@pytest.mark.parametrize("address", ["/choose-subscription", "/not-the-billing-contact?task=invoices"])
def test_nobody_stays_on_a_page_that_is_not_for_them(world: World, address: str) -> None:
    assert world.browser().get(address).location.startswith("/sign-in")
    contact = world.browser(world.person((world.account(), "billing_contact")))
    assert contact.get(address).location.startswith("/billing/")


def test_who_has_no_account_is_told_so_and_has_nobody_to_write_to(world: World) -> None:
    browser = world.browser(world.person())
    page = browser.get("/", follow_redirects=True)
    assert "You are not connected to any account yet." in page.text
    assert "Write to the billing contact" not in page.text
    answer = browser.post("/not-the-billing-contact/write", data={"csrf_token": token_of(page)})
    assert answer.location == "/not-the-billing-contact?why=no-account"


def test_an_account_without_a_contact_names_our_own_desk(world: World) -> None:
    for kind, desk in (("online", "Customer Care"), ("corporate", "Corporate Account Services")):
        browser = world.browser(world.person((world.account(kind), "seat_holder")))
        page = browser.get("/", follow_redirects=True)
        assert f"{desk} can help." in page.text
        assert "Write to the billing contact" not in page.text


def test_the_button_writes_to_the_contact_three_times_a_day(world: World) -> None:
    account = world.account()
    world.person((account, "billing_contact"))
    browser = world.browser(world.person((account, "viewer")))
    page = browser.get("/not-the-billing-contact?task=cancel")
    data = {"csrf_token": token_of(page), "task": "cancel"}
    for _ in range(3):
        answer = browser.post("/not-the-billing-contact/write", data=data, follow_redirects=True)
        assert "We have written to the billing contact." in answer.text
        assert answer.request.args["task"] == "cancel"
    answer = browser.post("/not-the-billing-contact/write", data=data, follow_redirects=True)
    assert "You have written three times today." in answer.text
    assert len(world.letters()) == 3


def test_a_contact_who_presses_an_old_button_is_led_to_the_task(world: World) -> None:
    browser = world.browser(world.person((world.account(), "billing_contact")))
    token = token_of(browser.get("/accounts"))
    answer = browser.post("/not-the-billing-contact/write", data={"csrf_token": token, "task": "invoices"})
    assert answer.location == "/billing/invoices"
    assert world.letters() == []
