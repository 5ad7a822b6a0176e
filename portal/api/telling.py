"""Values of the services, as they go over the wire."""

from __future__ import annotations

from flask import g, url_for

from portal.api import shapes
from portal.api.entering import Caller
from portal.shared.domain.summary import OrderSummary
from portal.shared.services.accounts import AccountView
from portal.shared.services.catalog.reading import Catalog, catalog
from portal.shared.services.integrations.entitlements import Held, HeldByAccount
from portal.shared.services.invoices.reading import InvoiceHead
from portal.shared.services.orders.reading import OrderView
from portal.shared.services.requests import RequestView
from portal.shared.services.subscriptions.standing import SubscriptionCard
from portal.shared.web.house import house
from portal.shared.web.transactions import reading


def catalogue(caller: Caller) -> Catalog:
    """What is sold today in the account's currency, asked once a request."""
    if "api_catalogue" not in g:
        account = caller.account
        g.api_catalogue = catalog(reading(), account.currency, account.today)
    found: Catalog = g.api_catalogue
    return found


def plan_code(caller: Caller, plan_id: int) -> str:
    """The code of a plan."""
    plans = (plan for offer in catalogue(caller).offers.values() for plan in offer.plans)
    return next((plan.code for plan in plans if plan.id == plan_id), "")


def account(view: AccountView) -> shapes.Account:
    """The account."""
    return shapes.Account(
        id=view.id,
        name=view.name,
        type=view.type,
        currency=view.currency,
        country=view.country,
        time_zone=view.time_zone,
        language=view.language,
        vat_number=view.vat_number,
        vat_state=str(view.vat_state),
        expired=view.expired,
        today=view.today,
        balance=view.balance,
        invoice_terms_days=view.invoice_terms_days,
    )


def subscription(caller: Caller, card: SubscriptionCard) -> shapes.Subscription:
    """A subscription."""
    terms, period = card.terms, card.period
    return shapes.Subscription(
        id=card.id,
        product=card.product,
        plan=plan_code(caller, card.plan_id),
        seats=card.seats,
        seats_held=card.held,
        state=card.standing,
        frequency=terms.frequency if terms else None,
        unit=terms.unit if terms else None,
        period_start=period.start if period else None,
        period_end=period.end if period else None,
        renews=card.renews,
        renewal=card.renewal,
        trial_end=card.trial_end,
        ended_on=card.ended_on,
    )


def summary(caller: Caller, found: OrderSummary) -> shapes.Summary:
    """A summary with its digest."""
    return shapes.Summary(
        digest=found.digest,
        today=found.today,
        items=tuple(
            shapes.SummaryItem(
                subscription=item.subscription_id,
                product=item.product,
                plan=plan_code(caller, item.after.plan_id),
                seats=item.after.seats,
                frequency=item.after.frequency,
                period_start=item.period.start,
                period_end=item.period.end,
                next_charge_on=item.next_charge_on,
                next_charge=item.next_charge,
            )
            for item in found.items
        ),
        lines=tuple(
            shapes.SummaryLine(
                kind=line.kind,
                subscription=line.subscription_id,
                product=line.product,
                plan=plan_code(caller, line.plan_id),
                seats=line.seats,
                unit=line.unit,
                base=line.base,
                service_start=line.service.start,
                service_end=line.service.end,
                days=line.days,
                of_days=line.of_days,
                amount=line.amount,
                tax_name=line.tax_rate.name,
                tax_millionths=line.tax_rate.millionths,
                tax=line.tax,
            )
            for line in found.lines
        ),
        subtotal=found.subtotal,
        tax=found.tax_total,
        total=found.total,
        balance_before=found.balance_before,
        balance_used=found.balance_used,
        balance_after=found.balance_after,
        total_due=found.total_due,
    )


def order(caller: Caller, view: OrderView) -> shapes.Order:
    """An order; the bank's page has a whole address, for a person to open."""
    return shapes.Order(
        reference=view.reference,
        state=view.state,
        summary=summary(caller, view.summary),
        invoice=view.invoice,
        created_at=view.created_at,
        declined=view.decline_reason,
        confirmation_url=_whole(view.confirmation_path) if view.confirmation_path else None,
    )


def invoice(head: InvoiceHead) -> shapes.Invoice:
    """A document."""
    return shapes.Invoice(
        name=head.name,
        kind=head.kind,
        state=head.state,
        issued_on=head.issued_on,
        due_on=head.due_on,
        purchase_order=head.purchase_order,
        total=head.total,
        open=head.open,
    )


def request(view: RequestView) -> shapes.Request:
    """A request."""
    return shapes.Request(
        number=view.number,
        kind=view.kind,
        state=view.state,
        note=view.note,
        asked_by=view.asked_by,
        asked_at=view.asked_at,
        answer=view.answer,
        answered_at=view.answered_at,
    )


def account_entitlements(external_id: str, held: tuple[HeldByAccount, ...]) -> shapes.AccountEntitlements:
    """What an account has; there is at least one subscription."""
    return shapes.AccountEntitlements(
        account=held[0].account,
        account_name=held[0].account_name,
        external_id=external_id,
        active=any(one.active for one in held),
        entitlements=tuple(
            shapes.AccountEntitlement(
                subscription=one.subscription,
                product=one.product,
                active=one.active,
                state=one.state,
                closed=one.closed,
                plan=one.plan,
                features=tuple(shapes.EntitlementFeature(had.name, had.value) for had in one.features),
                seats=one.seats,
                seats_held=one.seats_held,
                until=one.until,
            )
            for one in held
        ),
    )


def entitlements(
    held: tuple[Held, ...], *, email: str | None = None, external_id: str | None = None
) -> shapes.Entitlements:
    """What somebody holds."""
    return shapes.Entitlements(
        email=email,
        external_id=external_id,
        active=any(one.active for one in held),
        entitlements=tuple(
            shapes.Entitlement(
                person=one.person,
                product=one.product,
                active=one.active,
                state=one.state,
                closed=one.closed,
                account=one.account,
                account_name=one.account_name,
                subscription=one.subscription,
                plan=one.plan,
                features=tuple(shapes.EntitlementFeature(had.name, had.value) for had in one.features),
                since=one.since,
                until=one.until,
            )
            for one in held
        ),
    )


def _whole(path: str) -> str:
    """A path of ours, or of the processor, as an address that opens from outside."""
    if "://" in path:
        return path
    return (house().settings.base_url or url_for("front.home", _external=True)).rstrip("/") + path
