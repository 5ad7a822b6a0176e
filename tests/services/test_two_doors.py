"""Two doors, one engine: what the Billing Center prices and what the desk prices are the same lines.

For random contracts, people, balances and wishes: a change that a contact makes alone and a quote with the same terms,
at the list price and with a period that begins today, come to the same summary, and write the same invoice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Refusal, Wanted
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.quotes import PriceKind, PriceWish
from portal.shared.domain.summary import to_plain
from portal.shared.domain.terms import WantedTerms
from portal.shared.records.accounts import Account
from portal.shared.records.invoices import Invoice, InvoiceLine
from portal.shared.services.orders.placement import Accepted
from portal.shared.services.quotes.pricing import ItemWish, PricedQuote, QuoteWish, price_wish
from tests.support.factories import SELLER, TODAY
from tests.support.quoting import QuoteDesk
from tests.support.shop import Customer, Shop

# What a contact may not do alone, or what is no change for them; the representative may, the figures do not differ.
FOR_THE_REP = {Refusal.LOWER_PLAN, Refusal.SEATS_TOO_MANY, Refusal.NOTHING_CHANGES}


@dataclass(frozen=True, slots=True)
class Story:
    """An account with one subscription, and a change that is wanted."""

    kind: str
    plan: str
    seats: int
    days_ago: int
    held: int
    balance: int
    country: str
    currency: str
    wanted_plan: str
    wanted_seats: int
    wanted_frequency: Frequency


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Any of them; only what is sold by the month is bought by the month."""
    kind = draw(st.sampled_from(["trial", "monthly", "annual", "past due"]))
    seats = draw(st.integers(2, 60))
    return Story(
        kind=kind,
        plan=draw(
            st.sampled_from(["standard", "plus", "premium"] if kind == "annual" else ["standard", "plus"])
        ),
        seats=seats,
        days_ago=draw(st.integers(0, 27 if kind in {"monthly", "past due"} else 364)),
        held=draw(st.integers(0, min(seats, 3))),
        balance=draw(st.sampled_from([0, 0, 1, 12_345, 5_000_000])),
        country=draw(st.sampled_from(["PT", "DE", "ES"])),
        currency=draw(st.sampled_from(["EUR", "JPY", "BRL"])),
        wanted_plan=draw(st.sampled_from(["standard", "plus", "premium"])),
        wanted_seats=draw(st.one_of(st.integers(0, 4), st.integers(1, 600))),
        wanted_frequency=draw(st.sampled_from(Frequency)),
    )


@dataclass(frozen=True, slots=True)
class Case:
    """A story that was told in a shop."""

    who: Customer
    subscription_id: int
    terms: WantedTerms
    release: frozenset[int]


def tell(shop: Shop, desk: QuoteDesk, story: Story) -> Case:
    """Let a story happen to a new account; which portal it uses changes nothing in its books."""
    who = desk.customer(balance=story.balance, country=story.country, currency=story.currency)
    plan, began = getattr(shop.catalogue, story.plan), TODAY - timedelta(days=story.days_ago)
    if story.kind == "trial":
        subscription_id = shop.trial(who, plan, seats=story.seats)
    else:
        made = {"monthly": shop.monthly, "annual": shop.annual, "past due": shop.past_due}[story.kind]
        subscription_id = made(who, plan, seats=story.seats, began=began)
    held = shop.seats(subscription_id, story.held)
    too_many = max(0, story.held - story.wanted_seats)
    terms = WantedTerms(
        getattr(shop.catalogue, story.wanted_plan), story.wanted_seats, story.wanted_frequency
    )
    return Case(who, subscription_id, terms, frozenset(held[:too_many]))


def quoted(shop: Shop, case: Case) -> PricedQuote:
    """The same wish at the desk: at the list price, with a period that begins today."""
    listed = PriceWish(PriceKind.LIST)
    item = ItemWish(case.subscription_id, case.terms, keeps_date=False, price=listed, release=case.release)
    with shop.database.read() as session:
        return price_wish(session, case.who.id, QuoteWish((item,), None, 7), SELLER, shop.clock.now())


def document(shop: Shop, case: Case) -> tuple[Any, ...]:
    """The last document of the account, without the numbers that tell accounts apart."""
    invoice = shop.rows(Invoice, account_id=case.who.id)[-1]
    lines = [
        (
            line.position,
            line.kind,
            line.credits_line is None,
            (line.product, line.plan_id, line.seats, line.unit_minor),
            (line.service_start, line.service_end, line.days, line.of_days),
            (line.amount_minor, line.tax_name, line.tax_millionths, line.tax_minor),
        )
        for line in shop.rows(InvoiceLine, invoice_id=invoice.id)
    ]
    head = (invoice.kind, invoice.issued_on, invoice.due_on, invoice.currency)
    return (head, (invoice.subtotal_minor, invoice.tax_minor, invoice.total_minor), sorted(lines))


def terms_of(
    shop: Shop, case: Case
) -> tuple[int, int, Frequency | None, int | None, date | None, date | None]:
    """What the account has afterwards."""
    row = shop.subscription(case.subscription_id)
    return (row.plan_id, row.seats, row.frequency, row.unit_minor, row.period_start, row.period_end)


FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FEW
@given(story=stories())
def test_both_doors_show_the_same_figures(shop: Shop, story: Story) -> None:
    case = tell(shop, QuoteDesk(shop), story)
    want = Wanted(case.subscription_id, case.terms, case.release)
    alone = shop.look(case.who, want, keep=False)
    at_the_desk = quoted(shop, case)
    reason = alone.refused.get(case.subscription_id)
    if reason in FOR_THE_REP:
        return
    assert at_the_desk.refused == alone.refused
    if alone.summary is None:
        assert at_the_desk.summary is None
    else:
        assert at_the_desk.summary is not None
        assert to_plain(at_the_desk.summary) == to_plain(alone.summary)
        assert at_the_desk.summary.digest == alone.summary.digest


@settings(FEW, max_examples=12)
@given(story=stories())
def test_both_doors_write_the_same_invoice(shop: Shop, story: Story) -> None:
    desk = QuoteDesk(shop)
    first, second = tell(shop, desk, story), tell(shop, desk, story)
    with shop.database.write() as session:
        account = session.get_one(Account, first.who.id)
        account.type, account.rep_id = "online", None
    alone = shop.look(first.who, Wanted(first.subscription_id, first.terms, first.release), keep=False)
    if alone.summary is None:
        return
    placed = shop.order(first.who, Wanted(first.subscription_id, first.terms, first.release))
    assert placed.state is OrderState.PLACED
    item = ItemWish(
        second.subscription_id,
        second.terms,
        keeps_date=False,
        price=PriceWish(PriceKind.LIST),
        release=second.release,
    )
    accepted = desk.accept(desk.sent(item, who=second.who), who=second.who)
    assert isinstance(accepted, Accepted)
    assert accepted.state is OrderState.PLACED
    assert document(shop, second) == document(shop, first)
    assert terms_of(shop, second) == terms_of(shop, first)
    assert shop.balance(second.who) == shop.balance(first.who)
