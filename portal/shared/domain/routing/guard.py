"""The guard of both portals: it asks the router, so that page and link can never disagree."""

from __future__ import annotations

from dataclasses import replace

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.destination import Destination
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.router import account_for, decide, lost, may
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType, Membership, Visitor

_OTHER_PORTAL = {
    AccountType.CORPORATE: Reason.ACCOUNT_IS_CORPORATE,
    AccountType.ONLINE: Reason.ACCOUNT_IS_ONLINE,
}


def redirect_for(visitor: Visitor, endpoint: str, subscription_id: int | None = None) -> Destination | None:
    """Where a visitor of a portal page is led instead; None lets them in. A page nobody listed is closed."""
    if visitor.signed_in and visitor.staff_role is not None:
        return None if endpoint in pages.DESK_PAGES else decide(visitor, Task.SUBSCRIPTIONS)
    if endpoint in pages.DESK_PAGES:
        return lost(visitor, Reason.STAFF_ONLY)
    page = pages.PAGES.get(endpoint)
    if page is None:
        return lost(visitor, Reason.UNKNOWN_PAGE)
    membership = account_on_page(visitor, endpoint, subscription_id)
    task = page.task if membership is None else _task_here(membership, page)
    if membership is None or task is None:
        return decide(visitor, page.task)
    if pages.PORTAL_OF[membership.account_type] != pages.portal_of_page(endpoint):
        # The same task in the right portal, and above all why it is another portal (A3).
        return replace(decide(visitor, task), reason=_OTHER_PORTAL[membership.account_type])
    if membership.expired and not page.open_when_expired:
        return decide(visitor, task)
    return None


def _task_here(membership: Membership, page: pages.Page) -> Task | None:
    """What this person may do on a page for an account, if anything."""
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
