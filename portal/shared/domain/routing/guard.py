"""The guard of both portals: it asks the router, so that page and link can never disagree."""

from __future__ import annotations

from dataclasses import replace

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.destination import Destination
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.router import account_for, decide, lost, may, may_read, why_not
from portal.shared.domain.routing.table import cell
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType, Membership, Visitor

_OTHER_PORTAL = {
    AccountType.CORPORATE: Reason.ACCOUNT_IS_CORPORATE,
    AccountType.ONLINE: Reason.ACCOUNT_IS_ONLINE,
}


def redirect_for(
    visitor: Visitor, endpoint: str, subscription_id: int | None = None, product: str | None = None
) -> Destination | None:
    """Where a visitor of a portal page is led instead; None lets them in. A page nobody listed is closed.

    What its address says, a subscription or a product, goes along to the other portal.
    """
    if visitor.signed_in and visitor.staff_role is not None:
        return None if endpoint in pages.DESK_PAGES else decide(visitor, Task.SUBSCRIPTIONS)
    if endpoint in pages.DESK_PAGES:
        return lost(visitor, Reason.STAFF_ONLY)
    page = pages.PAGES.get(endpoint)
    if page is None:
        return lost(visitor, Reason.UNKNOWN_PAGE)
    membership = account_on_page(visitor, endpoint, subscription_id)
    task = page.task if membership is None else _task_here(membership, page)
    if membership is not None and task is None and may_read(membership, page.task):
        return replace(decide(visitor, page.task), reason=why_not(membership))
    if membership is None or task is None:
        return decide(visitor, page.task)
    if pages.PORTAL_OF[membership.account_type] != pages.portal_of_page(endpoint):
        # The same task in the right portal, and above all why it is another portal (A3).
        about = _product_of(membership, subscription_id) or product
        return replace(decide(visitor, task, about), reason=_OTHER_PORTAL[membership.account_type])
    return decide(visitor, task) if membership.expired and not _open_when_expired(membership, page) else None


def _product_of(membership: Membership, subscription_id: int | None) -> str | None:
    """The product of a subscription that an address names, if it is the account's."""
    found = (one.product for one in membership.subscriptions if one.id == subscription_id)
    return next(found, None)


def open_to(membership: Membership, endpoint: str) -> bool:
    """Whether a page is open to this person for this account, of whichever portal: what frames and links ask."""
    page = pages.PAGES.get(endpoint)
    if page is None or _task_here(membership, page) is None:
        return False
    return not membership.expired or _open_when_expired(membership, page)


def _open_when_expired(membership: Membership, page: pages.Page) -> bool:
    """Renewing stays open to those who renew; whoever only reads keeps what stays open to everybody."""
    if may(membership, page.task) or (page.also is not None and may(membership, page.also)):
        return page.open_when_expired
    return page.open_when_expired and cell(page.task, membership.account_type).open_when_expired


def _task_here(membership: Membership, page: pages.Page) -> Task | None:
    """What this person may do on a page for an account, if anything."""
    if page.readable and may_read(membership, page.task):
        return page.task
    return next((task for task in (page.task, page.also) if task and may(membership, task)), None)


def account_on_page(visitor: Visitor, endpoint: str, subscription_id: int | None = None) -> Membership | None:
    """The account a portal page shows; if several may be meant, the one with the subscription of the URL."""
    page = pages.PAGES.get(endpoint)
    if page is None or not visitor.signed_in or visitor.staff_role is not None:
        return None
    meant = account_for(visitor, page.task)
    if meant is None and page.also is not None:
        meant = account_for(visitor, page.also)
    if meant is not None or subscription_id is None:
        return meant
    portal = pages.portal_of_page(endpoint)
    holders = [
        one
        for one in visitor.candidates
        if pages.PORTAL_OF[one.account_type] == portal
        and may(one, page.task)
        and any(held.id == subscription_id for held in one.subscriptions)
    ]
    return holders[0] if len(holders) == 1 else None
