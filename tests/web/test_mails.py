"""Mails as people get them: what the services write, in every language, text and HTML saying the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask_babel import force_locale, gettext

from portal.app import create_app
from portal.config import DEMO_SELLER, Settings, SettingsError, read_seller
from portal.shared.domain import wishes
from portal.shared.domain.calendar import Frequency
from portal.shared.domain.credit_notes import CreditLimits
from portal.shared.domain.erasure import GRACE
from portal.shared.domain.integrations.events import OFFERED
from portal.shared.domain.money import Money
from portal.shared.domain.moving import Agreed
from portal.shared.domain.quotes import PriceKind, PriceWish
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.taxes import VatState
from portal.shared.domain.terms import WantedTerms
from portal.shared.gateways.clock import FixedClock
from portal.shared.gateways.sandbox.processor import SandboxProcessor
from portal.shared.gateways.tax_registry import SandboxRegistry
from portal.shared.gateways.webhooks import Told
from portal.shared.records.accounts import Account
from portal.shared.records.catalog import Plan, Product
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.records.outbox import OutboxMail
from portal.shared.records.payments import Payment, PaymentMethod
from portal.shared.records.people import Person
from portal.shared.records.requests import Request
from portal.shared.records.subscriptions import SubscriptionRow
from portal.shared.records.webhooks import WebhookDelivery
from portal.shared.services import ledger, requests, seats
from portal.shared.services.ahead import planning
from portal.shared.services.charges import answers as charges
from portal.shared.services.corrections import refunds
from portal.shared.services.corrections.refunds import RefundWish
from portal.shared.services.corrections.tax_rechecks import recheck_due
from portal.shared.services.desk import Staff, team
from portal.shared.services.invoice_payments import paying
from portal.shared.services.invoice_payments.paying import PayRequest
from portal.shared.services.invoices import recipients as invoice_recipients
from portal.shared.services.moving import moves
from portal.shared.services.payments import methods as payments
from portal.shared.services.people import letters
from portal.shared.services.privacy import asking, erasing, exporting
from portal.shared.services.purchase_orders import book as purchase_order_book
from portal.shared.services.purchase_orders.book import Wish
from portal.shared.services.purchase_orders.warnings import warn
from portal.shared.services.quotes import answering, sending
from portal.shared.services.renewals import collecting, renewing, running
from portal.shared.services.seats import Newcomer
from portal.shared.services.sign_in import password_changes, telling
from portal.shared.services.sign_in import signing_in as signin
from portal.shared.services.subscriptions import additions, opening, reminders
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.services.taxes import exemptions as tax_exemptions
from portal.shared.services.webhooks import delivering, managing
from portal.shared.web.colours import readable_on
from portal.shared.web.entrance.languages import LANGUAGES
from portal.shared.web.mailing.contents import KINDS
from portal.shared.web.mailing.material import one_line
from portal.shared.web.mailing.rendering import UnknownMail, render_mail
from portal.shared.web.transactions import TransactionalFlask
from tests.support import factories
from tests.support.approving import APPROVAL_STORIES
from tests.support.factories import NOW, SELLER, a_catalogue
from tests.support.people_mails import PEOPLE_STORIES
from tests.support.quoting import QuoteDesk, item
from tests.support.shop import Customer, Shop, want

BASE = "https://billing.example.com/shop"
_SOME = Money(2500, "EUR")
SETTINGS = Settings(
    database_url="",
    secret_key="not a secret",
    data_dir=Path(),
    seller=read_seller(DEMO_SELLER),
    password_memory_kib=8,
    password_rounds=1,
    base_url=BASE,
)


@dataclass
class Post:
    """A shop whose services write mails, and the application that gives them words."""

    shop: Shop
    app: TransactionalFlask

    def customer(self, language: str, name: str = "Ana Lima", **story: Any) -> Customer:
        who = self.shop.customer(**story)
        with self.shop.database.write() as session:
            person = session.get_one(Person, who.person_id)
            person.name, person.language = name, language
            session.get_one(Account, who.id).language = language
        return who

    def waiting(self, kind: str) -> OutboxMail:
        mail: OutboxMail = self.shop.mails(kind)[-1]
        return mail

    def read(self, kind: str) -> Letter:
        """The last mail of a kind, rendered."""
        return self.read_in(kind, self.waiting(kind).language)

    def read_in(self, kind: str, language: str) -> Letter:
        """The last mail of a kind, as somebody else would get it."""
        mail = self.waiting(kind)
        return Letter(render_mail(self.app)(mail.kind, mail.recipient, language, mail.payload))

    def words(self, language: str, sentence: str, **values: str) -> str:
        with self.app.app_context(), force_locale(language):
            return str(gettext(sentence, **values))


@dataclass
class Letter:
    """A mail that went through its wire form, as a mail program sees it."""

    sent: EmailMessage

    def __post_init__(self) -> None:
        self.seen = BytesParser(policy=SMTP).parsebytes(self.sent.as_bytes())

    @property
    def subject(self) -> str:
        return str(self.seen["Subject"])

    @property
    def text(self) -> str:
        return plain(self._part("plain"))

    @property
    def lines(self) -> list[str]:
        return self._part("plain").splitlines()

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def html_words(self) -> str:
        body = re.sub(r"<style>.*?</style>|<title>.*?</title>", "", self.html, flags=re.DOTALL)
        return plain(unescape(re.sub(r"<[^>]+>", " ", re.sub(r"</?(b|a)\b[^>]*>", "", body))))

    def _part(self, kind: str) -> str:
        part = self.seen.get_body((kind,))
        assert part is not None
        return str(part.get_content())


def plain(text: str) -> str:
    """A text with single spaces."""
    return " ".join(text.split())


@pytest.fixture
def post(sqlite_database: Database, tmp_path: Path) -> Post:
    clock = FixedClock(NOW)
    processor = SandboxProcessor(tmp_path / "processor", clock=clock)
    with sqlite_database.write() as session:
        plans = a_catalogue(session)
        session.get_one(Product, "assist").names = {"en": "Assist", "pt_BR": "Assistência"}
        session.get_one(Plan, plans.plus).names = {"en": "Plus", "pt_BR": "Mais"}
    shop = Shop(sqlite_database, processor, clock, plans)
    app = create_app(
        replace(SETTINGS, data_dir=tmp_path), clock=clock, database=sqlite_database, processor=processor
    )
    return Post(shop, app)


# One story a kind: what a person did, so that the services write that mail.


def order_placed(post: Post, who: Customer) -> None:
    subscription = post.shop.monthly(who)
    post.shop.order(who, want(subscription, post.shop.catalogue.plus, 7))


def request_made(post: Post, who: Customer) -> None:
    subscription = post.shop.monthly(who, post.shop.catalogue.plus)
    wanted = want(subscription, post.shop.catalogue.standard, 3)
    with post.shop.database.write() as session:
        requests.ask_for_lower_plan(session, who.id, wanted, who.person_id, NOW)


def request_answered(post: Post, who: Customer) -> None:
    request_made(post, who)
    with post.shop.database.write() as session:
        staff = factories.a_person(session, staff_role="care").id
        number = session.scalars(sa.select(Request.id)).one()
        requests.decline(session, number, staff, "Not before <May>.\n\nWrite to us then.", NOW)


def _asked(post: Post, who: Customer, wish: wishes.Wish) -> tuple[int, int]:
    """A request, by its id, and somebody of Customer Care."""
    with post.shop.database.write() as session:
        requests.ask(session, who.id, wish, "Please.", who.person_id, NOW)
        care = factories.a_person(session, "Camila Rocha", staff_role="care").id
        return session.scalars(sa.select(Request.id)).one(), care


def request_taken(post: Post, who: Customer) -> None:
    request, care = _asked(post, who, wishes.SomethingElse())
    with post.shop.database.write() as session:
        requests.take(session, request, care, NOW)


def request_note(post: Post, who: Customer) -> None:
    request, care = _asked(post, who, wishes.SomethingElse())
    with post.shop.database.write() as session:
        requests.note(session, request, care, "Which invoice do you mean?", NOW)


def contact_added(post: Post, who: Customer) -> None:
    request, care = _asked(post, who, wishes.NewContact("Bruno Reis", "bruno@example.org", "I leave."))
    with post.shop.database.write() as session:
        account = session.get_one(Account, who.id)
        factories.a_contact(session, account).language = account.language
        newcomer = factories.a_contact(session, account, role="viewer")
        newcomer.email, newcomer.name, newcomer.language = "bruno@example.org", "Bruno Reis", account.language
        (card,) = payments.methods(session, who.id)
        evidence = requests.Evidence(card.last4, name_on_card_confirmed=True)
        missing = requests.change_contact(session, request, care, "Done.", evidence, who.person_id, NOW)
        assert not missing


def seat_assigned(post: Post, who: Customer) -> None:
    subscription = post.shop.monthly(who)
    with post.shop.database.write() as session:
        newcomers = [Newcomer("Bruno Reis", "bruno@example.org")]
        seats.assign(session, who.id, subscription, newcomers, who.person_id, NOW, notify=True)


def seat_released(post: Post, who: Customer) -> None:
    subscription = post.shop.monthly(who)
    held = post.shop.seats(subscription, 1)
    with post.shop.database.write() as session:
        seats.take_away(session, who.id, subscription, held, who.person_id, NOW, notify=True)


def subscription_cancelled(post: Post, who: Customer) -> None:
    subscription = post.shop.monthly(who)
    with post.shop.database.write() as session:
        subscriptions.cancel(session, who.id, subscription, who.person_id, NOW)


def subscription_kept(post: Post, who: Customer) -> None:
    subscription = post.shop.monthly(who)
    with post.shop.database.write() as session:
        subscriptions.cancel(session, who.id, subscription, who.person_id, NOW)
        subscriptions.keep(session, who.id, subscription, who.person_id, NOW)


def letter_to_contact(post: Post, who: Customer, name: str = "Bruno Reis") -> None:
    with post.shop.database.write() as session:
        viewer = factories.a_contact(session, session.get_one(Account, who.id), role="viewer")
        viewer.name, viewer.email = name, "bruno@example.org"
        token = signin.open_session(session, viewer.id, NOW)
        session.flush()
        writer = signin.signed_in(session, token, NOW)
        assert writer is not None
        letters.write_to_contacts(session, writer, who.id, Task.ADD_SEATS, "assist", NOW)


def order_not_placed(post: Post, who: Customer) -> None:
    subscription = post.shop.monthly(who)
    with post.shop.database.write() as session:
        account = session.get_one(Account, who.id)
        silent = factories.a_card(session, post.shop.processor, account, "lost_after_decline").id
    placed = post.shop.order(who, want(subscription, post.shop.catalogue.plus, 7), payment_method_id=silent)
    post.shop.resume(placed.reference)


def payment_received(post: Post, who: Customer) -> None:
    pay_invoice(post, who, "visa")


def refunded(post: Post, who: Customer) -> None:
    subscription = post.shop.trial(who)
    post.shop.order(who, want(subscription, post.shop.catalogue.plus, 5))
    with post.shop.database.write() as session:
        care = factories.a_person(session, staff_role="care")
        staff = Staff(care.id, care.name, "care")
        account, now = session.get_one(Account, who.id), post.shop.clock.now()
        ledger.post(session, account.id, "credit-granted", {"balance": -_SOME, "sales": _SOME}, now)
        payment = session.scalars(sa.select(Payment.id)).one()
    limits = CreditLimits({"care": {"EUR": 10_000}})
    wish = RefundWish(payment, _SOME, "Wrong plan", "one")
    shop = post.shop
    refunds.give_back(shop.database, shop.processor, shop.clock.now, staff, who.id, wish, limits)


def payment_not_made(post: Post, who: Customer) -> None:
    pay_invoice(post, who, "lost_after_decline")
    post.shop.later(minutes=6)
    with post.shop.database.read() as session:
        (reference,) = charges.due(session, post.shop.clock.now())
    charges.resume(post.shop.database, post.shop.processor, post.shop.clock.now, reference)


def pay_invoice(post: Post, who: Customer, card: str) -> None:
    post.shop.past_due(who)
    with post.shop.database.write() as session:
        method = factories.a_card(session, post.shop.processor, session.get_one(Account, who.id), card).id
    name = post.shop.rows(Invoice, account_id=who.id)[0].name
    wish = PayRequest(who.id, who.person_id, "one", name, Money(5000, "EUR"), "/p/{reference}", method)
    paying.pay(post.shop.database, post.shop.processor, post.shop.clock.now, wish)


def trial_started(post: Post, who: Customer) -> None:
    plan = post.shop.catalogue.basic
    with post.shop.database.write() as session:
        additions.try_out(session, who.id, "meet", plan, 3, who.person_id, NOW)


def purchase_order_warning(post: Post, who: Customer) -> None:
    wish = Wish("4500012345", date(2026, 1, 1), date(2026, 3, 31), Money(1_000_00, "EUR"))
    with post.shop.database.write() as session:
        purchase_order_book.add(session, who.id, wish, who.person_id, NOW)
    warn(post.shop.database, NOW)


def representative_changed(post: Post, who: Customer) -> None:
    with post.shop.database.write() as session:
        manager = factories.a_person(session, staff_role="manager")
        rep = factories.a_person(session, "Sofia Lemos", staff_role="rep")
        rep.manager_id, rep.phone = manager.id, "+351 210 000 011"
        account = session.get_one(Account, who.id)
        account.type, account.rep_id = "corporate", manager.id
        session.flush()
        desk = Staff(manager.id, manager.name, "manager")
        team.move_account(session, desk, who.id, rep.id, NOW)


def account_moved(post: Post, who: Customer) -> None:
    post.shop.monthly(who)
    with post.shop.database.write() as session:
        care = factories.a_person(session, staff_role="care")
        rep = factories.a_person(session, "Sofia Lemos", staff_role="rep")
        rep.phone = "+351 210 000 011"
        session.flush()
        wish = Agreed(rep.id, 30)
        plan = moves.preview(session, who.id, wish, SELLER, NOW)
        desk = Staff(care.id, care.name, "care")
        assert isinstance(moves.move(session, desk, who.id, wish, plan.digest, SELLER, NOW), moves.Moved)


def invoice_issued(post: Post, who: Customer) -> None:
    with post.shop.database.write() as session:
        session.get_one(Account, who.id).type = "corporate"
        invoice_recipients.add(session, who.id, "Contas", "contas@example.org", who.person_id, NOW)
    subscription = post.shop.trial(who)
    terms = WantedTerms(post.shop.catalogue.standard, 5, Frequency.ANNUAL)
    with post.shop.database.write() as session:
        opening.begin_on_invoice(
            session, who.id, subscription, terms, SELLER, NOW.date() + timedelta(days=30), NOW
        )


def _quoted(post: Post, who: Customer, percent: int = 0) -> tuple[QuoteDesk, int]:
    """A draft of a representative for this account."""
    desk = QuoteDesk(post.shop)
    desk.who = who
    with post.shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.type, account.rep_id = "corporate", desk.rep.person_id
    price = PriceWish(PriceKind.PERCENT, percent * 10_000) if percent else None
    wanted = item(desk.contract(seats=5), post.shop.catalogue.standard, 9, price=price)
    return desk, desk.draft(wanted, note="As agreed <on Monday>.")


def quote_sent(post: Post, who: Customer) -> tuple[QuoteDesk, int]:
    desk, number = _quoted(post, who)
    assert desk.send(number) == sending.Sent()
    return desk, number


def quote_withdrawn(post: Post, who: Customer) -> None:
    desk, number = quote_sent(post, who)
    desk.withdraw(number)


def quote_rejected(post: Post, who: Customer) -> None:
    desk, number = quote_sent(post, who)
    desk.reject(number, "Too dear.\nAnd too late.")


def quote_expired(post: Post, who: Customer) -> None:
    quote_sent(post, who)
    post.shop.later(days=8)
    assert answering.expire_due(post.shop.database, post.shop.clock.now()) == 1


def quote_awaits_approval(post: Post, who: Customer) -> tuple[QuoteDesk, int]:
    desk, number = _quoted(post, who, percent=20)
    assert desk.send(number) == sending.AwaitsApproval()
    return desk, number


def quote_approved(post: Post, who: Customer) -> None:
    desk, number = quote_awaits_approval(post, who)
    assert desk.approve(number) == sending.Sent()


def quote_sent_back(post: Post, who: Customer) -> None:
    desk, number = quote_awaits_approval(post, who)
    with post.shop.database.write() as session:
        sending.send_back(session, who.id, number, desk.manager, "Ten per cent is enough.", NOW)


def _period_ends(post: Post, who: Customer, *days: int) -> None:
    """A subscription comes to its renewal on 1 April; these days of April are then tried."""
    post.shop.monthly(who)
    for day in days:
        post.shop.clock.advance(datetime(2026, 4, day, 6, tzinfo=UTC) - post.shop.clock.now())
        list(running.renew_due(post.shop.database, SELLER, post.shop.clock.now()))
        list(collecting.collect_due(post.shop.database, post.shop.processor, post.shop.clock.now))


def _without_cards(post: Post, who: Customer) -> None:
    with post.shop.database.write() as session:
        for method in session.scalars(sa.select(PaymentMethod).where(PaymentMethod.account_id == who.id)):
            method.is_default, method.removed_at = False, NOW


def payment_failed(post: Post, who: Customer) -> None:
    _without_cards(post, who)
    _period_ends(post, who, 1)


def subscription_expired(post: Post, who: Customer) -> None:
    _without_cards(post, who)
    _period_ends(post, who, 1, 4, 7, 10)


def subscription_ended(post: Post, who: Customer) -> None:
    subscription = post.shop.monthly(who)
    with post.shop.database.write() as session:
        subscriptions.cancel(session, who.id, subscription, who.person_id, NOW)
    post.shop.later(days=30)
    list(running.renew_due(post.shop.database, SELLER, post.shop.clock.now()))


def renewed_from_balance(post: Post, who: Customer) -> None:
    with post.shop.database.write() as session:
        factories.grant(session, session.get_one(Account, who.id), Money(100_000, "EUR"), NOW)
    _period_ends(post, who, 1)


def renewal_held(post: Post, who: Customer) -> None:
    subscription = post.shop.monthly(who)
    with post.shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.type = "corporate"
        row = session.get_one(SubscriptionRow, subscription)
        renewing.tell_of(session, account, "renewal-held", row, {}, NOW)


def a_planned_change(post: Post, who: Customer) -> int:
    """Three seats from the next renewal on; gives the subscription."""
    subscription = post.shop.monthly(who)
    with post.shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.type, account.invoice_terms_days = "corporate", 30
        wish = planning.Wish(None, 3, NOW.date())
        planning.plan(session, who.id, subscription, wish, who.person_id, NOW)
    return subscription


def change_planned(post: Post, who: Customer) -> None:
    a_planned_change(post, who)


def change_taken_off(post: Post, who: Customer) -> None:
    subscription = a_planned_change(post, who)
    with post.shop.database.write() as session:
        planning.take_off(session, who.id, subscription, who.person_id, NOW, tell=True)


def change_dropped(post: Post, who: Customer) -> None:
    subscription = a_planned_change(post, who)
    post.shop.seats(subscription, 5)
    post.shop.later(days=22)
    list(renewing.renew_account(post.shop.database, who.id, SELLER, post.shop.clock.now()))


def trial_ends_soon(post: Post, who: Customer) -> None:
    trial_started(post, who)
    post.shop.later(days=12)
    assert reminders.remind(post.shop.database, post.shop.clock.now()) == 1


def trial_ended(post: Post, who: Customer) -> None:
    trial_started(post, who)
    post.shop.later(days=14)
    assert reminders.remind(post.shop.database, post.shop.clock.now()) == 1


def card_expires(post: Post, who: Customer) -> None:
    with post.shop.database.write() as session:
        for method in session.scalars(sa.select(PaymentMethod).where(PaymentMethod.account_id == who.id)):
            method.expiry_year, method.expiry_month = 2026, 3
    assert reminders.remind(post.shop.database, post.shop.clock.now()) == 1


def _unconfirmed(post: Post, who: Customer, number: str) -> None:
    """The company is in Germany, and the registry did not answer for its number when it bought."""
    with post.shop.database.write() as session:
        account = session.get_one(Account, who.id)
        account.country, account.vat_number, account.vat_state = "DE", number, VatState.PENDING
    post.shop.monthly(who)


def vat_number_confirmed(post: Post, who: Customer) -> None:
    _unconfirmed(post, who, "136695976")
    registry = SandboxRegistry(post.shop.clock)
    [done] = recheck_due(post.shop.database, registry, factories.SELLER, post.shop.clock.now)
    assert done.corrections


def vat_number_refused(post: Post, who: Customer) -> None:
    _unconfirmed(post, who, "136695999")
    registry = SandboxRegistry(post.shop.clock)
    [done] = recheck_due(post.shop.database, registry, factories.SELLER, post.shop.clock.now)
    assert done.state is VatState.INVALID


def exemption_ends(post: Post, who: Customer) -> None:
    today = NOW.date()
    with post.shop.database.write() as session:
        last = today + timedelta(days=30)
        staff = factories.a_person(session, staff_role="care").id
        assert tax_exemptions.add(session, who.id, "EX <1>", today, last, staff, NOW) is None
    assert reminders.remind(post.shop.database, post.shop.clock.now()) == 1


def webhook_failed(post: Post, who: Customer) -> None:
    shop, url = post.shop, "https://hooks.example.com/a?b=1&c=<2>"
    now = shop.clock.now()
    with shop.database.write() as session:
        number = managing.add(session, who.id, url, OFFERED, who.person_id, now, private=False)
        managing.send_test(session, who.id, number, who.person_id, now)
    delivering.spread(shop.database, who.id, now)
    (delivery,) = shop.rows(WebhookDelivery)
    delivering.deliver(shop.database, Gone(), b"key", now, delivery.id)


class Gone:
    """Nobody is there any more."""

    def post(self, url: str, body: str, headers: Mapping[str, str]) -> Told:
        return Told(410)


def password_link(post: Post, who: Customer) -> None:
    with post.shop.database.write() as session:
        email = session.get_one(Person, who.person_id).email
        assert password_changes.ask_for_link(session, email, "en", "203.0.113.7", NOW)
        password_changes.answer_request(session, 1, NOW)


def data_export(post: Post, who: Customer) -> None:
    with post.shop.database.write() as session:
        staff = factories.a_person(session, staff_role="manager").id
        exporting.mail_export(session, who.person_id, staff, "By letter.", NOW, NOW)


def erasure_asked(post: Post, who: Customer) -> None:
    with post.shop.database.write() as session:
        assert asking.ask_to_erase(session, who.person_id, who.person_id, "", NOW) == []


def erasure_taken_back(post: Post, who: Customer) -> None:
    erasure_asked(post, who)
    with post.shop.database.write() as session:
        assert asking.take_back(session, who.person_id, who.person_id, NOW)


def erasure_hindered(post: Post, who: Customer) -> None:
    erasure_asked(post, who)
    post.shop.monthly(who)
    erasing.erase_due(post.shop.database, None, NOW + GRACE)


def erasure_done(post: Post, who: Customer) -> None:
    erasure_asked(post, who)
    erasing.erase_due(post.shop.database, None, NOW + GRACE)


def sign_in_changed(post: Post, who: Customer) -> None:
    with post.shop.database.write() as session:
        telling.tell(session, session.get_one(Person, who.person_id), "passkey-added", NOW, what="laptop <1>")


def signed_out_by_us(post: Post, who: Customer) -> None:
    with post.shop.database.write() as session:
        telling.tell(
            session, session.get_one(Person, who.person_id), "signed-out-by-us", NOW, what="A <thief>"
        )


STORIES: dict[str, Callable[[Post, Customer], object]] = {
    "password-link": password_link,
    "data-export": data_export,
    "erasure-asked": erasure_asked,
    "erasure-taken-back": erasure_taken_back,
    "erasure-hindered": erasure_hindered,
    "erasure-done": erasure_done,
    "sign-in-changed": sign_in_changed,
    "order-placed": order_placed,
    "order-not-placed": order_not_placed,
    "payment-received": payment_received,
    "payment-not-made": payment_not_made,
    "refunded": refunded,
    "trial-started": trial_started,
    "request-made": request_made,
    "request-answered": request_answered,
    "request-taken": request_taken,
    "request-note": request_note,
    "contact-added": contact_added,
    "contact-changed": contact_added,
    "seat-assigned": seat_assigned,
    "seat-released": seat_released,
    "subscription-cancelled": subscription_cancelled,
    "subscription-kept": subscription_kept,
    **APPROVAL_STORIES,
    **PEOPLE_STORIES,
    "letter-to-contact": letter_to_contact,
    "representative-changed": representative_changed,
    "account-moved": account_moved,
    "purchase-order-warning": purchase_order_warning,
    "invoice-issued": invoice_issued,
    "payment-failed": payment_failed,
    "subscription-expired": subscription_expired,
    "subscription-ended": subscription_ended,
    "renewed-from-balance": renewed_from_balance,
    "renewal-held": renewal_held,
    "change-planned": change_planned,
    "change-taken-off": change_taken_off,
    "change-dropped": change_dropped,
    "trial-ends-soon": trial_ends_soon,
    "trial-ended": trial_ended,
    "card-expires": card_expires,
    "exemption-ends": exemption_ends,
    "webhook-failed": webhook_failed,
    "vat-number-confirmed": vat_number_confirmed,
    "vat-number-refused": vat_number_refused,
    "quote-sent": quote_sent,
    "quote-withdrawn": quote_withdrawn,
    "quote-rejected": quote_rejected,
    "quote-expired": quote_expired,
    "quote-awaits-approval": quote_awaits_approval,
    "quote-approved": quote_approved,
    "quote-sent-back": quote_sent_back,
}


def test_every_kind_has_its_story() -> None:
    assert STORIES.keys() == KINDS.keys()


@pytest.mark.parametrize("kind", STORIES)
def test_text_and_html_of_every_kind_say_the_same_in_every_language(post: Post, kind: str) -> None:
    STORIES[kind](post, post.customer("en"))
    letters = {language: post.read_in(kind, language) for language in LANGUAGES}
    for language, letter in letters.items():
        is_whole(letter, language)
    english = sentences_of(letters.pop("en"))
    for language, letter in letters.items():
        shared = sentences_of(letter) & english
        assert [line for line in shared if not SHARED.search(line)] == [], f"English in {language}"


@pytest.mark.parametrize("language", ["en", "pt_BR"])
def test_whom_we_sign_out_reads_why_and_is_not_told_to_change_the_password(post: Post, language: str) -> None:
    signed_out_by_us(post, post.customer(language))
    letter = post.read("sign-in-changed")
    is_whole(letter, language)
    assert letter.subject == post.words(language, "You were signed out everywhere")
    assert "A <thief>" in letter.text
    assert "A &lt;thief&gt;" in letter.html
    assert post.words(language, "Your password was changed") not in letter.text


def is_whole(letter: Letter, language: str) -> None:
    """Ask everything of a mail that holds for any."""
    assert letter.subject
    assert "Exemplo Software" in str(letter.seen["From"])
    assert letter.seen["Content-Language"] == language.replace("_", "-")
    assert f'<html lang="{language.replace("_", "-")}">' in letter.html
    for left_open in ("%(", "{{", "None", "Undefined"):
        assert left_open not in letter.text + letter.html_words + letter.subject
    said_in_text = Counter(word for line in letter.lines for word in words_of(line))
    name_on_top = Counter(SETTINGS.seller.name.split())
    assert said_in_text + name_on_top == Counter(words_of(letter.html_words))


def sentences_of(letter: Letter) -> set[str]:
    """The subject and the lines of the text that hold more than one word."""
    lines = [letter.subject, *(line.split("  ")[0].strip() for line in letter.lines if "://" not in line)]
    return {line for line in lines if len(re.findall(r"[^\W\d_]{2,}", line)) > 1}


# Lines that are the same in several languages: what people typed, names and addresses, words that happen to be equal.
SHARED = re.compile(
    r"^> |@|^Exemplo Software|^Rua do Exemplo|^Account: Company \d+$|^Person: Rita Moura$|^Plan: \w+$"
)


def words_of(line: str) -> list[str]:
    """What a line of the text says: without marks and rules, and without addresses, which HTML keeps in its links."""
    said = re.sub(r"^(> ?|\* |-+ ?$)", "", line)
    return [] if said.startswith("https://") else [word.rstrip(":") for word in said.split() if word != ":"]


@pytest.mark.parametrize(
    ("language", "figures"),
    [
        ("en", ("€245.00", "−€70.97", "€40.03", "€214.06", "€301.35", "23%", "April 10, 2026")),
        ("pt_BR", ("€ 245,00", "−€ 70,97", "€ 40,03", "€ 214,06", "€ 301,35", "23%", "10 de abril de 2026")),
    ],
)
def test_an_order_is_told_line_by_line(post: Post, language: str, figures: tuple[str, ...]) -> None:
    order_placed(post, post.customer(language))
    letter = post.read("order-placed")
    reference = post.waiting("order-placed").payload["reference"]
    assert reference in letter.subject
    for figure in figures:
        assert figure in letter.text
        assert figure in letter.html_words
    assert f"{BASE}/billing/orders/{reference}" in letter.text
    assert f'href="{BASE}/billing/orders/{reference}"' in letter.html
    assert post.words(language, "Order summary") in letter.text
    assert ("Mais" if language == "pt_BR" else "Plus") in letter.html_words
    assert ("Assistência" if language == "pt_BR" else "Assist") in letter.text


def test_amounts_stand_below_each_other(post: Post) -> None:
    order_placed(post, post.customer("en"))
    lines = post.read("order-placed").lines
    amounts = [line for line in lines if re.search(r"\S {2,}−?€[\d.,]+$", line)]
    assert [line.split("  ")[0] for line in amounts] == [
        "Plus, 7 seats",
        "Credit for unused time",
        "Tax",
        "Total due",
    ]
    assert len({len(line) for line in amounts}) == 1
    assert max(map(len, lines[lines.index("Order summary") : lines.index(amounts[-1])])) <= 42


def test_several_products_and_a_balance_stand_in_one_mail(post: Post) -> None:
    who = post.customer("en", balance=100_000)
    assist = post.shop.monthly(who)
    meet = post.shop.monthly(who, post.shop.catalogue.pro)
    wanted = want(assist, post.shop.catalogue.plus, 6), want(meet, post.shop.catalogue.pro, 9)
    post.shop.order(who, *wanted)
    letter = post.read("order-placed")
    assert "Product: Assist, Meet" in letter.text
    assert {"Assist", "Meet"} <= set(letter.lines)
    assert re.search(r"Account balance used −€\d", letter.text)
    assert "of €1,000.00" in letter.html_words


def test_a_credit_that_is_left_over_is_told(post: Post) -> None:
    who = post.customer("en")
    subscription = post.shop.annual(who, post.shop.catalogue.plus)
    post.shop.order(who, want(subscription, post.shop.catalogue.plus, 2))
    letter = post.read("order-placed")
    assert "stays as account balance and pays your next charges." in letter.text
    assert "Total due €0.00" in letter.text
    assert "<b>" not in letter.text


# The words of the pages, as people know them.
PORTUGUESE = {
    "order-placed": ("Resumo do pedido", "Total devido"),
    "request-made": ("Atendimento ao Cliente",),
    "request-answered": ("Atendimento ao Cliente",),
    "letter-to-contact": ("contato de cobrança",),
}


@pytest.mark.parametrize("kind", PORTUGUESE)
def test_portuguese_mails_use_the_words_of_the_pages(post: Post, kind: str) -> None:
    STORIES[kind](post, post.customer("pt_BR"))
    letter = post.read(kind)
    for word in PORTUGUESE[kind]:
        assert word in letter.text
        assert word in letter.html_words


def test_mails_about_one_invoice_answer_the_same_letter(post: Post) -> None:
    who = post.customer("en")
    _without_cards(post, who)
    _period_ends(post, who, 1, 4)
    mails = post.shop.mails("payment-failed")
    assert len(mails) == 2
    written = [render_mail(post.app)(one.kind, one.recipient, "en", one.payload) for one in mails]
    assert len({str(one["References"]) for one in written}) == 1
    assert all(str(one["In-Reply-To"]) == str(one["References"]) for one in written)
    assert str(written[0]["References"]).endswith(f"@{SETTINGS.seller.email.partition('@')[2]}>")


def test_a_failed_charge_for_days_gone_by_does_not_say_that_access_ends(post: Post) -> None:
    who = post.customer("en")
    payment_failed(post, who)
    [mail] = post.shop.mails("payment-failed")

    def words(**other: object) -> str:
        letter = render_mail(post.app)(mail.kind, mail.recipient, "en", {**mail.payload, **other})
        part = letter.get_body(("plain",))
        assert part is not None
        return str(part.get_content())

    assert "Access until" in words()
    assert "Your people keep access for now." in words()
    assert "Access until" not in words(access_until=None)
    assert "Your subscription goes on. We try again on April 4, 2026." in words(access_until=None)


def test_a_letter_is_answered_to_its_writer(post: Post) -> None:
    letter_to_contact(post, post.customer("en"))
    letter = post.read("letter-to-contact")
    assert letter.subject == "Bruno Reis asks you: Add seats"
    assert letter.seen["Reply-To"] == "Bruno Reis <bruno@example.org>"
    assert "Asked by: Bruno Reis (bruno@example.org)" in letter.text
    assert f"{BASE}/go/add-seats?product=assist" in letter.text


def test_who_gets_or_loses_a_seat_is_told_by_whom(post: Post) -> None:
    who = post.customer("en")
    seat_assigned(post, who)
    letter = post.read("seat-assigned")
    assert letter.seen["To"] == "Bruno Reis <bruno@example.org>"
    assert letter.subject == "You have a seat of Assist"
    assert re.search(r"Company \d+ has assigned you a seat of Assist\.", letter.text)
    assert BASE not in letter.text


def test_an_answer_keeps_its_lines_and_loses_its_tags(post: Post) -> None:
    request_answered(post, post.customer("en"))
    letter = post.read("request-answered")
    assert letter.subject == "Your request #1 was declined"
    start = letter.lines.index("> Not before <May>.")
    assert letter.lines[start : start + 3] == ["> Not before <May>.", ">", "> Write to us then."]
    assert "Not before &lt;May&gt;.<br>" in letter.html
    assert "<May>" not in letter.html


def test_a_cancelled_subscription_says_when_it_ends(post: Post) -> None:
    subscription_cancelled(post, post.customer("en"))
    letter = post.read("subscription-cancelled")
    assert letter.subject == "Cancelled: Assist ends on April 1, 2026"
    assert "Ends on: April 1, 2026" in letter.text
    assert letter.lines[2] == "Hello Ana Lima,"


NASTY = 'Eve\r\nBcc: all@example.org\u2028\n\n<script>alert(1)</script> "Boss" <boss@example.org>\u202e%(product)s'


@pytest.mark.parametrize(
    "name", ["Reis, Bruno " * 12, '"Ana" <eve@example.org> ' * 9, "é, @x.example;" * 30, "A. B. " * 20, ""]
)
def test_a_long_name_stays_a_name_where_the_header_is_folded(post: Post, name: str) -> None:
    order_placed(post, post.customer("en", name=name))
    to = post.read("order-placed").seen["To"]
    assert [one.addr_spec for one in to.addresses] == [post.waiting("order-placed").recipient]


def test_a_name_cannot_pretend_to_be_something_else(post: Post) -> None:
    letter_to_contact(post, post.customer("en", name=NASTY), name=NASTY)
    letter = post.read("letter-to-contact")
    assert letter.seen["Bcc"] is None
    for header in ("To", "Reply-To"):
        assert len(letter.seen[header].addresses) == 1
    assert letter.seen["To"].addresses[0].addr_spec == post.waiting("letter-to-contact").recipient
    assert letter.seen["Reply-To"].addresses[0].addr_spec == "bruno@example.org"
    assert "<script" not in letter.html
    assert "&lt;script&gt;" in letter.html
    assert "\u202e" not in letter.html + letter.text + letter.subject
    assert not any(line.startswith(("Bcc", "<script")) for line in letter.lines)
    assert "\n" not in letter.subject


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Ana \t Lima\n", "Ana Lima"),
        ("Zoë 李 \N{PARTY POPPER}", "Zoë 李 \N{PARTY POPPER}"),
        ("a\x00b\x85c\u2029d", "a b c d"),
        ("\u200bA\u202e\ufeffB\ud800", "AB"),
        ("x" * 200, "x" * 119 + "…"),
    ],
    ids=["spaces", "other-scripts", "line-breaks", "invisible", "endless"],
)
def test_a_line_is_one_line(typed: str, kept: str) -> None:
    assert one_line(typed) == kept


def test_an_unknown_kind_is_an_error(post: Post) -> None:
    with pytest.raises(UnknownMail, match="carrier-pigeon"):
        render_mail(post.app)("carrier-pigeon", "ana@example.org", "en", {})


def test_a_language_we_do_not_speak_is_written_in_the_default_one(post: Post) -> None:
    order_placed(post, post.customer("en"))
    mail = post.waiting("order-placed")
    letter = Letter(render_mail(post.app)(mail.kind, mail.recipient, "tlh", mail.payload))
    assert letter.seen["Content-Language"] == "pt-BR"


def test_without_an_address_of_ours_a_mail_has_no_links(post: Post, tmp_path: Path) -> None:
    order_placed(post, post.customer("en"))
    mail = post.waiting("order-placed")
    silent = replace(SETTINGS, data_dir=tmp_path, base_url="")
    app = create_app(silent, database=post.shop.database, processor=post.shop.processor)
    letter = Letter(render_mail(app)(mail.kind, mail.recipient, mail.language, mail.payload))
    assert "href" not in letter.html
    assert "://" not in letter.text
    assert "See the order" not in letter.text


@pytest.mark.parametrize("kind", STORIES)
def test_a_mail_fetches_nothing_and_holds_no_secret(post: Post, kind: str) -> None:
    STORIES[kind](post, post.customer("en"))
    letter = post.read(kind)
    assert not re.search(r"<(img|link|script|iframe|form)\b|url\(|@import| src=", letter.html)
    everything = letter.sent.as_string()
    assert "not a secret" not in everything
    assert "key-1" not in everything
    assert letter.seen["Auto-Submitted"] == "auto-generated"
    attached = [part.get_content_type() for part in letter.seen.iter_attachments()]
    assert attached == (["application/pdf"] if kind in {"invoice-issued", "vat-number-confirmed"} else [])
    assert [
        part.get_content_type() for part in letter.seen.walk() if part.get_content_maintype() != "application"
    ] == [
        *(["multipart/mixed"] if attached else []),
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


@pytest.mark.parametrize(
    ("brand", "ink"), [("#0b5c56", "#ffffff"), ("#ffd400", "#0f1716"), ("#000000", "#ffffff")]
)
def test_the_button_is_readable_on_any_brand(brand: str, ink: str) -> None:
    assert readable_on(brand) == ink


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("", ""),
        ("https://billing.example.com", "https://billing.example.com"),
        ("http://localhost:8000/shop/", "http://localhost:8000/shop"),
    ],
)
def test_the_address_in_links_comes_from_the_settings(tmp_path: Path, given: str, kept: str) -> None:
    assert Settings.from_environment({"DATA_DIR": str(tmp_path), "BASE_URL": given}).base_url == kept


@pytest.mark.parametrize("given", ["billing.example.com", "ftp://x", "javascript:alert(1)", "https://a/?b"])
def test_an_address_that_is_none_is_refused(tmp_path: Path, given: str) -> None:
    with pytest.raises(SettingsError, match="BASE_URL"):
        Settings.from_environment({"DATA_DIR": str(tmp_path), "BASE_URL": given})


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_invoice_is_attached_and_only_who_may_sign_in_gets_a_link(post: Post, language: str) -> None:
    who = post.customer(language)
    invoice_issued(post, who)
    (name,) = {mail.payload["invoice"] for mail in post.shop.mails("invoice-issued")}
    links = {}
    for mail in post.shop.mails("invoice-issued"):
        letter = Letter(render_mail(post.app)(mail.kind, mail.recipient, mail.language, mail.payload))
        (attached,) = letter.seen.iter_attachments()
        assert attached.get_content_type() == "application/pdf"
        assert attached.get_filename() == f"{post.words(language, 'Invoice').lower()}-{name}.pdf"
        assert attached.get_content().startswith(b"%PDF-1.7")
        assert name in letter.subject
        assert name in letter.text
        links[mail.recipient] = f"{BASE}/corp-billing/invoices/{name}" in letter.text + letter.html
        assert links[mail.recipient] or "https://" not in letter.text
    with post.shop.database.read() as session:
        contact = session.get_one(Person, who.person_id).email
    assert links == {contact: True, "contas@example.org": False}
