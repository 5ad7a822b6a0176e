"""What a contact of a corporate account keeps current: billing details, cards, and whether a contract renews."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from portal.shared.gateways.sandbox.known_cards import card_named
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.invoices import Invoice
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import PaymentMethod
from portal.shared.records.renewals import Collection
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.services.activity import reading
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

DETAILS = "/corp-billing/billing-details"
CARDS = "/corp-billing/payment-methods"
GOOD = {
    "street": "Avenida Paulista, 1000",
    "postal_code": "01310-100",
    "city": "São Paulo",
    "region": "SP",
    "phone": "+55 (11) 5555-0100 ext. 12",
}


@pytest.fixture
def contact(house: DemoHouse) -> Visitor:
    return house.contact("corporate")


def account(house: DemoHouse) -> Account:
    (row,) = house.rows(Account, id=house.account_id("corporate"))
    found: Account = row
    return found


# Billing details


def test_the_address_is_kept_with_every_old_and_new_value_told(house: DemoHouse, contact: Visitor) -> None:
    contact.send(contact.get(DETAILS), "/billing-details", GOOD)
    page = contact.send(contact.get(DETAILS), "/billing-details", {"city": "  Campinas ", "region": ""})
    assert "They stand on your next invoice." in page.all_text
    assert (account(house).city, account(house).region, account(house).phone) == (
        "Campinas",
        "",
        GOOD["phone"],
    )
    with house.database.read() as session:
        (last,) = reading.latest(session, house.account_id("corporate"), 1)
    assert last.entry.action == "billing-details-changed"
    assert last.detail == {
        "city": {"before": "São Paulo", "after": "Campinas"},
        "region": {"before": "SP", "after": ""},
    }
    assert last.entry.person is not None


def test_nothing_new_is_no_entry(house: DemoHouse, contact: Visitor) -> None:
    contact.send(contact.get(DETAILS), "/billing-details", GOOD)
    entries = len(house.rows(Activity))
    contact.send(contact.get(DETAILS), "/billing-details")
    assert len(house.rows(Activity)) == entries


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        pytest.param({"street": " "}, "Write street and number", id="no street"),
        pytest.param({"city": ""}, "Write the city", id="no city"),
        pytest.param({"street": "x" * 121}, "up to 120", id="an endless street"),
        pytest.param({"city": "x" * 50_000}, "up to 80", id="a city of 50000 letters"),
        pytest.param({"city": "Rio\u202eoluaP"}, "cannot be seen", id="turned around"),
        pytest.param({"region": "a\x07b"}, "cannot be seen", id="a bell"),
        pytest.param({"postal_code": "٠١٣١٠"}, "plain letters and digits", id="Arabic digits in a code"),
        pytest.param({"postal_code": "<b>01310</b"}, "plain letters and digits", id="HTML in a code"),
        pytest.param({"phone": "call me"}, "digits 0 to 9", id="words for a telephone"),
        pytest.param({"phone": "٠١٢٣"}, "digits 0 to 9", id="Arabic digits in a telephone"),
        pytest.param({"phone": "+" * 30}, "digits 0 to 9", id="only signs"),
    ],
)
def test_a_wrong_field_is_told_and_nothing_is_kept(
    house: DemoHouse, contact: Visitor, typed: dict[str, str], sentence: str
) -> None:
    page = contact.get(DETAILS)
    before = house.trace()
    answer = contact.send(page, "/billing-details", GOOD | typed)
    (field,) = typed
    assert answer.status == 422
    assert sentence in str(answer.problem(field))
    assert len(answer.problems) == 1
    assert broken_rules(answer, "en", "Exemplo Software") == []
    assert house.trace() == before
    kept = [one for one in GOOD if one != field]
    assert [answer.value(one) for one in kept] == [GOOD[one] for one in kept]


def test_name_and_country_are_shown_and_never_taken(house: DemoHouse, contact: Visitor) -> None:
    page = contact.get(DETAILS)
    assert "Grupo Horizonte S.A." in page.text
    assert "Brazil" in page.text
    links = [one.get("href") for one in page.root.all("a")]
    assert "/corp-billing/requests/new?kind=country" in links
    contact.send(page, "/billing-details", GOOD | {"country": "PT", "name": "Mine", "currency": "EUR"})
    assert (account(house).country, account(house).name, account(house).currency) == (
        "BR",
        "Grupo Horizonte S.A.",
        "BRL",
    )


@pytest.mark.parametrize("typed", ["11.222.333/0001-82", "12", "<b>1</b>", "١١٢٢٢٣٣٣٠٠٠١٨١", "9" * 4000])
def test_a_wrong_tax_number_is_told(house: DemoHouse, contact: Visitor, typed: str) -> None:
    page = contact.send(contact.get(DETAILS), "/vat-number", {"vat_number": typed})
    assert page.status == 422
    assert page.problem("vat_number")
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert account(house).vat_number == ""


def test_a_tax_number_is_kept_and_removed(house: DemoHouse, contact: Visitor) -> None:
    page = contact.send(contact.get(DETAILS), "/vat-number", {"vat_number": "11.222.333/0001-81"})
    assert account(house).vat_number == "11222333000181"
    assert page.value("vat_number") == "11222333000181"
    contact.send(page, "/vat-number", {"vat_number": ""})
    assert account(house).vat_number == ""
    told = [
        (row.detail["before"], row.detail["after"]) for row in house.rows(Activity, action="vat-number-set")
    ]
    assert told[-2:] == [("", "11222333000181"), ("11222333000181", "")]


# Cards


def add_another(contact: Visitor) -> Page:
    """Type another card on the processor's page."""
    page = contact.send(contact.get(CARDS), "/card")
    typed = {"card_number": card_named("mastercard").spaced, "expiry": "12/30", "security_code": "123"}
    return contact.send(page, page.path, typed | {"card_holder": "André Vilela"})


def test_a_card_is_added_and_the_old_one_removed(house: DemoHouse, contact: Visitor) -> None:
    first = house.rows(PaymentMethod, account_id=house.account_id("corporate"))[0]
    page = add_another(contact)
    assert page.path == CARDS
    assert "mastercard" in page.text.lower()
    page = contact.send(page, f"/{first.id}/remove")
    assert "The payment method is removed." in page.all_text
    assert not page.has_form(f"/{first.id}/remove")
    row = house.rows(PaymentMethod, id=first.id)[0]
    assert (row.removed_at is not None, row.is_default) == (True, False)


def test_the_newest_other_card_follows_a_removed_default(house: DemoHouse, contact: Visitor) -> None:
    first = house.rows(PaymentMethod, account_id=house.account_id("corporate"))[0]
    add_another(contact)
    page = contact.send(contact.get(CARDS), f"/{first.id}/default")
    contact.send(page, f"/{first.id}/remove")
    left = house.rows(PaymentMethod, account_id=house.account_id("corporate"), removed_at=None)
    assert [one.is_default for one in left] == [True]
    assert house.rows(Activity, action="card-removed")[-1].detail["default"] == left[0].id


def test_a_good_payment_method_says_what_it_settled(house: DemoHouse, contact: Visitor) -> None:
    account_id, now = house.account_id("corporate"), house.clock.now()
    invoice = house.rows(Invoice, account_id=account_id)[-1]
    with house.database.write() as session:
        session.add(
            Collection(
                account_id=account_id,
                invoice_id=invoice.id,
                due_on=now.date(),
                tries=1,
                next_try_on=now.date() + timedelta(days=3),
                last_reason="insufficient_funds",
                changed_at=now - timedelta(hours=1),
            )
        )
    before = contact.get(CARDS)
    assert f"Invoice {invoice.name} is overdue" in before.text
    assert "A good payment method settles it" in before.text
    after = add_another(contact)
    assert after.path == CARDS
    assert f"Your payment method paid invoice {invoice.name}" in after.text
    assert broken_rules(after, "en", "Exemplo Software") == []
    later = contact.get(CARDS)
    assert invoice.name not in later.text, "said once, to whoever comes from there"


def test_a_card_can_be_removed_once_and_only_ones_own(house: DemoHouse, contact: Visitor) -> None:
    page = contact.get(CARDS)
    mine = house.rows(PaymentMethod, account_id=house.account_id("corporate"))[0]
    theirs = house.rows(PaymentMethod, account_id=house.account_id("two-types"))
    contact.send(page, f"/{mine.id}/remove")
    token = {"csrf_token": str(page.value("csrf_token"))}
    before = house.trace()
    for number in (mine.id, theirs[0].id if theirs else 987, 987654321):
        assert contact.post(f"{CARDS}/{number}/remove", token).status == 404
        assert contact.post(f"{CARDS}/{number}/default", token).status == 404
    assert house.trace() == before
    assert "No card is on file yet." in contact.get(CARDS).text


@pytest.mark.parametrize(
    ("days", "sentence"),
    [
        (None, "charged to the default payment method at once"),
        (0, "due on the day it is issued"),
        (1, "within 1 day."),
        (30, "within 30 days."),
    ],
)
def test_the_page_says_how_the_account_pays(
    house: DemoHouse, contact: Visitor, days: int | None, sentence: str
) -> None:
    with house.database.write() as session:
        session.get_one(Account, house.account_id("corporate")).invoice_terms_days = days
    page = contact.get(CARDS)
    assert sentence in page.text
    assert "Your reference RF" in page.text
    assert "Exemplo Software, Lda." in page.text
    assert broken_rules(page, "en", "Exemplo Software") == []


# Auto-renew


@pytest.fixture
def with_term(house: DemoHouse) -> Callable[[date | None], str]:
    """Sets the day the contract ends, and gives the address of its page."""

    def set_term(contract_end: date | None) -> str:
        number = house.subscription_id("corporate")
        with house.database.write() as session:
            session.get_one(SubscriptionRow, number).contract_end = contract_end
        return f"/corp-billing/subscriptions/{number}/auto-renew"

    return set_term


def test_auto_renew_is_one_step_off_and_one_step_on(
    house: DemoHouse, contact: Visitor, with_term: Callable[[date | None], str]
) -> None:
    path = with_term(None)
    page = contact.get(path)
    assert "Without auto-renew the service ends on August 30, 2026." in page.text
    assert "Contract runs to" not in page.text
    page = contact.send(page, "/off")
    assert "Auto-renew is off. The service ends on August 30, 2026." in page.all_text
    assert broken_rules(page, "en", "Exemplo Software") == []
    page = contact.send(page, "/on")
    assert "Auto-renew is on." in page.all_text
    kinds = [mail.kind for mail in house.rows(OutboxMail) if mail.kind.startswith("subscription-")]
    assert kinds[-2:] == ["subscription-cancelled", "subscription-kept"]


def test_a_contract_serves_and_is_billed_to_the_end_of_its_term(
    house: DemoHouse, contact: Visitor, with_term: Callable[[date | None], str]
) -> None:
    path = with_term(date(2028, 8, 30))
    page = contact.get(path)
    assert "Contract runs to August 30, 2028" in page.text
    assert "it is billed until then" in page.text
    links = [one.get("href") for one in page.root.all("a")]
    number = house.subscription_id("corporate")
    assert f"/corp-billing/requests/new?kind=cancellation&subscription_id={number}" in links
    page = contact.send(page, "/off")
    assert "Service ends on August 30, 2028" in page.text
    assert "begins on August 30, 2026" in page.text
    (mail,) = house.rows(OutboxMail, kind="subscription-cancelled")[-1:]
    assert mail.payload["ends_on"] == "2028-08-30"


def test_what_is_off_is_not_switched_off_again(
    house: DemoHouse, contact: Visitor, with_term: Callable[[date | None], str]
) -> None:
    stale = contact.get(with_term(None))
    contact.send(stale, "/off")
    before = house.trace()
    again = contact.send(stale, "/off")
    assert "cannot be switched off" in again.all_text
    assert house.trace() == before


def test_an_overdue_one_is_switched_off_but_not_on(
    house: DemoHouse, contact: Visitor, with_term: Callable[[date | None], str]
) -> None:
    path = with_term(None)
    with house.database.write() as session:
        row = session.get_one(SubscriptionRow, house.subscription_id("corporate"))
        row.past_due_since = date(2026, 3, 10)
    page = contact.send(contact.get(path), "/off")
    assert "When it is paid, auto-renew can be switched on again." in page.text
    assert not page.has_form("/on")


def test_what_has_ended_has_nothing_to_renew(
    house: DemoHouse, contact: Visitor, with_term: Callable[[date | None], str]
) -> None:
    path = with_term(None)
    with house.database.write() as session:
        session.execute(sa.update(SubscriptionRow).values(ended_on=date(2026, 3, 1)))
    page = contact.get(path)
    assert "there is nothing to renew" in page.text
    assert not page.has_form("/off")
    assert broken_rules(page, "en", "Exemplo Software") == []


def test_another_accounts_subscription_does_not_exist(house: DemoHouse, contact: Visitor) -> None:
    theirs = house.subscription_id("two-types")
    path = f"/corp-billing/subscriptions/{theirs}/auto-renew"
    token = {"csrf_token": contact.token()}
    assert contact.get(path).status == 404
    assert contact.post(f"{path}/off", token).status == 404
    assert contact.post(f"{path}/on", token).status == 404


@pytest.mark.parametrize(
    ("task", "path"),
    [
        ("billing-details", DETAILS),
        ("vat-number", DETAILS),
        ("payment-method", CARDS),
        ("purchase-orders", "/corp-billing/purchase-orders"),
    ],
)
def test_task_links_lead_to_the_page(contact: Visitor, task: str, path: str) -> None:
    assert contact.get(f"/go/{task}").path == path


def test_a_task_link_to_cancel_leads_to_auto_renew(house: DemoHouse, contact: Visitor) -> None:
    page = contact.get("/go/cancel?product=gotoassist-remote-support-v5")
    assert page.path == f"/corp-billing/subscriptions/{house.subscription_id('corporate')}/auto-renew"
    contact.send(page, "/off")
    page = contact.get("/go/reactivate?product=gotoassist-remote-support-v5")
    assert page.path.endswith("/auto-renew")
