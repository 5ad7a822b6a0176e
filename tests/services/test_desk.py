"""The desk: whose accounts these are, what waits there, in which order, and in how many statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from portal.shared.domain.attention import Waiting
from portal.shared.domain.purchase_orders import LimitRule
from portal.shared.domain.quotes import QuoteState
from portal.shared.domain.requests import RequestKind, RequestState
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.people import Person
from portal.shared.records.purchase_orders import PurchaseOrderRow
from portal.shared.records.quotes import Quote
from portal.shared.records.requests import Request
from portal.shared.services.desk import Staff, team
from portal.shared.services.desk.portfolio import ON_A_PAGE, Portfolio, Wish, portfolio
from portal.shared.services.desk.terms import NotAgreeableError, change_terms
from portal.shared.services.overviews.whole_account import whole_account
from tests.support import factories
from tests.support.counting import counting
from tests.support.factories import NOW, SELLER, TODAY
from tests.support.shop import Shop


@dataclass(frozen=True, slots=True)
class House:
    """A manager, two representatives of the team, one of another team, and Customer Care."""

    shop: Shop
    manager: Staff
    rep: Staff
    colleague: Staff
    stranger: Staff
    care: Staff

    def account(self, rep: Staff | None = None, name: str = "", **told: Any) -> int:
        """A corporate account and its billing contact."""
        with self.shop.database.write() as session:
            row = factories.an_online_account(session)
            row.type, row.rep_id = "corporate", rep.person_id if rep else None
            row.name = name or row.name
            for field, value in told.items():
                setattr(row, field, value)
            factories.a_contact(session, row)
            return row.id

    def let(self, *rows: Any) -> None:
        """Let these be."""
        with self.shop.database.write() as session:
            session.add_all(rows)

    def sees(self, staff: Staff, **wish: Any) -> Portfolio:
        with self.shop.database.read() as session:
            return portfolio(session, staff, Wish(**wish), NOW)

    def waits(self, staff: Staff, account_id: int) -> list[Waiting]:
        rows = {row.id: row for row in self.sees(staff).rows}
        return [signal.kind for signal in rows[account_id].signals]


@pytest.fixture
def house(shop: Shop) -> House:
    def hire(session: Session, role: str, manager: Person | None = None) -> Person:
        person = factories.a_person(session, staff_role=role)
        person.manager_id = manager.id if manager else None
        session.flush()
        return person

    with shop.database.write() as session:
        manager, other = hire(session, "manager"), hire(session, "manager")
        people = [
            manager,
            hire(session, "rep", manager),
            hire(session, "rep", manager),
            hire(session, "rep", other),
            hire(session, "care"),
        ]
        staff = [Staff(one.id, one.name, one.staff_role or "") for one in people]
    return House(shop, *staff)


def a_quote(account_id: int, author: Staff, state: QuoteState, valid_until: date | None = None) -> Quote:
    return Quote(
        account_id=account_id,
        number=1,
        state=state,
        author_id=author.person_id,
        validity_days=7,
        valid_until=valid_until,
        summary={} if state is QuoteState.SENT else None,
        created_at=NOW,
        changed_at=NOW - timedelta(days=1),
    )


def a_request(
    account_id: int, person: Staff, number: int = 1, state: RequestState = RequestState.OPEN
) -> Request:
    return Request(
        account_id=account_id,
        number=number,
        kind=RequestKind.OTHER,
        state=state,
        wanted={},
        created_by=person.person_id,
        created_at=NOW - timedelta(days=3),
    )


def a_purchase_order(account_id: int, **told: Any) -> PurchaseOrderRow:
    return PurchaseOrderRow(
        account_id=account_id,
        number=told.pop("number", "4500"),
        valid_from=date(2026, 1, 1),
        created_at=NOW,
        **told,
    )


def test_everybody_sees_their_own_accounts_a_manager_the_team_and_those_of_nobody(house: House) -> None:
    mine, theirs = house.account(house.rep), house.account(house.colleague)
    strange, nobodys = house.account(house.stranger), house.account()
    online = house.shop.customer().id
    seen = {
        staff.role + str(number): {row.id for row in house.sees(staff).rows}
        for number, staff in enumerate((house.rep, house.stranger, house.manager, house.care))
    }
    assert seen == {
        "rep0": {mine},
        "rep1": {strange},
        "manager2": {mine, theirs, nobodys},
        "care3": {online},
    }


def test_every_kind_of_thing_that_waits_is_told(house: House) -> None:
    account = house.account(house.rep, expired_on=TODAY)
    with house.shop.database.write() as session:
        row = session.get_one(Account, account)
        late = factories.a_past_due_subscription(session, row, house.shop.catalogue.standard)
        late.contract_end = TODAY + timedelta(days=20)
    house.let(
        a_quote(account, house.rep, QuoteState.SENT, TODAY + timedelta(days=2)),
        a_request(account, house.rep),
        a_purchase_order(account, valid_to=TODAY + timedelta(days=10)),
    )
    assert house.waits(house.rep, account) == [
        Waiting.EXPIRED,
        Waiting.REQUEST,
        Waiting.OVERDUE,
        Waiting.QUOTE,
        Waiting.PURCHASE_ORDER,
        Waiting.RENEWAL,
    ]


def test_what_is_over_or_far_away_does_not_wait(house: House) -> None:
    account = house.account(house.rep)
    with house.shop.database.write() as session:
        row = session.get_one(Account, account)
        factories.an_annual_subscription(session, row, house.shop.catalogue.standard)
        factories.a_monthly_subscription(session, row, house.shop.catalogue.basic)
    house.let(
        a_quote(account, house.rep, QuoteState.SENT, TODAY - timedelta(days=1)),
        a_request(account, house.rep, state=RequestState.DONE),
        a_purchase_order(account, number="old", valid_to=TODAY - timedelta(days=1)),
        a_purchase_order(account, number="new", valid_to=TODAY + timedelta(days=200)),
    )
    assert house.waits(house.rep, account) == []
    assert house.sees(house.rep).waiting == 0


def test_only_a_manager_is_asked_to_approve(house: House) -> None:
    account = house.account(house.rep)
    house.let(a_quote(account, house.rep, QuoteState.AWAITING_APPROVAL))
    assert house.waits(house.manager, account) == [Waiting.APPROVAL]
    assert house.waits(house.rep, account) == []


def test_a_renewal_that_was_switched_off_is_told_as_an_end(house: House) -> None:
    account = house.account(house.rep)
    with house.shop.database.write() as session:
        row = session.get_one(Account, account)
        began = TODAY - timedelta(days=340)
        bought = factories.an_annual_subscription(session, row, house.shop.catalogue.standard, began=began)
        bought.pending_cancellation = True
    assert house.waits(house.rep, account) == [Waiting.ENDING]


def test_the_most_urgent_account_stands_on_top_and_the_calm_ones_follow_by_name(house: House) -> None:
    calm = [house.account(house.rep, name) for name in ("Aurora", "Zenith")]
    quoted, asked = house.account(house.rep, "Beta"), house.account(house.rep, "Gamma")
    house.let(
        a_quote(quoted, house.rep, QuoteState.SENT, TODAY + timedelta(days=5)), a_request(asked, house.rep)
    )
    assert [row.id for row in house.sees(house.rep).rows] == [asked, quoted, *calm]
    assert [row.id for row in house.sees(house.rep, attention_only=True).rows] == [asked, quoted]


@pytest.mark.parametrize("text", ["prado", "PRADO", "hold filhos", "ÁGUA", "água", "agua", "pra"])
def test_accounts_are_found_by_the_beginnings_of_words_of_their_name(house: House, text: str) -> None:
    wanted = house.account(house.rep, "Água e Prado Filhos Holding")
    house.account(house.rep, "Horizonte 100%")
    house.account(house.stranger, "Prado Filhos Holding Água")
    assert [row.id for row in house.sees(house.rep, search=text).rows] == [wanted]


@pytest.mark.parametrize("text", ["%", "_", "pr%do", "rado", "nobody"])
def test_signs_of_a_pattern_and_ends_of_words_find_nobody(house: House, text: str) -> None:
    house.account(house.rep, "Prado")
    assert house.sees(house.rep, search=text).rows == ()


def test_pages_follow_each_other_without_gap_or_repetition(house: House) -> None:
    accounts = [house.account(house.rep, f"Company {number % 7}") for number in range(2 * ON_A_PAGE + 5)]
    house.let(*(a_request(key, house.rep) for key in accounts[: ON_A_PAGE + 3]))
    seen: list[int] = []
    after = ""
    for _ in range(4):
        page = house.sees(house.rep, after=after)
        seen += [row.id for row in page.rows]
        after = page.following
        if not after:
            break
    assert sorted(seen) == accounts
    assert set(seen[: ON_A_PAGE + 3]) == set(accounts[: ON_A_PAGE + 3])


@pytest.mark.parametrize("after", ["x", "-", "1", "9-", "²-1", "99999999999-1", "0-987654", "-1-1"])
def test_a_key_that_is_none_shows_something_all_the_same(house: House, after: str) -> None:
    account = house.account(house.rep)
    assert [row.id for row in house.sees(house.rep, after=after).rows] == [account]


def test_the_desk_asks_as_many_questions_for_one_account_as_for_sixty(house: House) -> None:
    counts = []
    have = 0
    accounts: list[int] = []
    for many in (1, 10, 60):
        for number in range(have, many):
            account = house.account(house.rep)
            accounts.append(account)
            with house.shop.database.write() as session:
                row = session.get_one(Account, account)
                if number % 3 == 0:
                    factories.a_past_due_subscription(session, row, house.shop.catalogue.standard)
            house.let(
                a_quote(account, house.rep, QuoteState.SENT, TODAY),
                a_request(account, house.rep),
                a_purchase_order(account, valid_to=TODAY),
            )
        have = many
        with house.shop.database.read() as session:
            whole_account(session, accounts[0], SELLER, NOW)  # the catalogue is read when it has changed
        with house.shop.database.read() as session, counting(house.shop.database.engine) as sent:
            portfolio(session, house.rep, Wish(), NOW)
            team.team(session, house.manager, NOW)
            whole_account(session, accounts[0], SELLER, NOW)
        counts.append(len([one for one in sent if not one.startswith("PRAGMA")]))
    # A page that is full of what waits has no room for the calm ones, and does not ask for them.
    assert counts in ([counts[0]] * 3, [counts[0], counts[0], counts[0] - 1]), counts


def test_the_account_page_has_everything_the_open_things_first(house: House) -> None:
    account = house.account(house.rep)
    with house.shop.database.write() as session:
        row = session.get_one(Account, account)
        factories.an_annual_subscription(session, row, house.shop.catalogue.plus)
        factories.a_past_due_subscription(session, row, house.shop.catalogue.basic)
    house.let(
        a_request(account, house.rep, 1),
        a_request(account, house.rep, 2, RequestState.DONE),
        a_purchase_order(account),
        a_quote(account, house.rep, QuoteState.DRAFT),
    )
    with house.shop.database.read() as session:
        whole = whole_account(session, account, SELLER, NOW)
    assert [one.list_price == one.card.terms.unit for one in whole.subscriptions if one.card.terms] == [
        True
    ] * 2
    assert [bool(one.open) for one in whole.invoices] == [True, False]
    assert [one.number for one in whole.requests] == [1, 2]
    assert [one.state for one in whole.quotes] == [QuoteState.DRAFT]
    assert [one.number for one in whole.purchase_orders] == ["4500"]
    assert [one.roles for one in whole.contacts] == [("billing_contact",)]


def test_terms_are_changed_once_and_written_down(house: House) -> None:
    account = house.account(house.rep)
    with house.shop.database.write() as session:
        assert change_terms(session, house.rep, account, 45, LimitRule.HOLD, NOW)
    with house.shop.database.write() as session:
        assert not change_terms(session, house.rep, account, 45, LimitRule.HOLD, NOW)
    (entry,) = house.shop.rows(Activity, action="terms-changed")
    assert entry.detail == {"days": {"from": None, "to": 45}, "rule": {"from": "warn", "to": "hold"}}
    (row,) = house.shop.rows(Account, id=account)
    assert (row.invoice_terms_days, row.purchase_order_rule) == (45, LimitRule.HOLD)


@pytest.mark.parametrize("days", [-1, 181], ids=["less than none", "too many"])
def test_terms_beyond_reason_are_refused(house: House, days: int) -> None:
    account = house.account(house.rep)
    with house.shop.database.write() as session, pytest.raises(NotAgreeableError):
        change_terms(session, house.rep, account, days, LimitRule.WARN, NOW)


def test_terms_are_agreed_by_whoever_looks_after_a_corporate_account(house: House) -> None:
    account, online = house.account(house.rep), house.shop.customer().id
    for staff, key in ((house.stranger, account), (house.care, account), (house.care, online)):
        with house.shop.database.write() as session, pytest.raises(NotAgreeableError):
            change_terms(session, staff, key, 30, LimitRule.WARN, NOW)
    assert house.shop.rows(Activity, action="terms-changed") == []


def test_an_account_moves_within_the_team_and_its_contacts_are_told(house: House) -> None:
    account = house.account(house.rep)
    with house.shop.database.write() as session:
        there = team.move_account(session, house.manager, account, house.colleague.person_id, NOW)
    assert there is not None
    assert there.id == house.colleague.person_id
    assert house.sees(house.rep).rows == ()
    assert [row.id for row in house.sees(house.colleague).rows] == [account]
    (entry,) = house.shop.rows(Activity, action="representative-changed")
    assert entry.person_id == house.manager.person_id
    assert entry.detail == {"old_person": house.rep.person_id, "new_person": house.colleague.person_id}
    (mail,) = house.shop.rows(OutboxMail, kind="representative-changed")
    assert mail.payload["rep"] == house.colleague.name
    with house.shop.database.write() as session:
        assert team.move_account(session, house.manager, account, house.colleague.person_id, NOW) is None
    assert len(house.shop.rows(OutboxMail, kind="representative-changed")) == 1


def test_an_account_of_nobody_gets_a_representative(house: House) -> None:
    account = house.account()
    with house.shop.database.write() as session:
        team.move_account(session, house.manager, account, house.rep.person_id, NOW)
    assert [row.id for row in house.sees(house.rep).rows] == [account]


def test_nobody_moves_what_is_not_theirs_nor_to_strangers_nor_to_those_who_left(house: House) -> None:
    account, strange = house.account(house.rep), house.account(house.stranger)
    with house.shop.database.write() as session:
        gone = factories.a_person(session, staff_role="rep")
        gone.manager_id, gone.disabled_at = house.manager.person_id, NOW
        session.flush()
        left = gone.id
    tries = {
        "to another team": (house.manager, account, house.stranger.person_id),
        "to somebody who left": (house.manager, account, left),
        "to nobody": (house.manager, account, 987654),
        "to Customer Care": (house.manager, account, house.care.person_id),
        "an account of another team": (house.manager, strange, house.rep.person_id),
        "by a representative": (house.rep, account, house.rep.person_id),
    }
    for case, (staff, key, rep_id) in tries.items():
        with house.shop.database.write() as session, pytest.raises(team.NotInTheTeamError):
            team.move_account(session, staff, key, rep_id, NOW)
        assert house.shop.rows(Activity, action="representative-changed") == [], case


def test_the_team_shows_who_has_which_account_and_first_the_accounts_of_nobody(house: House) -> None:
    mine, nobodys = house.account(house.rep), house.account()
    house.let(a_request(mine, house.rep))
    with house.shop.database.read() as session:
        desks = team.team(session, house.manager, NOW)
    assert desks[0].colleague is None
    assert [account.id for account in desks[0].accounts] == [nobodys]
    shown = {desk.colleague.id: desk for desk in desks if desk.colleague}
    assert shown.keys() == {house.manager.person_id, house.rep.person_id, house.colleague.person_id}
    assert [(one.id, one.waiting) for one in shown[house.rep.person_id].accounts] == [
        (mine, (Waiting.REQUEST,))
    ]
    assert shown[house.rep.person_id].attention == 1
