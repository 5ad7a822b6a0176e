"""A representative builds a quote: live figures, every reason beside its field, approval, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.shared.domain.quotes import QuoteState
from portal.shared.records.people import Person
from portal.shared.records.quotes import Quote, QuoteItem
from portal.shared.records.subscriptions import SubscriptionRow
from tests.support.demo_house import DemoHouse
from tests.support.page_rules import broken_rules
from tests.support.visitor import Page, Typed, Visitor

REP, COLLEAGUE, MANAGER = (
    f"{name}@exemplo.example" for name in ("sofia.lemos", "bruno.matos", "ricardo.sampaio")
)


@pytest.fixture
def rep(house: DemoHouse) -> Visitor:
    return house.visitor(REP)


@pytest.fixture
def manager(house: DemoHouse) -> Visitor:
    return house.visitor(MANAGER)


@pytest.fixture
def desk(house: DemoHouse) -> str:
    """The address of the account's quotes at the desk."""
    return f"/corp-billing/desk/accounts/{house.account_id('corporate')}/quotes"


@pytest.fixture
def key(house: DemoHouse) -> str:
    """What the fields of the account's main subscription begin with."""
    return f"s{house.subscription_id('corporate')}"


@pytest.fixture
def drafted(rep: Visitor, desk: str, key: str) -> Callable[..., Page]:
    """Save a draft about the main subscription; gives its page."""

    def draft(**typed: str) -> Page:
        fields: Typed = {f"{key}-in": "yes", f"{key}-seats": "50"} | {
            (f"{key}-{name}" if name in {"price", "value", "plan", "seats", "date"} else name): value
            for name, value in typed.items()
        }
        return rep.send(rep.get(f"{desk}/new"), "/new", fields)

    return draft


def quotes(house: DemoHouse) -> list[Quote]:
    return house.rows(Quote, account_id=house.account_id("corporate"))


def state(house: DemoHouse, page: Page) -> QuoteState:
    number = int(page.path.split("/")[6])
    (quote,) = house.rows(Quote, account_id=house.account_id("corporate"), number=number)
    found: QuoteState = quote.state
    return found


def test_the_form_begins_with_what_the_account_has(rep: Visitor, desk: str, key: str) -> None:
    page = rep.get(f"{desk}/new")
    assert page.heading == "New quote"
    assert (page.value(f"{key}-seats"), page.value(f"{key}-price")) == ("40", "contract")
    assert page.value("validity") == "7"
    assert broken_rules(page, "en", "Exemplo Software") == []


def test_the_account_page_leads_to_the_builder_and_to_each_quote(
    house: DemoHouse, rep: Visitor, desk: str, drafted: Callable[..., Page]
) -> None:
    page = drafted()
    account = rep.get(f"/corp-billing/desk/accounts/{house.account_id('corporate')}")
    links = {one.get("href") for one in account.root.all("a")}
    assert {f"{desk}/new", page.path} <= links


def test_the_summary_follows_the_typing_and_keeps_nothing(
    house: DemoHouse, rep: Visitor, desk: str, key: str
) -> None:
    before = house.trace()
    address = (
        f"{desk}/summary?validity=7&{key}-in=yes&{key}-seats=50&{key}-price=percent&{key}-value=20&term=36"
        "&new-gotomeeting-in=yes&new-gotomeeting-seats=3&new-gotomeeting-price=list"
    )
    page = rep.get(address)
    assert page.status == 200
    assert "Total due" in page.all_text
    assert "GoToMeeting" in page.all_text
    assert "Needs a manager's approval:" in page.all_text
    assert "20% discount, your limit is 15%" in page.all_text
    assert "a term of 36 months, your limit is 24 months" in page.all_text
    assert house.trace() == before


@pytest.mark.parametrize(
    ("value", "needs"),
    [
        pytest.param("15", "You may send this yourself.", id="within the limit"),
        pytest.param("15.01", "15.01% discount, your limit is 15%", id="a little beyond"),
        pytest.param("40.01", "Nobody may grant this:", id="beyond everybody's"),
    ],
)
def test_it_says_what_it_needs(rep: Visitor, desk: str, key: str, value: str, needs: str) -> None:
    page = rep.get(f"{desk}/summary?validity=7&{key}-in=yes&{key}-price=percent&{key}-value={value}")
    assert needs in page.all_text


def test_without_a_script_a_button_updates_the_summary_and_nothing_is_kept(
    house: DemoHouse, rep: Visitor, desk: str, key: str
) -> None:
    before = len(quotes(house))
    typed = {f"{key}-in": "yes", f"{key}-seats": "50", "note": "Two\nlines", "action": "update"}
    page = rep.send(rep.get(f"{desk}/new"), "/new", typed)
    assert page.status == 200
    assert "Total due" in page.text
    assert page.value(f"{key}-seats") == "50"
    assert page.value("note") == "Two\nlines"
    assert len(quotes(house)) == before


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        pytest.param("seats", "ten", "whole number", id="letters for seats"),
        pytest.param("seats", "٥٠", "whole number", id="digits of another script"),
        pytest.param("seats", "0", "at least 1 seat", id="no seats"),
        pytest.param("seats", "100001", "100,000 seats", id="too many seats"),
        pytest.param("plan", "999", "one of the plans", id="a plan that is none"),
        pytest.param("plan", "x", "one of the plans", id="a plan of letters"),
        pytest.param("frequency", "weekly", "monthly or annual", id="a frequency that is none"),
        pytest.param("price", "gift", "how the price is agreed", id="a price of no kind"),
        pytest.param("value", "101", "more than 100 percent", id="101 percent"),
        pytest.param("value", "12,5", "in percent, for example 12.5", id="the other decimal sign"),
        pytest.param("value", "-5", "negative", id="a negative discount"),
        pytest.param("value", "٥", "digits 0 to 9", id="a discount in other digits"),
        pytest.param("value", "12.345", "two decimals", id="three decimals"),
        pytest.param("value", "", "in percent", id="nothing typed"),
        pytest.param("value", "100", "cost nothing", id="for nothing"),
    ],
)
def test_what_cannot_be_is_told_beside_its_field_and_kept_as_typed(
    house: DemoHouse, rep: Visitor, desk: str, key: str, field: str, value: str, sentence: str
) -> None:
    before = house.trace()
    typed = {f"{key}-in": "yes", f"{key}-price": "percent", f"{key}-value": "5", "note": "Kept."}
    page = rep.send(rep.get(f"{desk}/new"), "/new", typed | {f"{key}-{field}": value})
    assert page.status == 422
    assert sentence in str(page.problem(f"{key}-{field}"))
    assert len(page.problems) == 1
    if field in {"seats", "value"}:
        assert page.value(f"{key}-{field}") == value
    assert page.value("note") == "Kept."
    assert broken_rules(page, "en", "Exemplo Software") == []
    assert house.trace() == before


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        pytest.param("validity", "0", "1 to 90 days", id="valid for no day"),
        pytest.param("validity", "91", "1 to 90 days", id="valid for 91 days"),
        pytest.param("validity", "7.5", "1 to 90 days", id="valid for half a day"),
        pytest.param("validity", "", "1 to 90 days", id="valid for nothing"),
        pytest.param("term", "18", "terms of the list", id="a term that is not offered"),
        pytest.param("term", "0", "terms of the list", id="no term at all"),
        pytest.param("starts_on", "2026-03-17", "cannot be over", id="a first day that is over"),
        pytest.param("starts_on", "2028-01-01", "twelve months", id="a first day far away"),
        pytest.param("starts_on", "tomorrow", "year, month and day", id="a first day in words"),
        pytest.param("note", "x" * 2001, "2000 characters", id="a note without end"),
    ],
)
def test_what_holds_for_the_whole_quote_is_checked_too(
    house: DemoHouse, rep: Visitor, desk: str, key: str, field: str, value: str, sentence: str
) -> None:
    before = house.trace()
    typed = {f"{key}-in": "yes", f"{key}-seats": "50", field: value}
    page = rep.send(rep.get(f"{desk}/new"), "/new", typed)
    assert page.status == 422
    assert sentence in str(page.problem(field))
    if field != "term":  # a list keeps what it offers alone
        assert page.value(field) == value
    assert house.trace() == before


def test_every_reason_is_told_at_once(rep: Visitor, desk: str, key: str) -> None:
    typed = {
        f"{key}-in": "yes",
        f"{key}-seats": "2",
        f"{key}-price": "percent",
        f"{key}-value": "101",
        "validity": "91",
        "new-gotomeeting-in": "yes",
        "new-gotomeeting-seats": "0",
    }
    page = rep.send(rep.get(f"{desk}/new"), "/new", typed)
    assert page.status == 422
    for field in (f"{key}-value", f"{key}-release", "validity", "new-gotomeeting-seats"):
        assert page.problem(field), field


def test_a_quote_about_nothing_is_none(rep: Visitor, desk: str) -> None:
    page = rep.send(rep.get(f"{desk}/new"), "/new", {})
    assert page.status == 422
    assert page.problems == ["Choose at least one product for the quote."]


def test_a_product_the_account_does_not_have_waits_to_be_ordered(
    house: DemoHouse, rep: Visitor, desk: str
) -> None:
    page = rep.send(
        rep.get(f"{desk}/new"), "/new", {"new-gotomeeting-in": "yes", "new-gotomeeting-seats": "3"}
    )
    assert page.status == 200
    (row,) = house.rows(SubscriptionRow, account_id=house.account_id("corporate"), product="gotomeeting")
    assert row.waiting
    edit = rep.get(f"{page.path}/edit")
    assert (edit.value("new-gotomeeting-in"), edit.value("new-gotomeeting-seats")) == ("yes", "3")


def test_a_draft_is_kept_as_it_was_typed(
    house: DemoHouse, rep: Visitor, drafted: Callable[..., Page], key: str
) -> None:
    page = drafted(price="percent", value="12.5", term="24", validity="10", note="As agreed.")
    assert page.heading.startswith("Quote ")
    assert "You may send this yourself." in page.text
    edit = rep.get(f"{page.path}/edit")
    kept = [edit.value(one) for one in (f"{key}-value", f"{key}-price", "term", "validity", "note")]
    assert kept == ["12.5", "percent", "24", "10", "As agreed."]
    (item,) = house.rows(QuoteItem, quote_id=quotes(house)[-1].id)
    assert item.price_value == 125_000


def test_a_rep_sends_what_is_within_the_limits(
    house: DemoHouse, rep: Visitor, drafted: Callable[..., Page]
) -> None:
    page = drafted()
    sent = rep.send(page, "/send")
    assert "The customer has the quote now" in sent.all_text
    assert state(house, page) is QuoteState.SENT
    assert not sent.has_form("/send")
    assert broken_rules(sent, "en", "Exemplo Software") == []


def test_a_draft_stands_in_the_list_with_what_it_comes_to_today(
    rep: Visitor, drafted: Callable[..., Page]
) -> None:
    page = drafted()
    total = page.total
    (row,) = [
        one
        for one in rep.get("/corp-billing/desk/quotes").root.all("tr")
        if page.path in {link.get("href") for link in one.all("a")}
    ]
    assert total in row.text
    assert "as of today" in row.text


def test_a_manager_approves_what_goes_beyond(
    house: DemoHouse, rep: Visitor, manager: Visitor, drafted: Callable[..., Page]
) -> None:
    page = drafted(price="percent", value="20")
    asked = rep.send(page, "/send")
    assert state(house, page) is QuoteState.AWAITING_APPROVAL
    assert not asked.has_form("/approve")
    waiting = manager.get("/corp-billing/desk/quotes")
    assert waiting.root.all("h2")[0].text.startswith("Awaits your approval")
    assert page.path in {one.get("href") for one in waiting.root.all("a")}
    answer = manager.send(manager.get(page.path), "/approve")
    assert "Approved by Ricardo Sampaio" in " ".join(answer.text.split())
    assert state(house, page) is QuoteState.SENT


def test_a_manager_sends_it_back_with_a_note(
    house: DemoHouse, rep: Visitor, manager: Visitor, drafted: Callable[..., Page]
) -> None:
    page = drafted(price="percent", value="20")
    rep.send(page, "/send")
    empty = manager.send(manager.get(page.path), "/send-back", {"note": " "})
    assert empty.status == 422
    assert "what is to be changed" in str(empty.problem("note"))
    long = manager.send(empty, "/send-back", {"note": "x" * 2001})
    assert long.status == 422
    manager.send(long, "/send-back", {"note": "Fifteen will do."})
    assert state(house, page) is QuoteState.DRAFT
    assert "Fifteen will do." in rep.get(page.path).text


def test_nobody_approves_their_own_quote_by_page_or_by_hand(
    house: DemoHouse, rep: Visitor, drafted: Callable[..., Page]
) -> None:
    page = drafted(price="percent", value="20")
    shown = page.value("shown")
    rep.send(page, "/send")
    forged = {"csrf_token": rep.token(), "shown": str(shown), "note": "Fine."}
    for press in ("approve", "send-back"):
        answer = rep.post(f"{page.path}/{press}", forged)
        assert answer.status == 403
        assert answer.problems == ["Nobody approves their own quote. Another manager has to look at it."]
    with house.database.write() as session:
        session.query(Person).filter_by(email=REP).one().staff_role = "manager"
    assert rep.post(f"{page.path}/approve", forged).status in {403, 404}
    assert state(house, page) is QuoteState.AWAITING_APPROVAL


def test_a_colleague_without_the_account_finds_nothing(
    house: DemoHouse, drafted: Callable[..., Page]
) -> None:
    page = drafted()
    colleague = house.visitor(COLLEAGUE)
    for address in (page.path, f"{page.path}/edit"):
        assert colleague.get(address).status == 404
    answer = colleague.post(f"{page.path}/send", {"csrf_token": colleague.token()})
    assert answer.status == 404
    assert state(house, page) is QuoteState.DRAFT


def test_nothing_is_sent_that_was_not_shown(
    house: DemoHouse, rep: Visitor, manager: Visitor, drafted: Callable[..., Page], key: str
) -> None:
    page = drafted()
    manager.send(manager.get(f"{page.path}/edit"), "/edit", {f"{key}-seats": "60"})
    answer = rep.send(page, "/send")
    assert answer.status == 409
    assert "not as it was shown" in answer.problems[0]
    assert "What has changed" in answer.text
    assert state(house, page) is QuoteState.DRAFT


@pytest.mark.parametrize("shown", ["", "x.y", "0" * 5000])
def test_a_form_that_does_not_say_what_it_showed_sends_nothing(
    house: DemoHouse, rep: Visitor, drafted: Callable[..., Page], shown: str
) -> None:
    page = drafted()
    assert rep.send(page, "/send", {"shown": shown}).status == 409
    assert state(house, page) is QuoteState.DRAFT


def test_the_figures_of_another_quote_send_nothing(
    house: DemoHouse, rep: Visitor, drafted: Callable[..., Page]
) -> None:
    first, second = drafted(), drafted()
    assert rep.send(second, "/send", {"shown": first.value("shown")}).status == 409
    assert state(house, second) is QuoteState.DRAFT


def test_a_draft_that_somebody_changed_is_not_written_over(
    house: DemoHouse, rep: Visitor, manager: Visitor, drafted: Callable[..., Page], key: str
) -> None:
    page = drafted()
    mine = rep.get(f"{page.path}/edit")
    house.clock.advance(timedelta(minutes=1))
    manager.send(manager.get(f"{page.path}/edit"), "/edit", {f"{key}-seats": "60"})
    answer = rep.send(mine, "/edit", {f"{key}-seats": "70"})
    assert answer.status == 409
    assert answer.value(f"{key}-seats") == "70"
    again = rep.send(answer, "/edit")
    assert "50 seats" not in again.text
    assert "70 seats" in again.text


def test_a_second_press_says_how_it_stands(
    house: DemoHouse, rep: Visitor, drafted: Callable[..., Page]
) -> None:
    page = drafted()
    rep.send(page, "/send")
    again = rep.send(page, "/send")
    assert again.status == 409
    assert "meanwhile" in again.problems[0]
    assert state(house, page) is QuoteState.SENT


def test_a_better_quote_replaces_the_one_the_customer_has_when_it_is_sent(
    house: DemoHouse, rep: Visitor, drafted: Callable[..., Page], key: str
) -> None:
    old = drafted()
    sent = rep.send(old, "/send")
    (replace,) = [form for form in sent.forms if ("replacing", "yes") in form.fields]
    form = rep.post(replace.action, replace.fields)
    assert form.path.endswith("/edit")
    better = rep.send(form, "/edit", {f"{key}-seats": "55"})
    assert "when it is sent" in better.text
    assert state(house, old) is QuoteState.SENT
    done = rep.send(better, "/send")
    assert state(house, old) is QuoteState.REPLACED
    assert f"Replaces quote {old.heading.split()[-1]}" in done.text
    before = rep.get(old.path)
    assert f"Replaced by quote {better.heading.split()[-1]}" in before.text
    assert "This quote was replaced by another one." in before.text


def test_a_copy_stands_beside_the_first(house: DemoHouse, rep: Visitor, drafted: Callable[..., Page]) -> None:
    first = drafted(note="For you.")
    (copy,) = [form for form in first.forms if form.action.endswith("/duplicate")]
    form = rep.post(copy.action, copy.fields)
    assert form.value("note") == "For you."
    assert quotes(house)[-1].replaces_id is None
    assert state(house, first) is QuoteState.DRAFT


def test_a_withdrawn_quote_is_over(house: DemoHouse, rep: Visitor, drafted: Callable[..., Page]) -> None:
    page = rep.send(drafted(), "/send")
    over = rep.send(page, "/withdraw")
    assert "This quote was withdrawn." in over.text
    assert not over.has_form("/withdraw")
    assert rep.get(f"{over.path}/edit").path == over.path
    closed = rep.get("/corp-billing/desk/quotes?show=closed")
    assert over.path in {one.get("href") for one in closed.root.all("a")}


def test_quotes_are_of_corporate_accounts_only(house: DemoHouse) -> None:
    care = house.visitor(house.email("care"))
    online = house.account_id("lower-plan")
    assert care.get(f"/corp-billing/desk/accounts/{online}/quotes/new").status == 404
    assert care.get("/corp-billing/desk/quotes").status == 404
