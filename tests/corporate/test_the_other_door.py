"""Who comes to the wrong portal is led to the right one, and told why."""

from __future__ import annotations

import pytest

from portal.shared.domain.routing.reasons import Reason
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules

# A page of the Billing Center, and where the same task is done for a corporate account.
SAME_TASK = {
    "/billing/": "/corp-billing/",
    "/billing/cart": "/corp-billing/requests/new",
    "/billing/checkout": "/corp-billing/requests/new",
    "/billing/invoices": "/corp-billing/invoices",
    "/billing/requests": "/corp-billing/requests/new",
    "/billing/payment-method": "/corp-billing/payment-methods",
    "/billing/subscriptions/new": "/corp-billing/requests/new",
}


@pytest.mark.parametrize(("path", "there"), SAME_TASK.items())
def test_a_corporate_contact_in_the_billing_center(house: DemoHouse, path: str, there: str) -> None:
    page = house.contact("corporate").get(path)
    assert page.path == there
    assert Reason.ACCOUNT_IS_CORPORATE in page.answer.request.args.get("why", "")
    (said,) = page.root.all(class_="page-top")
    assert "corporate" in said.text.lower()
    assert "Sofia Lemos" in page.all_text


def test_a_corporate_contact_at_the_edit_page_of_their_own_subscription(house: DemoHouse) -> None:
    number = house.subscription_id("corporate")
    page = house.contact("corporate").get(f"/billing/subscriptions/{number}/edit?seats=50")
    assert page.path == "/corp-billing/requests/new"
    assert page.root.all(class_="page-top")[0].text


def test_an_online_contact_in_the_corporate_portal(house: DemoHouse) -> None:
    page = house.contact("monthly").get("/corp-billing/")
    assert page.path == "/billing/"
    assert Reason.ACCOUNT_IS_ONLINE in page.answer.request.args.get("why", "")
    assert page.root.all(class_="page-top")[0].text


@pytest.mark.parametrize("path", ["/corp-billing/desk", "/corp-billing/desk/requests/1"])
@pytest.mark.parametrize("story", ["monthly", "corporate"])
def test_customers_at_the_desk_are_led_to_their_own_front_door(
    house: DemoHouse, path: str, story: str
) -> None:
    page = house.contact(story).get(path)
    assert page.path in ("/billing/", "/corp-billing/")
    assert page.root.all(class_="page-top")[0].text


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_a_person_of_both_kinds_is_asked_and_then_led_by_the_account(house: DemoHouse, language: str) -> None:
    visitor = house.visitor(house.email("two-types"), language=language)
    page = visitor.get("/billing/invoices")
    assert page.path == "/accounts"
    assert broken_rules(page, language, "Exemplo Software") == []
    assert len([form for form in page.forms if form.action.startswith("/accounts/")]) == 2
    corporate, online = "Prado e Filhos Holding S.A.", "Prado Consultoria Ltda."
    for name, portal in ((corporate, "/corp-billing/invoices"), (online, "/billing/invoices")):
        (form,) = [one for one in page.forms if name in one.element.text]
        answer = visitor.post(form.action, form.fields)
        assert answer.path == portal, name
