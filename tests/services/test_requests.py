"""The life of a request: everything that happens is kept, told once, and won by one person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.requests import RequestKind, RequestState
from portal.shared.domain.wishes import (
    Cancellation,
    Dispute,
    NewContact,
    OtherCountry,
    OtherFrequency,
    OtherProduct,
    SomethingElse,
    Wish,
)
from portal.shared.records.accounts import Account
from portal.shared.records.activity import Activity
from portal.shared.records.invoices import Invoice
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.requests import Request, RequestStep
from portal.shared.services import requests
from portal.shared.services.desk import Staff
from portal.shared.services.orders.placement import Accepted, Moved
from portal.shared.services.requests import RequestView
from portal.shared.services.subscriptions import standing as subscriptions
from tests.support.factories import a_person
from tests.support.shop import CARE, Customer, Shop, want


def ask(shop: Shop, who: Customer, wish: Wish | None = None, note: str = "Please.") -> int:
    """Ask for something; gives the id of the request."""
    with shop.database.write() as session:
        wish = wish or SomethingElse()
        number = requests.ask(session, who.id, wish, note, who.person_id, shop.clock.now())
        return session.query(Request).filter_by(account_id=who.id, number=number).one().id


def corporate(shop: Shop, rep: int | None = None) -> Customer:
    who = shop.customer()
    with shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.type, account.rep_id = "corporate", rep
    return who


def staff(shop: Shop, name: str = "Camila", role: str = "care") -> int:
    with shop.database.write() as session:
        return a_person(session, name, staff_role=role).id


def view(shop: Shop, request_id: int) -> RequestView:
    with shop.database.read() as session:
        found = requests.one(session, request_id)
    assert found is not None
    return found


def told(shop: Shop) -> list[str]:
    """The kinds of the mails about requests, in order."""
    return [mail.kind for mail in shop.rows(OutboxMail) if mail.kind.startswith("request-")]


def test_whatever_happens_to_a_request_stands_in_its_history_and_is_told_once(shop: Shop) -> None:
    who = shop.customer()
    request, care, now = ask(shop, who), staff(shop), shop.clock.now()
    with shop.database.write() as session:
        requests.take(session, request, care, now)
        requests.note(session, request, care, "Which invoice?", now)
        requests.hand_back(session, request, care, now)
        requests.take(session, request, care, now)
        requests.take(session, request, care, now)
        requests.carry_out(session, request, care, "It is done.", now)
    with shop.database.read() as session:
        history = requests.history(session, request)
    assert [(step.event, step.text) for step in history] == [
        ("take", ""),
        ("note", "Which invoice?"),
        ("hand_back", ""),
        ("take", ""),
        ("carry_out", "It is done."),
    ]
    assert {(step.person, step.by_staff) for step in history} == {("Camila", True)}
    assert told(shop) == ["request-made", "request-taken", "request-note", "request-answered"]
    seen = view(shop, request)
    assert (seen.state, seen.owner, seen.answer) == (RequestState.DONE, "Camila", "It is done.")
    actions = [row.action for row in shop.rows(Activity) if row.action.startswith("request-")]
    assert actions == [
        "request-made",
        "request-taken",
        "request-noted",
        "request-handed-back",
        "request-taken",
        "request-answered",
    ]


def test_two_colleagues_take_a_request_and_one_of_them_has_it(shop: Shop) -> None:
    request, first, second = ask(shop, shop.customer()), staff(shop, "Camila"), staff(shop, "Duarte")
    now, seen = shop.clock.now(), view(shop, request).seen
    with shop.database.write() as session:
        requests.take(session, request, first, now, seen=seen)
    with shop.database.write() as session, pytest.raises(requests.ChangedMeanwhileError):
        requests.take(session, request, second, now, seen=seen)
    assert view(shop, request).owner == "Camila"
    with shop.database.write() as session:
        for act in (requests.note, requests.decline, requests.carry_out):
            with pytest.raises(requests.TakenByColleagueError):
                act(session, request, second, "No.", now)
        with pytest.raises(requests.TakenByColleagueError):
            requests.hand_back(session, request, second, now)
    with shop.database.write() as session:
        requests.take(session, request, second, now, seen=view(shop, request).seen)
    assert view(shop, request).owner == "Duarte"
    with shop.database.write() as session, pytest.raises(requests.TakenByColleagueError):
        requests.decline(session, request, first, "No.", now)


def test_nobody_answers_a_request_they_have_not_seen_as_it_is(shop: Shop) -> None:
    who = shop.customer()
    request, care, now = ask(shop, who), staff(shop), shop.clock.now()
    with shop.database.write() as session:
        requests.note(session, request, care, "Which one?", now, seen=0)
        for act in (requests.note, requests.decline, requests.carry_out):
            with pytest.raises(requests.ChangedMeanwhileError):
                act(session, request, care, "No.", now, seen=0)
    assert view(shop, request).state is RequestState.OPEN
    assert told(shop) == ["request-made", "request-note"]


@pytest.mark.parametrize("end", ["carried out", "declined", "withdrawn"])
def test_what_has_ended_never_moves_again(shop: Shop, end: str) -> None:
    who = shop.customer()
    request, care, now = ask(shop, who), staff(shop), shop.clock.now()
    with shop.database.write() as session:
        if end == "withdrawn":
            requests.withdraw(session, who.id, 1, who.person_id, now)
        elif end == "carried out":
            requests.carry_out(session, request, care, "So be it.", now)
        else:
            requests.decline(session, request, care, "So be it.", now)
    before = (view(shop, request), told(shop), len(shop.rows(RequestStep)), len(shop.rows(Activity)))
    with shop.database.write() as session:
        for act in (requests.note, requests.decline, requests.carry_out):
            with pytest.raises(requests.AlreadyAnsweredError):
                act(session, request, care, "Again.", now)
        for move in (requests.take, requests.hand_back):
            with pytest.raises(requests.AlreadyAnsweredError):
                move(session, request, care, now)
        with pytest.raises(requests.AlreadyAnsweredError):
            requests.withdraw(session, who.id, 1, who.person_id, now)
        with pytest.raises(requests.AlreadyAnsweredError):
            requests.check_unanswered(session, who.id, request)
    assert before == (view(shop, request), told(shop), len(shop.rows(RequestStep)), len(shop.rows(Activity)))


def test_a_request_that_does_not_exist_is_none(shop: Shop) -> None:
    who, stranger = shop.customer(), shop.customer()
    request, care, now = ask(shop, who), staff(shop), shop.clock.now()
    with shop.database.write() as session:
        for act in (requests.note, requests.decline, requests.carry_out):
            with pytest.raises(LookupError):
                act(session, request + 1, care, "No.", now)
        for move in (requests.take, requests.hand_back):
            with pytest.raises(LookupError):
                move(session, request + 1, care, now)
        with pytest.raises(LookupError):
            requests.withdraw(session, stranger.id, 1, stranger.person_id, now)


def test_a_request_whose_order_waits_for_the_bank_is_not_withdrawn_renewed_or_handed_back(shop: Shop) -> None:
    who, care = shop.customer(card="needs_confirmation"), staff(shop)
    subscription = shop.monthly(who, shop.catalogue.plus, began=shop.clock.now().date())
    shop.later(days=25)
    wish = want(subscription, shop.catalogue.standard, 9)
    request, now = ask(shop, who, wish, ""), shop.clock.now()
    with shop.database.write() as session:
        requests.take(session, request, care, now)
    seen = shop.look(who, wish, audience=CARE)
    placed = shop.confirm(
        who, seen, audience=CARE, wanted=(wish,), request_id=request, answer="Done.", person_id=care
    )
    assert isinstance(placed, Accepted)
    with shop.database.write() as session:
        with pytest.raises(requests.OnItsWayError):
            requests.withdraw(session, who.id, 1, who.person_id, now)
        with pytest.raises(requests.OnItsWayError):
            requests.hand_back(session, request, care, now)
        other = want(subscription, shop.catalogue.standard, 3)
        with pytest.raises(requests.OnItsWayError):
            requests.ask_for_lower_plan(session, who.id, other, who.person_id, now)
    assert view(shop, request).answer == "", "nobody reads an answer before it is one"
    shop.answer_bank(placed.reference, approved=True)
    shop.resume(placed.reference)
    assert (view(shop, request).state, view(shop, request).answer) == ("done", "Done.")


def test_a_request_that_a_colleague_has_is_not_carried_out_by_an_order(shop: Shop) -> None:
    who, first, second = shop.customer(card=None), staff(shop), staff(shop)
    wish = want(shop.monthly(who, shop.catalogue.plus), shop.catalogue.standard, 5)
    request = ask(shop, who, wish, "")
    with shop.database.write() as session:
        requests.take(session, request, first, shop.clock.now())
    seen = shop.look(who, wish, audience=CARE)
    with pytest.raises(requests.TakenByColleagueError):
        shop.confirm(who, seen, audience=CARE, wanted=(wish,), request_id=request, person_id=second)
    placed = shop.confirm(
        who, seen, audience=CARE, wanted=(wish,), request_id=request, person_id=first, digest="old"
    )
    assert isinstance(placed, Moved)
    assert view(shop, request).owner_id == first


@pytest.mark.parametrize("kind", ["lower plan", "billing contact"])
def test_what_a_service_carries_out_is_not_done_by_a_written_answer_alone(shop: Shop, kind: str) -> None:
    who, care = shop.customer(), staff(shop)
    wish: Wish = NewContact("Ana Lima", "ana@example.org", "I leave.")
    if kind == "lower plan":
        wish = want(shop.monthly(who, shop.catalogue.plus), shop.catalogue.standard, 5)
    request = ask(shop, who, wish)
    with shop.database.write() as session, pytest.raises(requests.OtherWorkError):
        requests.carry_out(session, request, care, "Done.", shop.clock.now())
    assert view(shop, request).state is RequestState.OPEN


# --- asking ---------------------------------------------------------------------------------------------------------


def test_a_corporate_account_asks_for_everything_but_a_lower_plan(shop: Shop) -> None:
    who = corporate(shop)
    subscription = shop.annual(who, shop.catalogue.plus)
    wishes: list[Wish] = [
        NewContact("Ana Lima", "ana@example.org", "I leave."),
        OtherFrequency(subscription, Frequency.MONTHLY),
        OtherProduct("meet", 5),
        OtherCountry("DE"),
        Cancellation(subscription),
        SomethingElse(),
    ]
    for wish in wishes:
        assert view(shop, ask(shop, who, wish)).wish == wish
    lower = want(subscription, shop.catalogue.standard, 5)
    with shop.database.write() as session, pytest.raises(requests.NotAskedHereError):
        requests.ask(session, who.id, lower, "", who.person_id, shop.clock.now())


@pytest.mark.parametrize(
    "wish",
    [OtherProduct("meet", 5), OtherCountry("DE"), OtherFrequency(1, Frequency.MONTHLY), Cancellation(1)],
    ids=lambda wish: type(wish).__name__,
)
def test_what_an_online_account_does_by_itself_is_not_asked_for(shop: Shop, wish: Wish) -> None:
    who = shop.customer()
    with shop.database.write() as session, pytest.raises(requests.NotAskedHereError):
        requests.ask(session, who.id, wish, "", who.person_id, shop.clock.now())


def test_nobody_asks_about_the_subscription_of_another_account(shop: Shop) -> None:
    who, stranger = corporate(shop), corporate(shop)
    theirs = shop.annual(stranger)
    with shop.database.write() as session:
        for wish in (Cancellation(theirs), OtherFrequency(theirs, Frequency.MONTHLY)):
            with pytest.raises(subscriptions.UnknownSubscriptionError):
                requests.ask(session, who.id, wish, "", who.person_id, shop.clock.now())


def test_the_second_of_two_clicks_asks_for_nothing_new_and_another_wish_does(shop: Shop) -> None:
    who = shop.customer()
    first, again = ask(shop, who, note="Help."), ask(shop, who, note="Help.")
    other = ask(shop, who, note="Help me with something else.")
    assert first == again != other
    assert shop.rows(RequestStep) == []
    assert told(shop) == ["request-made", "request-made"]


def test_a_wish_said_anew_renews_the_open_request_and_stands_in_its_history(shop: Shop) -> None:
    who = corporate(shop)
    subscription = shop.annual(who)
    first = ask(shop, who, OtherFrequency(subscription, Frequency.MONTHLY), "Soon.")
    assert ask(shop, who, OtherFrequency(subscription, Frequency.ANNUAL), "Later.") == first
    seen = view(shop, first)
    assert (seen.wish, seen.note) == (OtherFrequency(subscription, Frequency.ANNUAL), "Later.")
    assert [step.event for step in shop.rows(RequestStep)] == ["renew"]
    assert seen.seen == shop.rows(RequestStep)[0].id


# --- disputes -------------------------------------------------------------------------------------------------------


def test_an_invoice_is_disputed_within_fifteen_days_and_not_after(shop: Shop) -> None:
    who, stranger, care = shop.customer(), shop.customer(), staff(shop)
    shop.monthly(who, began=shop.clock.now().date())
    (invoice,) = shop.rows(Invoice)
    with shop.database.write() as session:
        now = shop.clock.now()
        with pytest.raises(LookupError):
            requests.dispute(session, stranger.id, invoice.name, "No.", stranger.person_id, now)
        with pytest.raises(LookupError):
            requests.dispute(session, who.id, "A-0", "No.", who.person_id, now)
        number = requests.dispute(session, who.id, invoice.name, "Seven, not five.", who.person_id, now)
        assert requests.dispute(session, who.id, invoice.name, "Six.", who.person_id, now) == number
    (request,) = shop.rows(Request)
    assert view(shop, request.id).wish == Dispute(invoice.name, "Six.")
    with shop.database.write() as session:
        requests.decline(session, request.id, care, "It was seven.", now)
    shop.later(days=15)
    with shop.database.write() as session:
        requests.dispute(session, who.id, invoice.name, "Again.", who.person_id, shop.clock.now())
    shop.later(days=1)
    with shop.database.write() as session, pytest.raises(requests.TooLateError):
        requests.dispute(session, who.id, invoice.name, "Late.", who.person_id, shop.clock.now())


# --- whose desk -----------------------------------------------------------------------------------------------------


def test_everybody_sees_the_requests_of_their_own_accounts_and_their_own_first(shop: Shop) -> None:
    with shop.database.write() as session:
        manager = a_person(session, "Ricardo", staff_role="manager")
        rep = a_person(session, "Sofia", staff_role="rep")
        rep.manager_id = manager.id
        other = a_person(session, "Tomás", staff_role="rep")
        care = a_person(session, "Camila", staff_role="care")
        people = {
            one.name: Staff(one.id, one.name, one.staff_role or "") for one in (manager, rep, other, care)
        }
    theirs, foreign, online = corporate(shop, rep.id), corporate(shop, other.id), shop.customer()
    first = ask(shop, theirs)
    shop.clock.advance(timedelta(minutes=1))
    second = ask(shop, theirs, OtherCountry("DE"))
    third, fourth = ask(shop, foreign), ask(shop, online)

    def queue(name: str, **question: object) -> list[int]:
        with shop.database.read() as session:
            return [one.id for one in requests.queue(session, people[name], **question)]  # type: ignore[arg-type]

    assert queue("Sofia") == [first, second]
    assert queue("Ricardo") == [first, second]
    assert queue("Tomás") == [third]
    assert queue("Camila") == [fourth]
    assert queue("Sofia", kind=RequestKind.COUNTRY) == [second]
    with shop.database.write() as session:
        requests.take(session, second, rep.id, shop.clock.now())
    assert queue("Sofia") == [second, first]
    assert queue("Ricardo") == [first, second]
    assert queue("Sofia", state=RequestState.OPEN) == [first]
    assert queue("Sofia", state=RequestState.DONE) == []
