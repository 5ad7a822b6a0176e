"""The help centre as people read it: signed out, as the contact of either type of account, as somebody who may not."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from portal.shared.domain.routing.tasks import Task
from portal.shared.services.catalog import reading as catalog
from portal.shared.web.entrance.languages import LANGUAGES
from portal.shared.web.help import questions
from tests.support.demo_house import DemoHouse
from tests.support.labels import words
from tests.support.visitor import Page, Visitor

V5 = "gotoassist-remote-support-v5"
CHANGE = f"/help/change-plan?product={V5}"
NAMES = [*map(str, Task), questions.WHY_NOT, questions.ACCOUNT_TYPES]

every_language = pytest.mark.parametrize("language", LANGUAGES)


def steps(page: Page) -> list[list[str]]:
    """The words that stand out in each step of the first door."""
    first = page.root.all("ol", class_="help-steps")[0]
    return [[one.text for one in step.all("b")] for step in first.all("li")]


def led(page: Page) -> list[str]:
    return [one.get("href") for one in page.root.all("a", class_="step-link")]


@every_language
@pytest.mark.parametrize("name", NAMES)
def test_every_page_can_be_read_by_strangers(shared_house: DemoHouse, name: str, language: str) -> None:
    page = shared_house.visitor(language=language).get(f"/help/{name}?product={V5}")
    assert page.status == 200
    assert led(page) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("story", ["monthly", "corporate", "seat-holder", "expired", "two-types", "rep"])
def test_every_page_can_be_read_by_whoever_is_signed_in(
    shared_house: DemoHouse, story: str, name: str
) -> None:
    assert shared_house.visitor(shared_house.email(story)).get(f"/help/{name}").status == 200


@every_language
def test_the_article_has_its_title_seven_steps_and_both_portals(
    shared_house: DemoHouse, language: str
) -> None:
    page = shared_house.visitor(language=language).get(CHANGE)
    said = words(language)
    assert "GoToAssist Remote Support v5" in page.heading
    assert len(steps(page)) == 7
    assert steps(page)[1] == [
        said["options"],
        said["edit_subscription"],
        said["options"],
        said["subscribe_now"],
    ]
    links = {one.text: one.get("href") for one in page.root.all("main")[0].all("a")}
    for portal in ("billing_center", "corporate_billing_portal"):
        assert links[said[portal]].startswith("/go/change-plan?product=") or links[said[portal]] == "/"
    assert said["corporate_billing_portal_faqs"] in links
    assert page.root.all("p", class_="help-after")


def test_the_seed_in_portuguese_has_its_own_title(shared_house: DemoHouse) -> None:
    page = shared_house.visitor(language="pt_BR").get(CHANGE)
    assert page.heading == "Como altero meu plano de assinatura atual do GoToAssist Remote Support v5?"


def test_a_contact_is_told_that_they_do_it_and_each_step_leads_to_their_own_screen(house: DemoHouse) -> None:
    page = house.contact("monthly").get(CHANGE)
    assert "For Padaria Aurora Ltda. you can do this yourself." in page.text
    assert led(page) == [
        "/go/subscriptions?product=" + V5,
        f"/go/change-plan?product={V5}",
        "/billing/checkout",
    ]
    there = house.contact("monthly").get(led(page)[1])
    assert there.path == f"/billing/subscriptions/{house.subscription_id('monthly')}/edit"


def test_a_corporate_contact_reads_the_steps_of_the_own_portal_first(shared_house: DemoHouse) -> None:
    page = shared_house.contact("corporate").get("/help/add-seats")
    assert "Seats to add" in [word for step in steps(page) for word in step]
    page = shared_house.contact("corporate").get(CHANGE)
    assert "your representative does this" in page.text


def test_somebody_who_may_not_is_told_who_does_it_and_is_led_nowhere(shared_house: DemoHouse) -> None:
    page = shared_house.visitor(shared_house.email("admin-only")).get(CHANGE)
    assert "Its billing is done by a billing contact" in page.text
    assert led(page) == []


@pytest.mark.parametrize(
    ("story", "cause"),
    [
        ("seat-holder", "You are not the billing contact"),
        ("admin-only", "You are not the billing contact"),
        ("corporate", "Yours is a corporate account"),
        ("expired", "The account has expired"),
        ("monthly", "Nothing stands in your way"),
    ],
)
def test_the_cause_of_who_is_signed_in_is_marked(shared_house: DemoHouse, story: str, cause: str) -> None:
    page = shared_house.visitor(shared_house.email(story)).get("/help/why-not-online")
    marked = [one.all("h2")[0].text for one in page.root.all("li", class_="is-yours")]
    assert marked == ([] if cause.startswith("Nothing") else [cause])
    assert cause in page.text


def test_with_two_accounts_each_has_its_own_cause(shared_house: DemoHouse) -> None:
    page = shared_house.visitor(shared_house.email("two-types")).get("/help/why-not-online")
    (marked,) = page.root.all("li", class_="is-yours")
    assert marked.all("h2")[0].text == "Yours is a corporate account"
    assert "you can change the plan online." in page.text


def test_every_task_link_of_every_help_page_resolves(shared_house: DemoHouse) -> None:
    """A task link that no longer leads to a task fails here: its landing page would say that we do not know it."""
    contact = shared_house.contact("monthly")
    with shared_house.database.read() as session:
        products = [None, *catalog.names(session).products]
    found = {
        link
        for name in NAMES
        for product in products
        for link in links(contact, name, product)
        if "/go/" in link
    }
    assert len(found) > len(Task)
    for link in found:
        answer = contact.client.get(link)
        assert answer.status_code == 302, link
        assert "why=unknown-task" not in answer.headers["Location"], link


def links(visitor: Visitor, name: str, product: str | None) -> list[str]:
    page = visitor.get(f"/help/{name}" + (f"?product={product}" if product else ""))
    return [one.get("href") for one in page.root.all("main")[0].all("a")]


def test_a_page_or_a_product_that_does_not_exist(shared_house: DemoHouse) -> None:
    assert shared_house.visitor().get("/help/nothing").status == 404
    page = shared_house.visitor().get("/help/change-plan?product=<b>nothing</b>")
    assert page.heading == "How do I change my current plan?"


def test_a_screen_leads_to_the_help_on_its_task(shared_house: DemoHouse) -> None:
    page = shared_house.contact("monthly").get("/billing/payment-method")
    foot = page.root.all("footer")[0].all("a")
    assert [urlsplit(one.get("href")).path for one in foot if one.text == "Help"] == ["/help/payment-method"]


def test_the_corporate_index_says_who_does_what(shared_house: DemoHouse) -> None:
    page = shared_house.visitor().get("/help/corporate-billing-portal-faqs")
    who = {one.all("a")[0].text: one.all("small")[0].text for one in page.root.all("li") if one.all("small")}
    assert who["How do I add seats?"] == "online, by yourself"
    assert who["How do I change my current plan?"] == "by your representative"


def test_the_billing_center_index_has_its_four_groups(shared_house: DemoHouse) -> None:
    page = shared_house.visitor().get("/help/billing-center-faqs")
    groups = [one.text for one in page.root.all("main")[0].all("h2")]
    assert groups == [
        "Access the Billing Center",
        "About accounts",
        "About billing contacts",
        "Managing your product subscriptions",
    ]
