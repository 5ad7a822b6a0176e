"""Quotes as a corporate contact reads them: open ones, and those that a saved link still leads to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from portal.shared.domain.quotes import QuoteState
from portal.shared.records.orders import Order
from portal.shared.records.outbox import OutboxMail
from tests.support.demo_house import DemoHouse
from tests.support.house_quotes import Representative, place
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Visitor

QUOTE = "/corp-billing/quotes/1"
SELLER = "Exemplo Software"


@pytest.fixture
def contact(house: DemoHouse) -> Visitor:
    return house.contact("corporate")


@pytest.fixture
def rep(house: DemoHouse) -> Representative:
    return Representative(house)


def test_the_list_begins_with_what_waits_and_counts_its_days(contact: Visitor, rep: Representative) -> None:
    rep.withdraw(rep.send(50))
    page = contact.get("/corp-billing/quotes")
    assert "Valid until March 22, 2026, 4 days left" in page.text
    assert "15 seats added" in page.text
    assert page.text.index("Quote 1") < page.text.index("Past quotes") < page.text.index("Withdrawn")
    assert broken_rules(page, "en", SELLER) == []


def test_an_account_without_quotes_is_told_where_they_come_from(house: DemoHouse) -> None:
    page = house.contact("other-team").get("/corp-billing/quotes")
    assert "No quotes yet" in page.text


def test_a_quote_explains_its_price_its_days_and_the_date_that_stays(contact: Visitor) -> None:
    page = contact.get(QUOTE)
    assert page.heading == "Quote 1"
    for words in (
        "15 × R$3,049.80 × 168 of 365 days · Mar 15, 2026 to Aug 29, 2026",
        "The renewal date stays: August 30, 2026.",
        "Valid until March 22, 2026, 4 days left",
        "Como combinado",
        "until now 40 seats",
        "Sofia Lemos",
    ):
        assert words in page.text
    assert page.total == "R$22,108.96"
    assert broken_rules(page, "en", SELLER) == []


def test_a_discount_is_shown_against_the_list(contact: Visitor, rep: Representative) -> None:
    page = contact.get(f"/corp-billing/quotes/{rep.send(50, percent=10)}")
    assert "10% less for you" in page.text
    assert "List price R$3,049.80" in page.text
    assert "You save" in page.text


def test_the_pdf_is_a_file_of_the_accounts_language_and_the_same_on_any_day(
    house: DemoHouse, contact: Visitor
) -> None:
    first = contact.get(f"{QUOTE}/pdf").answer
    assert first.mimetype == "application/pdf"
    assert "cotacao-1.pdf" in first.headers["Content-Disposition"]
    house.clock.advance(timedelta(days=1))
    assert house.contact("corporate").get(f"{QUOTE}/pdf").answer.data == first.data


@pytest.mark.parametrize("path", ["99", "99/pdf", "99/accept", "99/reject", "99/service-order", "2"])
def test_what_is_not_there_or_only_a_draft_is_not_found(contact: Visitor, path: str) -> None:
    assert contact.get(f"/corp-billing/quotes/{path}").status == 404


def test_another_accounts_quote_is_as_if_it_were_not(house: DemoHouse) -> None:
    other = house.contact("other-team")
    assert other.get(QUOTE).status == 404
    fields = {"csrf_token": other.token(), "reason": "Mine.", "pay": "invoice"}
    for ending in ("reject", "accept", "service-order", "card"):
        assert other.post(f"{QUOTE}/{ending}", fields).status == 404
    assert Representative(house).quote(1).state is QuoteState.SENT


def expired(house: DemoHouse, contact: Visitor, rep: Representative) -> None:
    quote = rep.quote(1)
    with house.database.write() as session:
        session.merge(quote).valid_until = date(2026, 3, 17)


def closed_by_the_worker(house: DemoHouse, contact: Visitor, rep: Representative) -> None:
    expired(house, contact, rep)
    house.work()
    assert rep.quote(1).state is QuoteState.EXPIRED


def withdrawn(house: DemoHouse, contact: Visitor, rep: Representative) -> None:
    rep.withdraw(1)


def replaced(house: DemoHouse, contact: Visitor, rep: Representative) -> None:
    rep.send(50, replaces=1)


def rejected(house: DemoHouse, contact: Visitor, rep: Representative) -> None:
    contact.send(contact.get(f"{QUOTE}/reject"), "/reject", {"reason": "Too many seats."})


def accepted(house: DemoHouse, contact: Visitor, rep: Representative) -> None:
    assert place(contact, 1).heading == "Your order is placed"


@pytest.mark.parametrize(
    ("close", "sentence"),
    [
        pytest.param(expired, "This quote expired: March 17, 2026 was its last day.", id="past its day"),
        pytest.param(closed_by_the_worker, "This quote expired: March 17, 2026", id="closed by the worker"),
        pytest.param(withdrawn, "This quote was withdrawn.", id="withdrawn"),
        pytest.param(replaced, "This quote was replaced by another one.", id="replaced"),
        pytest.param(rejected, "This quote was rejected.", id="rejected"),
        pytest.param(accepted, "This quote was accepted already.", id="accepted"),
    ],
)
def test_a_closed_quote_says_so_offers_nothing_and_is_refused_whatever_is_posted(
    house: DemoHouse,
    contact: Visitor,
    rep: Representative,
    close: Callable[[DemoHouse, Visitor, Representative], None],
    sentence: str,
) -> None:
    accept = contact.get(f"{QUOTE}/accept").form("/accept").fields
    contact.post(f"{QUOTE}/accept", accept)
    order = contact.get(f"{QUOTE}/service-order").form("/service-order").fields
    reject = [*contact.get(f"{QUOTE}/reject").form("/reject").fields, ("reason", "Too late?")]
    close(house, contact, rep)
    placed = len(house.rows(Order))
    page = contact.get(QUOTE)
    assert sentence in page.text
    assert not any(page.has_form(ending) for ending in ("/accept", "/reject", "/service-order"))
    assert "Accept this quote" not in page.text
    assert broken_rules(page, "en", SELLER) == []
    for saved in ("accept", "service-order", "reject"):
        assert contact.get(f"{QUOTE}/{saved}").path == QUOTE, "a saved link leads to the sentence"
    for ending, fields in (("accept", accept), ("reject", reject)):
        refused = contact.post(f"{QUOTE}/{ending}", fields)
        assert (refused.status, sentence in refused.text) == (409, True)
    key = [(name, "another-key-of-this-test" if name == "key" else value) for name, value in order]
    refused = contact.post(f"{QUOTE}/service-order", key)
    assert (refused.status, sentence in refused.text) == (409, True)
    assert len(house.rows(Order)) == placed


def test_a_replaced_quote_leads_to_the_newer_one_which_says_what_changed(
    contact: Visitor, rep: Representative
) -> None:
    newer = rep.send(50, replaces=1)
    old = contact.get(QUOTE)
    assert f"See quote {newer}, which replaced it" in old.text
    page = contact.get(f"/corp-billing/quotes/{newer}")
    assert "What changed against quote 1" in page.text
    (table,) = page.root.all("table", class_="changes")
    assert "R$22,108.96" in table.text
    assert page.total in table.text


def test_a_draft_that_will_replace_a_quote_is_not_told_before_it_is_sent(
    house: DemoHouse, contact: Visitor, rep: Representative
) -> None:
    rep.quote(1)
    with house.database.write() as session:
        draft = session.merge(rep.quote(2))
        draft.replaces_id = rep.quote(1).id
    page = contact.get(QUOTE)
    assert "Quote 2" not in page.text
    assert "Accept this quote" in page.text


def test_books_that_moved_are_told_line_by_line_before_it_can_be_accepted(
    contact: Visitor, rep: Representative
) -> None:
    assert place(contact, rep.send(50)).heading == "Your order is placed"
    page = contact.get(QUOTE)
    assert "Something has changed since this quote was sent" in page.text
    (table,) = page.root.all("table", class_="changes")
    assert "5 seats added" in table.text
    assert "R$21,056.15" in table.text
    assert page.total == "R$7,369.66"
    assert "Accept this quote" in page.text


def test_a_quote_that_no_longer_fits_says_why_and_whom_to_ask(contact: Visitor, rep: Representative) -> None:
    place(contact, rep.send(55))
    page = contact.get(QUOTE)
    assert "This quote no longer fits what you have" in page.text
    assert "You have these terms already." in page.text
    assert "sofia.lemos@exemplo.example" in page.text
    assert "Accept this quote" not in page.text
    assert contact.get(f"{QUOTE}/accept").path == QUOTE
    assert contact.get(f"{QUOTE}/reject").has_form("/reject"), "it can still be rejected"


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="spaces"),
        pytest.param("\u200b!?", id="nothing to read"),
        pytest.param("x" * 2001, id="2001 letters"),
    ],
)
def test_a_rejection_needs_a_reason_that_can_be_read(
    contact: Visitor, rep: Representative, reason: str
) -> None:
    page = contact.send(contact.get(f"{QUOTE}/reject"), "/reject", {"reason": reason})
    assert page.status == 422
    assert page.problem("reason")
    assert broken_rules(page, "en", SELLER) == []
    assert rep.quote(1).state is QuoteState.SENT


def test_a_rejection_is_kept_shown_and_mailed_to_its_author_once(
    house: DemoHouse, contact: Visitor, rep: Representative
) -> None:
    form = contact.get(f"{QUOTE}/reject")
    reason = "Too dear.\n<b>And too late.</b>"
    page: Page = contact.send(form, "/reject", {"reason": reason})
    assert page.path == QUOTE
    assert "You have rejected quote 1." in page.all_text
    assert "<b>And too late.</b>" in page.text
    contact.send(form, "/reject", {"reason": reason})
    (mail,) = house.rows(OutboxMail, kind="quote-rejected")
    assert (mail.recipient, mail.payload["reason"]) == ("sofia.lemos@exemplo.example", reason)
    assert rep.quote(1).state is QuoteState.REJECTED
