"""Purchase orders as a contact of a corporate account keeps them, with every kind of nonsense typed into them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.shared.records.accounts import Account
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.purchase_orders import PurchaseOrderRow
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

LIST = "/corp-billing/purchase-orders"
GOOD = {
    "number": "4500012345",
    "valid_from": "2026-01-01",
    "valid_to": "2026-12-31",
    "authorised": "250,000.00",
}


ACCOUNT = "Prado e Filhos Holding S.A."  # has none yet


@pytest.fixture
def contact(house: DemoHouse) -> Visitor:
    return helena(house)


def helena(house: DemoHouse, language: str = "en") -> Visitor:
    return house.visitor(house.email("two-types"), account=ACCOUNT, language=language)


def kept(house: DemoHouse) -> list[PurchaseOrderRow]:
    """The purchase orders of her account."""
    return house.rows(PurchaseOrderRow, account_id=account(house).id)


def account(house: DemoHouse) -> Account:
    (row,) = house.rows(Account, name=ACCOUNT)
    found: Account = row
    return found


def add(contact: Visitor, **typed: str) -> Page:
    return contact.send(contact.get(f"{LIST}/new"), "/new", GOOD | typed)


def test_the_first_one_is_added_and_stands_in_the_list(house: DemoHouse, contact: Visitor) -> None:
    assert "No purchase orders yet" in contact.get(LIST).text
    page = add(contact)
    (row,) = kept(house)
    assert page.path == f"{LIST}/{row.id}"
    assert page.heading == "Purchase order 4500012345"
    assert "R$250,000.00" in page.text
    assert "Nothing was billed on it yet." in page.text
    assert (row.authorised_minor, str(row.valid_to)) == (250_000_00, "2026-12-31")
    overview = contact.get(LIST)
    assert "R$0.00 of R$250,000.00 billed (0%)" in overview.text
    assert "Valid" in overview.text


@pytest.mark.parametrize(
    ("typed", "field", "sentence"),
    [
        pytest.param({"number": "   "}, "number", "Write the number", id="no number"),
        pytest.param({"number": "9" * 5000}, "number", "up to 50 characters", id="5000 digits"),
        pytest.param({"number": "45\u200b00"}, "number", "cannot be seen", id="an invisible letter"),
        pytest.param({"valid_from": ""}, "valid_from", "Choose a day.", id="no first day"),
        pytest.param({"valid_from": "٢٠٢٦-٠١-٠١"}, "valid_from", "in digits", id="Arabic digits in a day"),
        pytest.param({"valid_to": "2026-02-30"}, "valid_to", "no such day", id="30 February"),
        pytest.param({"valid_to": "9999-12-31"}, "valid_to", "2000 to 2100", id="the year 9999"),
        pytest.param(
            {"valid_to": "2025-12-31"}, "valid_to", "before the first day", id="ends before it starts"
        ),
        pytest.param(
            {"authorised": "250.000,00"}, "authorised", "read as another", id="the other decimal sign"
        ),
        pytest.param({"authorised": "٢٥٠"}, "authorised", "digits 0 to 9", id="Arabic digits in an amount"),
        pytest.param({"authorised": "-5"}, "authorised", "cannot be negative", id="below nothing"),
        pytest.param({"authorised": "0"}, "authorised", "more than nothing", id="nothing"),
        pytest.param({"authorised": "9" * 400}, "authorised", "", id="400 digits"),
        pytest.param({"authorised": "<b>1</b>"}, "authorised", "", id="HTML in the amount"),
    ],
)
def test_nonsense_is_told_beside_its_field_and_kept_as_typed(
    house: DemoHouse, contact: Visitor, typed: dict[str, str], field: str, sentence: str
) -> None:
    page = add(contact, **typed)
    assert page.status == 422
    assert sentence in (page.problem(field) or "")
    assert len(page.problems) == 1
    for name, value in (GOOD | typed).items():
        assert page.value(name) == value.strip()
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert kept(house) == []


def test_everything_wrong_is_told_at_once(contact: Visitor) -> None:
    page = add(contact, number="", valid_to="2020-01-01", authorised="٢٥٠")
    assert len(page.problems) == 3
    page = add(contact, number="", valid_from="x", valid_to="y", authorised="z")
    assert len(page.problems) == 4


def test_html_in_a_number_is_only_text(contact: Visitor) -> None:
    page = add(contact, number="<script>alert(1)</script>")
    assert page.heading == "Purchase order <script>alert(1)</script>"
    assert "<script>alert(1)" not in page.html + contact.get(LIST).html


def test_a_reader_of_portuguese_writes_the_amount_in_their_own_way(house: DemoHouse) -> None:
    contact = helena(house, "pt_BR")
    refused = add(contact)
    assert refused.status == 422
    assert refused.problem("authorised")
    page = contact.send(refused, "/new", {"authorised": "250.000,00"})
    assert page.status == 200
    assert page.value("authorised") == "250000,00"
    assert kept(house)[0].authorised_minor == 250_000_00


def test_a_number_stands_once(house: DemoHouse, contact: Visitor) -> None:
    add(contact)
    assert "with this number already" in str(add(contact).problem("number"))
    other = house.contact("corporate")
    assert add(other).status == 200


def test_it_is_corrected_closed_and_reopened(house: DemoHouse, contact: Visitor) -> None:
    page = add(contact)
    path = page.path
    assert page.value("authorised") == "250000.00"
    page = contact.send(page, path, {"number": "4500012346", "valid_to": "", "authorised": ""})
    assert page.heading == "Purchase order 4500012346"
    assert "without an end" in page.text
    wrong = contact.send(page, path, {"valid_to": "2025-01-01"})
    assert wrong.status == 422
    assert "before the first day" in str(wrong.problem("valid_to"))
    assert broken_rules(wrong, "en", "Exemplo Software") == []
    stale = page
    page = contact.send(page, "/close")
    assert "This purchase order is closed" in page.text
    assert not page.has_form(path)
    late = contact.send(stale, path, {"number": "too late"})
    assert "Reopen it to change it" in late.all_text
    assert late.heading == "Purchase order 4500012346"
    page = contact.send(page, "/reopen")
    assert page.has_form(path)


@pytest.mark.parametrize("rule", ["hold", "warn", "bill_without"])
def test_the_rule_at_the_limit_is_chosen(house: DemoHouse, contact: Visitor, rule: str) -> None:
    page = contact.get(LIST)
    assert page.value("rule") == "warn"
    page = contact.send(page, "/rule", {"rule": rule})
    assert page.value("rule") == rule
    assert account(house).purchase_order_rule == rule


@pytest.mark.parametrize("rule", ["", "HOLD", "<b>", None])
def test_no_rule_of_ours_changes_nothing(house: DemoHouse, contact: Visitor, rule: str | None) -> None:
    page = contact.send(contact.get(LIST), "/rule", {"rule": rule})
    assert page.status == 422
    assert page.problems == ["Choose one of the three."]
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert account(house).purchase_order_rule == "warn"


def test_another_accounts_purchase_order_does_not_exist(house: DemoHouse, contact: Visitor) -> None:
    page = add(contact)
    other = house.contact("corporate")
    before = house.trace()
    assert other.get(page.path).status == 404
    for ending in ("", "/close", "/reopen"):
        fields = GOOD | {"csrf_token": str(other.get(LIST).value("csrf_token"))}
        assert other.post(page.path + ending, fields).status == 404
    assert house.trace() == before
    assert "4500012345" not in other.get(LIST).text


def test_who_looks_after_billing_is_told_by_mail_before_it_ends(house: DemoHouse, contact: Visitor) -> None:
    add(contact, valid_to=(house.clock.now().date() + timedelta(days=20)).isoformat(), authorised="")
    house.work()
    house.work()
    mails = house.rows(OutboxMail, kind="purchase-order-warning", recipient=house.email("two-types"))
    assert [mail.payload["warning"] for mail in mails] == ["ends_in_30_days"]
    assert "Ends within 30 days" in contact.get(LIST).text


def test_a_task_link_leads_to_the_list(contact: Visitor) -> None:
    assert contact.get("/go/purchase-orders").path == LIST
