"""The cast tells every story it promises, its books are honest, and it is made once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from portal.shared.demo import history
from portal.shared.demo.cast import Cast, as_table
from portal.shared.demo.seeding import NotTheDemoError, Stage, seed, seeded_at
from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.subscriptions import Standing
from portal.shared.domain.taxes import TaxKind, VatState
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.records.accounts import Account
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice, InvoiceLine, invoices_of, unpaid_amounts
from portal.shared.records.ledger import LedgerMovement
from portal.shared.records.orders import Order
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import Payment, methods_of
from portal.shared.records.people import Membership, Person
from portal.shared.records.quotes import Quote
from portal.shared.records.subscriptions import SubscriptionRow, seats_held
from portal.shared.services import accounts, carts, ledger, requests
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.subscriptions.standing import SubscriptionCard
from portal.shared.services.taxes.rules import tax_rule
from tests.demo.conftest import NOON, cheap_passwords, stage_with

REMOTE_SUPPORT = "gotoassist-remote-support-v5"
PROMISED = {
    "monthly",
    "annual",
    "trial-ended",
    "trial-running",
    "cart",
    "past-due",
    "over-assigned",
    "two-types",
    "admin-only",
    "corporate",
    "rep",
}


def account_of(session: Session, cast: Cast, story: str) -> Account:
    told = next(account for account in cast.accounts if story in account.stories)
    return session.scalars(sa.select(Account).where(Account.name == told.name)).one()


def cards_of(session: Session, stage: Stage, account: Account) -> list[SubscriptionCard]:
    return subscriptions.cards(session, account.id, NOON, stage.seller)


def test_every_promised_story_is_told_by_somebody_who_can_sign_in(cast: Cast) -> None:
    told = {
        story for person in cast.sign_ins() for account in person["accounts"] for story in account["stories"]
    }
    assert told >= PROMISED | {"care", "manager", "expired"}


def test_the_cast_pays_in_five_currencies(cast: Cast) -> None:
    assert {account.currency for account in cast.accounts} == {"BRL", "EUR", "GBP", "USD", "JPY"}


def test_every_address_is_one_that_nobody_can_own(cast: Cast) -> None:
    for account in cast.accounts:
        names = [name for event in account.history for name in event.to]
        for email in [*(member.email for member in account.members), *map(account.email_of, names)]:
            assert email.endswith(".example")
    assert all(one.email.endswith(".example") for one in cast.staff)


def test_nobody_is_printed_twice_and_everybody_has_an_account(cast: Cast) -> None:
    people = cast.sign_ins()
    assert len({person["email"] for person in people}) == len(people)
    assert all(person["accounts"] for person in people)
    table = as_table(people)
    assert all(person["email"] in table for person in people)


def test_the_books_have_no_fault_and_every_charge_stands_at_the_processor_too(
    played: Stage,
) -> None:
    with played.database.read() as session:
        assert ledger.verify(session) == []
        paid = {
            reference: (amount, currency)
            for reference, amount, currency in session.execute(
                sa.select(Order.reference, Payment.amount_minor, Payment.currency).join(
                    Payment, Payment.order_id == Order.id
                )
            )
        }
    assert paid
    assert {row.key: (row.amount_minor, row.currency) for row in played.processor.book.captures()} == paid


def test_every_running_period_is_a_charged_line(played: Stage) -> None:
    with played.database.read() as session:
        bought = session.scalars(
            sa.select(SubscriptionRow).where(SubscriptionRow.frequency.is_not(None))
        ).all()
        assert bought
        for row in bought:
            lines = session.scalars(
                sa.select(InvoiceLine).where(
                    InvoiceLine.subscription_id == row.id,
                    InvoiceLine.service_start == row.period_start,
                    InvoiceLine.kind == "charge",
                )
            ).all()
            assert [(line.service_end, line.seats, line.plan_id) for line in lines] == [
                (row.period_end, row.seats, row.plan_id)
            ]


def test_every_online_billing_contact_has_remote_support(played: Stage) -> None:
    with played.database.read() as session:
        for account in session.scalars(sa.select(Account).where(Account.type == "online")):
            assert REMOTE_SUPPORT in [card.product for card in cards_of(session, played, account)]


def test_monthly_one_subscription_in_the_middle_of_its_period_and_a_card_on_file(
    played: Stage, cast: Cast
) -> None:
    with played.database.read() as session:
        account = account_of(session, cast, "monthly")
        [card] = cards_of(session, played, account)
        assert card.terms is not None
        assert card.period is not None
        assert (card.product, card.seats, card.held) == (REMOTE_SUPPORT, 5, 3)
        assert (card.terms.frequency, card.standing) == ("monthly", Standing.ACTIVE)
        assert card.period.start == date(2026, 3, 6)
        assert (account.currency, account.language) == ("BRL", "pt_BR")
        assert methods_of(session, account.id)[0].last4 == "4242"
        assert not carts.wanted(session, account.id)
        assert not ledger.balance(session, account.id, "BRL")


def test_annual_a_year_with_portuguese_tax(played: Stage, cast: Cast) -> None:
    with played.database.read() as session:
        account = account_of(session, cast, "annual")
        [card] = cards_of(session, played, account)
        assert card.terms is not None
        assert card.period is not None
        assert card.terms.frequency == "annual"
        assert card.period.days in (365, 366)
        assert invoices_of(session, account.id)[0].tax_minor > 0


@pytest.mark.parametrize(
    ("story", "standing", "end"),
    [
        ("trial-ended", Standing.TRIAL_ENDED, date(2026, 3, 13)),
        ("trial-running", Standing.TRIAL_RUNNING, date(2026, 3, 26)),
    ],
)
def test_trials(played: Stage, cast: Cast, story: str, standing: Standing, end: date) -> None:
    with played.database.read() as session:
        [card] = cards_of(session, played, account_of(session, cast, story))
        assert (card.standing, card.trial_end, card.terms) == (standing, end, None)


def test_cart_a_change_of_the_other_product_waits_for_remote_support(played: Stage, cast: Cast) -> None:
    with played.database.read() as session:
        account = account_of(session, cast, "cart")
        products = {card.id: card.product for card in cards_of(session, played, account)}
        remote = next(key for key, product in products.items() if product == REMOTE_SUPPORT)
        [wanted] = carts.wanted(session, account.id)
        assert products[wanted.subscription_id] != REMOTE_SUPPORT
        assert carts.holds_others(session, account.id, remote)


def test_past_due_the_renewal_of_this_period_is_the_only_unpaid_invoice(played: Stage, cast: Cast) -> None:
    with played.database.read() as session:
        account = account_of(session, cast, "past-due")
        [card] = cards_of(session, played, account)
        assert card.standing is Standing.PAST_DUE
        assert card.period is not None
        assert card.past_due_since == card.period.start == date(2026, 3, 15)
        [(invoice_id, rest)] = unpaid_amounts(session, account.id).items()
        invoice = session.get_one(Invoice, invoice_id)
        assert (invoice.issued_on, invoice.due_on) == (card.period.start, card.period.start)
        assert rest == invoice.total_minor


def test_over_assigned_five_seats_would_leave_two_people_without(played: Stage, cast: Cast) -> None:
    with played.database.read() as session:
        account = account_of(session, cast, "over-assigned")
        [card] = cards_of(session, played, account)
        assert (card.seats, card.held) == (8, 7)
        assert seats_held(session, account.id) == {card.id: 7}


def test_two_types_one_person_serves_an_online_and_a_corporate_account(played: Stage, cast: Cast) -> None:
    with played.database.read() as session:
        types = session.execute(
            sa.select(Person.email, Account.type)
            .join(Membership, Membership.person_id == Person.id)
            .join(Account, Account.id == Membership.account_id)
            .where(Membership.role == "billing_contact", Person.email == "helena@prado.example")
        ).all()
    assert {kind for _, kind in types} == {"online", "corporate"}


def test_admin_only_somebody_else_is_the_billing_contact(played: Stage, cast: Cast) -> None:
    [admin] = [
        person
        for person in cast.sign_ins()
        if any("admin-only" in account["stories"] for account in person["accounts"])
    ]
    with played.database.read() as session:
        person = session.scalars(sa.select(Person).where(Person.email == admin["email"])).one()
        roles = set(session.scalars(sa.select(Membership.role).where(Membership.person_id == person.id)))
        account_id = session.scalars(
            sa.select(Membership.account_id).where(
                Membership.person_id == person.id, Membership.role == "account_admin"
            )
        ).one()
        contacts = session.scalars(
            sa.select(Membership.person_id).where(
                Membership.account_id == account_id, Membership.role == "billing_contact"
            )
        ).all()
    assert "billing_contact" not in roles
    assert contacts


def test_corporate_a_rep_annual_contracts_and_one_open_invoice(played: Stage, cast: Cast) -> None:
    with played.database.read() as session:
        account = account_of(session, cast, "corporate")
        view = accounts.account_view(session, account.id, NOON)
        assert (view.type, view.rep and view.rep.name) == ("corporate", "Sofia Lemos")
        cards = cards_of(session, played, account)
        assert {card.terms.frequency for card in cards if card.terms} == {"annual"}
        assert len(invoices_of(session, account.id)) == 2
        [(invoice_id, _)] = unpaid_amounts(session, account.id).items()
        assert session.get_one(Invoice, invoice_id).due_on == date(2026, 4, 5)


def test_balance_the_unused_year_became_a_balance(played: Stage, cast: Cast) -> None:
    with played.database.read() as session:
        account = account_of(session, cast, "balance")
        assert ledger.balance(session, account.id, "USD").minor > 0


def test_pending_cancellation_with_reverse_charge(played: Stage, cast: Cast) -> None:
    with played.database.read() as session:
        account = account_of(session, cast, "pending-cancellation")
        [card] = cards_of(session, played, account)
        assert card.standing is Standing.PENDING_CANCELLATION
        assert account.vat_state is VatState.VALID
        assert tax_rule(session, account, played.seller, NOON.date()).kind is TaxKind.REVERSE_CHARGE


def test_expired_everything_is_over(played: Stage, cast: Cast) -> None:
    with played.database.read() as session:
        account = account_of(session, cast, "expired")
        [card] = cards_of(session, played, account)
        assert card.standing is Standing.EXPIRED
        assert accounts.is_expired(account, NOON.date())


def test_both_desks_have_a_request_to_answer(played: Stage) -> None:
    with played.database.read() as session:
        waiting = {request.account_name for request in requests.waiting(session)}
    assert waiting == {"Hartwell & Finch Ltd", "Grupo Horizonte S.A."}


def test_a_large_organisation_has_quotes_in_every_hand(played: Stage) -> None:
    with played.database.read() as session:
        quotes = session.scalars(sa.select(Quote).order_by(Quote.number)).all()
    assert [quote.state for quote in quotes] == [QuoteState.SENT, QuoteState.AWAITING_APPROVAL]


def test_no_mail_of_the_past_leaves_today(played: Stage) -> None:
    with played.database.read() as session:
        mails = session.scalars(sa.select(OutboxMail)).all()
        assert mails
        assert all(mail.sent_at == mail.created_at < NOON for mail in mails)


def test_a_second_time_nothing_happens(played: Stage, cast: Cast) -> None:
    def figures() -> list[int | None]:
        with played.database.read() as session:
            tables = (Person, Account, Order, Invoice, LedgerMovement)
            return [session.scalar(sa.select(sa.func.count()).select_from(table)) for table in tables]

    before, charged = figures(), played.processor.book.totals()
    assert not seed(played, cast, NOON + timedelta(days=3))
    assert figures() == before
    assert played.processor.book.totals() == charged
    with played.database.read() as session:
        assert seeded_at(session) == NOON


def test_accounts_that_are_not_the_demos_are_left_alone(stage: Stage, cast: Cast) -> None:
    with stage.database.write() as session:
        session.add(
            Account(
                name="Real",
                type="online",
                currency="EUR",
                country="PT",
                time_zone="Europe/Lisbon",
                language="en",
                invoice_series="R",
                created_at=NOON,
            )
        )
    with pytest.raises(NotTheDemoError):
        seed(stage, cast, NOON)
    with stage.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 1


def test_a_cast_that_fails_leaves_nothing_behind(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*arguments: object) -> None:
        raise history.ImplausibleError("stop")

    monkeypatch.setitem(history._EVENTS, "missed-renewal", stop)
    with pytest.raises(history.ImplausibleError):
        seed(stage, cast, NOON)
    with stage.database.read() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Account)) == 0
    assert set(stage.processor.book.totals().values()) == {0}


def test_the_printed_password_opens_only_in_demo_mode(played: Stage, cast: Cast) -> None:
    with played.database.read() as session:
        kept = session.scalars(sa.select(Person.password_hash).where(Person.password_hash.is_not(None))).all()
    assert len(kept) == len(cast.sign_ins())
    assert cheap_passwords(demo=True).fits(cast.password, kept[0])
    assert not any(cheap_passwords(demo=False).fits(cast.password, secret) for secret in kept)


def awkward_days() -> list[datetime]:
    """Ends and beginnings of months of a leap year, and a plain day; in the evening Japan is a day ahead."""
    days = [datetime(2028, month, day, tzinfo=UTC) for month in (1, 2, 3, 5) for day in (1, 3, 29)]
    days += [
        datetime(2028, 3, 31, tzinfo=UTC),
        datetime(2028, 12, 31, tzinfo=UTC),
        datetime(2028, 7, 15, tzinfo=UTC),
    ]
    return [day + timedelta(hours=hour) for day in days for hour in (0, 21)]


@pytest.mark.parametrize("now", awkward_days(), ids=lambda now: f"{now:%m-%d-%Hh}")
def test_the_cast_is_alive_on_any_day(
    sqlite_database: Database, processor: SandboxProcessor, cast: Cast, now: datetime
) -> None:
    stage = stage_with(sqlite_database, processor)
    assert seed(stage, cast, now)
    with sqlite_database.read() as session:
        assert ledger.verify(session) == []
        account = account_of(session, cast, "past-due")
        [card] = subscriptions.cards(session, account.id, now, stage.seller)
        assert card.standing is Standing.PAST_DUE
        assert card.past_due_since is not None
        assert 3 <= (accounts.today(account, now) - card.past_due_since).days <= 6
