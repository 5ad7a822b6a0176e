"""Who gets a corporate account's invoices by mail: billing contacts and the list, each address once."""

from __future__ import annotations

from datetime import timedelta

from portal.shared.domain.changes import Audience
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import Account
from portal.shared.records.invoice_recipients import InvoiceRecipient
from portal.shared.records.invoices import Invoice
from portal.shared.records.people import Person
from portal.shared.services.invoices import recipients as invoice_recipients
from portal.shared.services.invoices.recipients import Added
from portal.shared.services.orders.placement import Accepted
from portal.shared.services.subscriptions import opening
from tests.support.factories import NOW, SELLER, TODAY
from tests.support.shop import ANNUAL, Customer, Shop, want


def corporate(shop: Shop) -> Customer:
    who = shop.customer()
    with shop.database.write() as session:
        session.get_one(Account, who.id).type = "corporate"
    return who


def add(shop: Shop, who: Customer, email: str, name: str = "Accounts") -> Added:
    with shop.database.write() as session:
        return invoice_recipients.add(session, who.id, name, email, who.person_id, NOW)


def remove(shop: Shop, who: Customer, recipient_id: int) -> bool:
    with shop.database.write() as session:
        return invoice_recipients.remove(session, who.id, recipient_id, who.person_id, NOW)


def on_the_list(shop: Shop, who: Customer) -> list[str]:
    with shop.database.read() as session:
        return [one.email for one in invoice_recipients.recipients(session, who.id)]


def begin(shop: Shop, who: Customer) -> str:
    """A contract begins, on an invoice."""
    subscription = shop.trial(who)
    terms = WantedTerms(shop.catalogue.standard, 5, ANNUAL)
    due_on = TODAY + timedelta(days=30)
    with shop.database.write() as session:
        return opening.begin_on_invoice(session, who.id, subscription, terms, SELLER, due_on, NOW)


def reached(shop: Shop) -> list[tuple[str, bool]]:
    return [(mail.recipient, mail.payload["may_sign_in"]) for mail in shop.mails("invoice-issued")]


def test_an_address_is_kept_in_one_spelling_and_never_twice(shop: Shop) -> None:
    who = corporate(shop)
    assert add(shop, who, " Accounts@Example.COM ") is Added.ADDED
    assert add(shop, who, "accounts@example.com", "Somebody else") is Added.KNOWN
    assert on_the_list(shop, who) == ["accounts@example.com"]


def test_who_gives_no_name_is_called_by_the_address(shop: Shop) -> None:
    who = corporate(shop)
    add(shop, who, "accounts@example.com", "  ")
    assert [row.name for row in shop.rows(InvoiceRecipient)] == ["accounts"]


def test_there_are_at_most_twenty(shop: Shop) -> None:
    who = corporate(shop)
    added = [add(shop, who, f"accounts{number}@example.com") for number in range(21)]
    assert added == [Added.ADDED] * 20 + [Added.TOO_MANY]
    assert len(on_the_list(shop, who)) == 20
    assert add(shop, corporate(shop), "accounts@example.com") is Added.ADDED, "each account has its own list"


def test_only_the_accounts_own_can_be_removed(shop: Shop) -> None:
    who, other = corporate(shop), corporate(shop)
    add(shop, who, "accounts@example.com")
    (row,) = shop.rows(InvoiceRecipient)
    assert not remove(shop, other, row.id)
    assert on_the_list(shop, who) == ["accounts@example.com"]
    assert remove(shop, who, row.id)
    assert not remove(shop, who, row.id)
    assert on_the_list(shop, who) == []


def test_adding_and_removing_are_kept_in_the_log(shop: Shop) -> None:
    who = corporate(shop)
    add(shop, who, "accounts@example.com")
    add(shop, who, "accounts@example.com")
    remove(shop, who, shop.rows(InvoiceRecipient)[0].id)
    told = [(one.entry.action, one.entry.person, one.detail["email"]) for one in shop.activity(who.id)]
    assert told == [
        ("invoice-recipient-added", who.person_id, "accounts@example.com"),
        ("invoice-recipient-removed", who.person_id, "accounts@example.com"),
    ]


def test_a_new_invoice_goes_to_contacts_and_recipients_each_once(shop: Shop) -> None:
    who = corporate(shop)
    with shop.database.read() as session:
        contact = session.get_one(Person, who.person_id).email
    add(shop, who, contact.upper())
    add(shop, who, "accounts@example.com")
    name = begin(shop, who)
    assert sorted(reached(shop)) == sorted([(contact, True), ("accounts@example.com", False)])
    assert {
        (mail.payload["account_id"], mail.payload["invoice"]) for mail in shop.mails("invoice-issued")
    } == {(who.id, name)}


def test_the_document_of_an_order_is_mailed_too(shop: Shop) -> None:
    who = corporate(shop)
    add(shop, who, "accounts@example.com")
    subscription = shop.annual(who)
    before = len(shop.mails("invoice-issued"))
    wish = want(subscription, shop.catalogue.plus, 7, ANNUAL)
    seen = shop.look(who, wish, audience=Audience.CARE)
    assert isinstance(shop.confirm(who, seen, wanted=(wish,), audience=Audience.CARE), Accepted)
    fresh = shop.mails("invoice-issued")[before:]
    newest = shop.rows(Invoice, account_id=who.id)[-1].name
    assert {mail.payload["invoice"] for mail in fresh} == {newest}
    assert "accounts@example.com" in {mail.recipient for mail in fresh}


def test_an_online_account_gets_no_such_mail(shop: Shop) -> None:
    who = shop.customer()
    begin(shop, who)
    assert reached(shop) == []


def test_another_accounts_recipients_hear_nothing(shop: Shop) -> None:
    who, other = corporate(shop), corporate(shop)
    add(shop, other, "accounts@example.com")
    begin(shop, who)
    assert "accounts@example.com" not in dict(reached(shop))
