"""A demo in which everything has happened once, so that every page has something to show. Done through the pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from portal.shared.domain.integrations.events import OFFERED
from portal.shared.domain.integrations.scopes import Scope
from portal.shared.domain.order_states import OrderState
from portal.shared.domain.routing.visitor import Role
from portal.shared.records.approvals import Approval
from portal.shared.records.identity_providers import (
    Identity,
    IdentityProvider,
    IdentityProviderAccount,
    IdentityProviderDomain,
)
from portal.shared.records.invoices import Invoice
from portal.shared.records.orders import Order
from portal.shared.records.payments import PaymentAttempt
from portal.shared.records.people import Membership, Person
from portal.shared.records.requests import Request
from portal.shared.records.second_factors import OneTimeCodes, Passkey
from portal.shared.records.sign_ins import PasswordLink
from portal.shared.services.claims import filing
from portal.shared.services.claims.evidence import Told
from portal.shared.services.integrations import tokens
from portal.shared.services.people import invitations
from portal.shared.services.people.invitations import Wish
from portal.shared.services.sign_in import recovery_codes, signing_in
from portal.shared.services.sign_in.digests import digest
from portal.shared.services.sign_in.one_time_codes import PURPOSE, CodeBook
from portal.shared.services.sign_in.sealing import Seal
from portal.shared.services.sign_in.signing_in import Browser
from portal.shared.services.webhooks import delivering, managing
from tests.support.demo_house import NOON, DemoHouse
from tests.support.shopping import add_card, ask, place

LINK = "a-link-that-sets-a-password"
DISABLED = "disabled@hartwell-finch.example"
VIEWER = "viewer@hartwell-finch.example"
APPROVER = "approver@hartwell-finch.example"
DISABLED_STAFF = "left@pixel-and-rind.example"


@dataclass(frozen=True, slots=True)
class Ordered:
    """Somebody who tried to order, and how far it came."""

    story: str
    card: str
    state: OrderState


ORDERED = (
    Ordered("monthly", "visa", OrderState.PLACED),
    Ordered("yen", "declined", OrderState.DECLINED),
    Ordered("annual", "needs_confirmation", OrderState.AWAITING_CONFIRMATION),
    Ordered("over-assigned", "lost_after_charge", OrderState.CHECKING),
    Ordered("balance", "needs_confirmation", OrderState.CANCELLED),
)


def furnish(house: DemoHouse) -> None:
    """Let everything happen once."""
    for one in ORDERED:
        _try_to_order(house, one)
    contact = house.contact("lower-plan")
    add_card(contact, "mastercard")
    ask(contact, house.subscription_id("lower-plan"), {"seats": "14"})
    contact.send(
        contact.get("/billing/payment-method"), "/payment-method/card"
    )  # a card page that stays open
    _ask_the_representative(house)
    with house.database.write() as session:
        session.add(Person(name="left us", email=DISABLED_STAFF, staff_role="rep", disabled_at=NOON))
        for email, role in ((DISABLED, "billing_contact"), (VIEWER, "viewer"), (APPROVER, "approver")):
            person = Person(name=role, email=email, disabled_at=NOON if email == DISABLED else None)
            session.add(person)
            session.flush()
            account_id = _account_of(session, house.email("lower-plan"))
            session.add(Membership(person_id=person.id, account_id=account_id, role=role))
    _invite_and_claim(house)
    _keep_purchase_orders(house)
    _pay_what_is_overdue(house)
    _pay_a_part(house)
    _choose_how_to_accept(house)
    _name_recipients(house)
    _keep_an_exemption(house)
    _say_what_a_help_page_lacked(house)
    _know_a_provider(house)
    _keep_second_factors(house)
    _connect_programs(house)
    house.work()
    _wait_for_approval(house)


def _wait_for_approval(house: DemoHouse) -> None:
    """One order of an online and one of a corporate account wait for an approver, as they were ordered last."""
    with house.database.write() as session:
        person = Person(name="approver", email="approver@horizonte.example")
        session.add(person)
        session.flush()
        session.add(
            Membership(person_id=person.id, account_id=house.account_id("corporate"), role="approver")
        )
        for story in ("lower-plan", "corporate"):
            account_id = house.account_id(story)
            before = house.rows(Order, account_id=account_id)[-1]
            session.add(
                Approval(
                    account_id=account_id,
                    number=1,
                    subject="cart",
                    asked_by=house.rows(Person, email=house.email(story))[0].id,
                    asked_at=NOON,
                    good_until=NOON.date() + timedelta(days=3),
                    limit_minor=10000,
                    audience=before.audience,
                    summary=before.summary,
                    digest=before.digest,
                    payment_method_id=before.payment_method_id,
                )
            )


def _know_a_provider(house: DemoHouse) -> None:
    """An organisation that signs in through its own provider, which nobody runs just now; one person came once."""
    account_id, domain = house.account_id("lower-plan"), house.email("lower-plan").rpartition("@")[2]
    with house.database.write() as session:
        person = session.scalars(sa.select(Person).where(Person.email == house.email("lower-plan"))).one()
        provider = IdentityProvider(
            name="Hartwell & Finch",
            issuer="http://127.0.0.1:9",
            client_id="twodoor",
            created_at=NOON,
            proven_at=NOON,
        )
        session.add(provider)
        session.flush()
        session.add_all(
            [
                IdentityProviderAccount(account_id=account_id, provider_id=provider.id),
                IdentityProviderDomain(
                    domain=domain,
                    provider_id=provider.id,
                    confirmed_at=NOON,
                    confirmed_by=session.scalars(
                        sa.select(Person.id).where(Person.email == house.email("care"))
                    ).one(),
                    note="Eleanor Hartwell, by telephone",
                ),
                Identity(
                    issuer=provider.issuer,
                    subject="248289761001",
                    person_id=person.id,
                    linked_at=NOON,
                    last_used_at=NOON,
                ),
            ]
        )


def _keep_second_factors(house: DemoHouse) -> None:
    """Somebody has every kind of second factor and a second device, somebody else a link that sets a password."""
    with house.database.write() as session:
        person = session.scalars(sa.select(Person).where(Person.email == house.email("annual"))).one()
        book = CodeBook(Seal("not a secret", PURPOSE))
        session.add(OneTimeCodes(person_id=person.id, secret=book.close(book.new_secret()), created_at=NOON))
        for name in ("Laptop", "Key on the ring"):
            session.add(
                Passkey(
                    person_id=person.id,
                    credential_id=name,
                    public_key="none",
                    sign_count=0,
                    name=name,
                    created_at=NOON,
                    used_at=NOON,
                )
            )
        recovery_codes.make(session, person.id, NOON)
        browser = Browser(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/605.1", "203.0.113.7"
        )
        signing_in.open_session(session, person.id, NOON, how="passkey", browser=browser)
        other = session.scalars(sa.select(Person).where(Person.email == house.email("seat-holder"))).one()
        session.add(
            PasswordLink(
                token_hash=digest(LINK),
                person_id=other.id,
                created_at=NOON,
                expires_at=NOON + timedelta(days=1),
            )
        )


def _keep_purchase_orders(house: DemoHouse) -> None:
    """A used one, and one that runs out so soon that a mail says it."""
    contact = house.contact("corporate")
    page = contact.get("/corp-billing/purchase-orders/new")
    for typed in (
        {"number": "4500012345", "valid_from": "2026-01-01", "authorised": "250000"},
        {"number": "PO-4711", "valid_from": "2026-01-01", "valid_to": "2026-03-25"},
    ):
        contact.send(page, "/new", typed)


def _pay_what_is_overdue(house: DemoHouse) -> None:
    """A payment that the bank wants confirmed, of an invoice that was begun on account; it was given up."""
    with house.database.write() as session:
        invoice = session.scalars(
            sa.select(Invoice)
            .where(Invoice.account_id == house.account_id("lower-plan"))
            .order_by(Invoice.id)
        ).first()
        assert invoice is not None
        session.add(
            PaymentAttempt(
                reference="PAYMENT1",
                account_id=invoice.account_id,
                invoice_id=invoice.id,
                idempotency_key="an-older-payment",
                state=OrderState.CANCELLED,
                asked_by=session.scalars(
                    sa.select(Person.id).where(Person.email == house.email("lower-plan"))
                ).one(),
                currency=invoice.currency,
                amount_minor=100,
                card_label="Visa •••• 3155",
                created_at=NOON,
                settled_at=NOON,
            )
        )


def _pay_a_part(house: DemoHouse) -> None:
    """A part of the invoice that is open, with the card on file."""
    contact = house.contact("corporate")
    (name,) = [one.name for one in house.rows(Invoice, account_id=house.account_id("corporate"))[-1:]]
    page = contact.send(contact.get(f"/corp-billing/invoices/{name}/pay"), "/pay", {"amount": "10"})
    assert page.heading == "Your payment is made", page.text


def _choose_how_to_accept(house: DemoHouse) -> None:
    """As far as the service order of the quote that waits."""
    contact = house.contact("corporate")
    page = contact.get("/corp-billing/quotes/1/accept")
    answer = contact.send(page, "/accept", {"pay": "invoice"})
    assert answer.path.endswith("/service-order"), answer.text


def _name_recipients(house: DemoHouse) -> None:
    """Somebody who gets invoices and nothing else."""
    contact = house.contact("corporate")
    page = contact.get("/corp-billing/invoice-recipients")
    typed = {"name": "Contas a pagar", "email": "contas@horizonte.example"}
    contact.send(page, "/invoice-recipients", typed)


def _keep_an_exemption(house: DemoHouse) -> None:
    """A certificate for a year to come."""
    care = house.visitor(house.email("care"))
    page = care.get(f"/corp-billing/desk/accounts/{house.account_id('lower-plan')}/tax")
    care.send(page, "/tax", {"document": "EX-1", "valid_from": "2031-01-01", "valid_to": "2031-12-31"})


def _connect_programs(house: DemoHouse) -> None:
    """Tokens and addresses in both portals; the addresses were told something and are switched off, so nobody calls."""
    for story in ("lower-plan", "corporate"):
        account_id = house.account_id(story)
        (contact,) = house.rows(Person, email=house.email(story))
        with house.database.write() as session:
            tokens.create(
                session, account_id, contact.id, "Report", [Scope.SEATS_READ], 90, ["billing_contact"], NOON
            )
            url = f"https://hooks.example.com/{story}"
            number = managing.add(session, account_id, url, OFFERED, contact.id, NOON, private=False)
            managing.send_test(session, account_id, number, contact.id, NOON)
        delivering.spread(house.database, account_id, NOON)
        with house.database.write() as session:
            managing.switch(session, account_id, number, contact.id, NOON, on=False)


def _say_what_a_help_page_lacked(house: DemoHouse) -> None:
    stranger = house.visitor(language="pt_BR")
    page = stranger.get("/help/change-plan")
    stranger.send(page, "/answer", {"needed": "no", "words": "Não encontrei o carrinho."})


def _try_to_order(house: DemoHouse, one: Ordered) -> None:
    visitor = house.contact(one.story)
    if one.card != "visa":
        add_card(visitor, one.card)
    place(visitor, ask(visitor, house.subscription_id(one.story), {"seats": "19"}))
    (order,) = house.rows(Order, account_id=house.account_id(one.story))[-1:]
    if one.state is OrderState.CANCELLED:
        page = visitor.get(f"/billing/orders/{order.reference}")
        visitor.send(page, "/cancel")
    (order,) = house.rows(Order, account_id=house.account_id(one.story))[-1:]
    assert order.state is one.state, (one, order.state)


def _ask_the_representative(house: DemoHouse) -> None:
    """A request that was taken, and about which the representative wrote."""
    contact, rep = house.contact("corporate"), house.visitor(house.email("rep"))
    page = contact.get("/corp-billing/requests/new?kind=country")
    contact.send(page, "/requests/new", {"country": "PT", "note": "We move in spring."})
    request = house.rows(Request, account_id=house.account_id("corporate"))[-1]
    path = f"/corp-billing/desk/requests/{request.id}"
    rep.send(rep.get(path), "/take")
    page = rep.get(path)
    rep.post(f"{path}/note", dict(page.form("/decline").fields) | {"answer": "From which day on?"})


def _account_of(session: sa.orm.Session, email: str) -> int:
    question = sa.select(Membership.account_id).join(Person).where(Person.email == email)
    return session.scalars(question).one()


def _invite_and_claim(house: DemoHouse) -> None:
    """Somebody is invited, and a viewer says that the billing contact has left."""
    account_id = house.account_id("lower-plan")
    (contact,), (viewer,) = (
        house.rows(Person, email=house.email("lower-plan")),
        house.rows(Person, email=VIEWER),
    )
    with house.database.write() as session:
        wish = Wish("Nora Kane", "nora@hartwell-finch.example", Role.VIEWER, "en")
        invitations.invite(session, account_id, contact.id, wish, NOON)
        told = Told(viewer.name, viewer.email, "en", "", "Our billing contact has left.")
        filing.file(session, told, viewer.id, account_id, "", NOON)
