"""The guard, asked about every page of the portals for everybody, answers as the matrix of addresses says.

`tests/site/test_who_may.py` follows the same rows through the whole application.
"""

from __future__ import annotations

import pytest

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.destination import Destination
from portal.shared.domain.routing.guard import account_on_page, open_to, redirect_for
from portal.shared.domain.routing.visitor import (
    STRANGER,
    AccountType,
    Membership,
    Role,
    StaffRole,
    SubscriptionFact,
    Visitor,
)
from portal.shared.domain.subscriptions import Standing
from tests.site import matrix
from tests.site.matrix import ACTORS, GONE, IN, MATRIX

SEATS_OF_ONE = (SubscriptionFact(7, "assist", Standing.ACTIVE),)
TWO_OTHERS = (
    SubscriptionFact(20, "assist", Standing.ACTIVE),
    SubscriptionFact(21, "assist", Standing.ACTIVE),
)


def member(kind: AccountType, role: Role, *, expired: bool = False) -> Visitor:
    """Somebody of an online account with one subscription, or of a corporate one with two others."""
    held = SEATS_OF_ONE if kind is AccountType.ONLINE else TWO_OTHERS
    return Visitor(signed_in=True, memberships=(Membership(1, kind, frozenset({role}), held, expired),))


def staff(role: StaffRole) -> Visitor:
    return Visitor(signed_in=True, staff_role=role)


PEOPLE = {
    matrix.ANONYMOUS: STRANGER,
    matrix.CONTACT: member(AccountType.ONLINE, Role.BILLING_CONTACT),
    matrix.OTHER_CONTACT: member(AccountType.ONLINE, Role.BILLING_CONTACT),
    matrix.ADMIN: member(AccountType.ONLINE, Role.ACCOUNT_ADMIN),
    matrix.SEAT_HOLDER: member(AccountType.ONLINE, Role.SEAT_HOLDER),
    matrix.VIEWER: member(AccountType.ONLINE, Role.VIEWER),
    matrix.APPROVER: member(AccountType.ONLINE, Role.APPROVER),
    matrix.CORPORATE_CONTACT: member(AccountType.CORPORATE, Role.BILLING_CONTACT),
    matrix.REP: staff(StaffRole.REP),
    matrix.MANAGER: staff(StaffRole.MANAGER),
    matrix.CARE: staff(StaffRole.CARE),
    matrix.DISABLED: STRANGER,
    matrix.DISABLED_STAFF: STRANGER,
}
OF_PORTALS = [one for one in MATRIX if pages.portal_of_page(one) in pages.PORTAL_OF.values()]
ROOMS = {"/billing/": "self_service", "/corp-billing/": "corporate"}


def told(answer: str) -> str:
    """An answer of the matrix in the words of the guard: let in, or the room somebody is led to."""
    if answer in {IN, GONE} or answer.isdigit():
        return IN
    return next((room for path, room in ROOMS.items() if answer.startswith(path)), "front")


def answered(found: Destination | None) -> str:
    return IN if found is None else pages.portal_of_page(found.endpoint)


@pytest.mark.parametrize("name", ACTORS)
def test_the_guard_lets_in_and_leads_away_as_the_matrix_says(name: str) -> None:
    found = {one: answered(redirect_for(PEOPLE[name], one, 7)) for one in OF_PORTALS}
    assert found == {one: told(MATRIX[one].answers[name]) for one in OF_PORTALS}


# What stays open to the billing contact of an expired account: what renewing needs, what pays an invoice, and papers.
RENEWING = {
    AccountType.ONLINE: """
        subscriptions ahead edit_subscription take_change order_summary cart remove_cart_item checkout
        apply_vat_number add_card after_card place_order ask_approval approvals approval approve refuse_approval
        withdraw_approval order cancel_order assign_new_seats
        invoices invoice invoice_pdf invoice_xml pay_invoice take_payment payment cancel_payment
        statement statement_csv statement_pdf activity activity_csv activity_json
        """,
    AccountType.CORPORATE: """
        home ahead quotes quote quote_pdf accept_quote reject_quote send_rejection choose_for_quote
        add_card_for_quote after_card place_service_order service_order order cancel_order ask_approval approvals
        approval approve refuse_approval withdraw_approval
        invoices invoice invoice_pdf invoice_xml pay_invoice take_payment payment cancel_payment
        statement statement_csv statement_pdf activity activity_csv activity_json
        """,
}


def open_pages(kind: AccountType, role: Role, *, expired: bool) -> set[str]:
    """The pages of their own portal that the guard opens to somebody, without the portal's name."""
    visitor, room = member(kind, role, expired=expired), pages.PORTAL_OF[kind]
    there = [one for one in OF_PORTALS if pages.portal_of_page(one) == room and one not in pages.DESK_PAGES]
    [membership] = visitor.memberships
    found = {one for one in there if redirect_for(visitor, one, 7) is None}
    assert found == {one for one in there if open_to(membership, one)}
    return {one.partition(".")[2] for one in found}


@pytest.mark.parametrize("kind", AccountType)
def test_an_expired_account_keeps_what_renews_it_and_what_pays_its_invoices(kind: AccountType) -> None:
    assert open_pages(kind, Role.BILLING_CONTACT, expired=True) == set(RENEWING[kind].split())


READ = "invoices invoice invoice_pdf invoice_xml statement statement_csv statement_pdf"


@pytest.mark.parametrize("role", [Role.VIEWER, Role.APPROVER])
@pytest.mark.parametrize("kind", AccountType)
def test_who_only_reads_sees_the_overview_and_the_documents(kind: AccountType, role: Role) -> None:
    home = "subscriptions" if kind is AccountType.ONLINE else "home"
    approving = {"approvals", "approval", "approve", "refuse_approval", "withdraw_approval"}
    found = open_pages(kind, role, expired=False)
    assert found - approving == {home, "ahead", *READ.split()}


def test_who_only_reads_keeps_the_documents_of_an_expired_account() -> None:
    for kind in AccountType:
        assert open_pages(kind, Role.VIEWER, expired=True) == set(READ.split())


def test_a_page_that_nobody_listed_is_closed_to_everybody() -> None:
    for visitor in PEOPLE.values():
        for endpoint in ("self_service.whatever_comes_next", "corporate.whatever_comes_next"):
            assert redirect_for(visitor, endpoint) is not None
            assert account_on_page(visitor, endpoint) is None


def test_pages_of_one_subscription_and_pages_that_begin_with_a_wish() -> None:
    assert {
        *("self_service.edit_subscription", "self_service.seats", "self_service.cancel_subscription"),
        *("corporate.auto_renew", "corporate.add_seats", "corporate.seats"),
    } == pages.OF_A_SUBSCRIPTION
    assert {
        *("front.sign_in", "front.choose_account", "front.choose_subscription", "front.not_the_contact"),
        *("self_service.new_request", "corporate.new_request"),
    } == pages.TOLD_THE_WISH
