"""The router itself: visitor and task in, exactly one destination out; it fails closed."""

from __future__ import annotations

from dataclasses import replace

from portal.shared.domain.routing import pages
from portal.shared.domain.routing.destination import Destination, task_link, wish
from portal.shared.domain.routing.reasons import Reason
from portal.shared.domain.routing.table import FRONT_DOORS, Step, cell
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType, Membership, Role, SubscriptionFact, Visitor
from portal.shared.domain.subscriptions import Standing


def decide(visitor: Visitor, task: Task, product: str | None = None) -> Destination:
    """The one page where this visitor does this task, or learns who does (for a product, if one is named)."""
    if not visitor.signed_in:
        return Destination(pages.SIGN_IN, {"next": task_link(task, product)}, Reason.SIGN_IN_FIRST)
    if visitor.staff_role is not None:
        return Destination(pages.DESK, reason=Reason.STAFF_DESK)
    if not visitor.memberships:
        return Destination(pages.NOT_THE_CONTACT, wish(task, product), Reason.NO_ACCOUNT)
    membership = account_for(visitor, task)
    if membership is None:
        return Destination(pages.CHOOSE_ACCOUNT, {"next": task_link(task, product)}, Reason.CHOOSE_ACCOUNT)
    if not may(membership, task) and not may_read(membership, task):
        return _told(membership, task, product, why_not(membership))
    if membership.expired and not cell(task, membership.account_type).open_when_expired:
        return _closed(membership, task, product)
    return _done(membership, task, product)


def front_door(visitor: Visitor) -> Destination:
    """Where `/` leads: the overview of a billing contact or reader, the seats of an admin, the desk of staff."""
    if not visitor.signed_in:
        return Destination(pages.SIGN_IN, reason=Reason.SIGN_IN_FIRST)
    offered = (
        task
        for able in (may, may_read)
        for task in FRONT_DOORS
        if any(able(one, task) for one in visitor.candidates)
    )
    door = decide(visitor, next(offered, FRONT_DOORS[0]))
    if door.endpoint in {pages.CHOOSE_ACCOUNT, pages.NOT_THE_CONTACT}:
        return replace(door, parameters={})  # nobody asked for a task, so none has to be kept
    return door


def lost(visitor: Visitor, reason: Reason = Reason.UNKNOWN_TASK) -> Destination:
    """Where a link leads that names nothing we know: the front door, with a sentence; never an error."""
    return replace(front_door(visitor), reason=reason)


def account_for(visitor: Visitor, task: Task) -> Membership | None:
    """The account a task is meant for: the chosen, the only, or the only able one; None: ask the person."""
    if len(visitor.candidates) == 1:
        return visitor.candidates[0]
    able = [one for one in visitor.candidates if may(one, task)]
    able = able or [one for one in visitor.candidates if may_read(one, task)]
    return able[0] if len(able) == 1 else None


def may(membership: Membership, task: Task) -> bool:
    """Whether this person's roles let them do a task for this account."""
    return bool(membership.roles & cell(task, membership.account_type).audience)


def may_read(membership: Membership, task: Task) -> bool:
    """Whether this person's roles let them look at a task's readable pages for this account."""
    return bool(membership.roles & cell(task, membership.account_type).readers)


def why_not(membership: Membership) -> Reason:
    """Why somebody may not do what only a billing contact does."""
    if Role.ACCOUNT_ADMIN in membership.roles:
        return Reason.ADMIN_HAS_NO_BILLING
    return Reason.NOT_THE_CONTACT


def _told(membership: Membership, task: Task, product: str | None, reason: Reason) -> Destination:
    return Destination(pages.NOT_THE_CONTACT, wish(task, product), reason, membership.account_id)


def _closed(membership: Membership, task: Task, product: str | None) -> Destination:
    """An expired account: everything but renewing is closed, and says so (A6)."""
    if Role.BILLING_CONTACT not in membership.roles:
        return _told(membership, task, product, Reason.CONTACT_RENEWS)
    if membership.account_type is AccountType.CORPORATE:
        return Destination(pages.CORPORATE_HOME, {}, Reason.CORPORATE_ACCOUNT_EXPIRED, membership.account_id)
    return Destination(pages.SUBSCRIPTIONS, {}, Reason.ACCOUNT_EXPIRED, membership.account_id)


def _done(membership: Membership, task: Task, product: str | None) -> Destination:
    step, subscription = _step(membership, task, product)
    if subscription is not None:
        return Destination(
            step.page, {"subscription_id": subscription.id}, step.reason, membership.account_id
        )
    parameters = wish(task, product) if step.page in pages.TOLD_THE_WISH else {}
    return Destination(step.page, parameters, step.reason, membership.account_id)


def choices(membership: Membership, task: Task, product: str | None = None) -> tuple[SubscriptionFact, ...]:
    """The subscriptions of an account that a task can be done on now; what has ended comes up when nothing runs."""
    steps = cell(task, membership.account_type).by_standing
    if steps is None:
        return ()
    held = _held(membership, product)
    ready = tuple(one for one in held if steps[one.standing].page in pages.OF_A_SUBSCRIPTION)
    return tuple(one for one in ready if one.standing is not Standing.EXPIRED) or ready


def page_for(membership: Membership, task: Task, subscription: SubscriptionFact) -> str:
    """The page on which a task is done for one of the `choices` of an account.

    Raises:
        ValueError: the task is not about one subscription.
    """
    steps = cell(task, membership.account_type).by_standing
    if steps is None:
        raise ValueError(f"{task} is not about one subscription")
    return steps[subscription.standing].page


def _held(membership: Membership, product: str | None) -> list[SubscriptionFact]:
    return [one for one in membership.subscriptions if product in (None, one.product)]


def _step(membership: Membership, task: Task, product: str | None) -> tuple[Step, SubscriptionFact | None]:
    """The page of the one subscription that is meant; the page where one is picked when several may be."""
    answer = cell(task, membership.account_type)
    if answer.by_standing is None:
        return Step(answer.page, answer.reason), None
    held = _held(membership, product)
    if not held:
        return Step(answer.page, answer.not_held if product else Reason.NO_SUBSCRIPTION), None
    ready = choices(membership, task, product)
    if len(ready) == 1:
        return answer.by_standing[ready[0].standing], ready[0]
    steps = {answer.by_standing[one.standing] for one in held}
    if not ready and len(steps) == 1:
        return steps.pop(), None  # none of them can, all for the same reason
    return Step(answer.page, Reason.CHOOSE_SUBSCRIPTION), None
