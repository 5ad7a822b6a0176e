"""An account as the desk sees it: everything in one scroll, and what is agreed with it."""

from __future__ import annotations

from typing import Any

from babel import Locale
from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.corporate.desk import account_words, planning, rehearsing
from portal.corporate.desk.signal_words import told
from portal.corporate.desk.staff import account_of_staff
from portal.corporate.links import open_url
from portal.shared.domain.viewing import LONGEST
from portal.shared.services.accounts import account_view
from portal.shared.services.catalog import reading as catalog
from portal.shared.services.desk import Staff, team
from portal.shared.services.desk.portfolio import signals_of
from portal.shared.services.desk.sign_ins import ENDERS
from portal.shared.services.desk.terms import NotAgreeableError, change_terms
from portal.shared.services.equipment import Session
from portal.shared.services.moving.moves import MOVERS
from portal.shared.services.overviews.whole_account import WholeAccount, whole_account
from portal.shared.web.at_hand import seller_taxes
from portal.shared.web.display import language
from portal.shared.web.house import house
from portal.shared.web.transactions import reading, writing


def show(account_id: int) -> ResponseReturnValue:
    """Everything about the account."""
    return _page(account_of_staff(account_id), account_id)


def save_terms(account_id: int) -> ResponseReturnValue:
    """Agree anew how the account pays."""
    staff = account_of_staff(account_id)
    wanted = account_words.terms_typed(request.form.get("days", ""), request.form.get("rule", ""))
    if wanted is None:
        sentence = gettext("Choose one of the terms of the list.")
        return _page(staff, account_id, terms_problem=sentence), 422
    try:
        changed = change_terms(writing(), staff, account_id, *wanted, house().clock.now())
    except NotAgreeableError:
        sentence = gettext("Terms of payment are agreed with corporate accounts only.")
        return _page(staff, account_id, terms_problem=sentence), 422
    if changed:
        flash(gettext("The new terms hold for every invoice from now on."), "success")
    return redirect(url_for("corporate.desk_account", account_id=account_id), 303)


def show_again(staff: Staff, account_id: int, *, look_problem: str) -> str:
    """The page, with what is wrong with the reason to look at the account."""
    return _page(staff, account_id, look_problem=look_problem)


def customers_home(session: Session, account_id: int) -> str:
    """The first page that the account's own people see."""
    kind = account_view(session, account_id, house().clock.now()).type
    return "corporate.home" if kind == "corporate" else "self_service.subscriptions"


def _page(
    staff: Staff, account_id: int, *, terms_problem: str | None = None, look_problem: str | None = None
) -> str:
    now = house().clock.now()
    whole = whole_account(reading(), account_id, seller_taxes(), now)
    names = catalog.names(reading())
    signals = signals_of(reading(), staff, account_id, now)
    corporate = whole.view.type == "corporate"
    return render_template(
        "corporate/desk/account.html",
        whole=whole,
        view=whole.view,
        corporate=corporate,
        signals=[told(signal, account_id, names) for signal in signals],
        facts=account_words.facts(whole, Locale.parse(language())),
        contacts=[account_words.contact(one) for one in (*whole.contacts, *whole.recipients)],
        subscriptions=[account_words.agreement(one, names) for one in whole.subscriptions],
        days=planning.time_line(whole.view),
        rehearsal_url=url_for("corporate.desk_rehearsal", account_id=account_id)
        if rehearsing.is_possible()
        else "",
        coming=planning.coming_invoice(account_id),
        quotes=[account_words.quote(one, account_id) for one in whole.quotes],
        purchase_orders=[account_words.purchase_order(one) for one in whole.purchase_orders],
        requests=[account_words.request_line(one, names) for one in whole.requests],
        payments=[account_words.payment(one, whole.view.time_zone) for one in whole.payments],
        activity=[account_words.activity_line(one) for one in whole.activity],
        terms=_terms(whole, terms_problem) if corporate else None,
        look={
            "typed": request.form.get("reason", ""),
            "problem": look_problem,
            "minutes": int(LONGEST.total_seconds() // 60),
        },
        others=_others(staff, whole),
        new_quote_url=open_url("corporate.desk_new_quote", account_id=account_id) if corporate else "",
        ends_sign_ins=staff.role in ENDERS,
        sign_in_url=url_for("corporate.desk_sign_in", account_id=account_id) if staff.role != "rep" else "",
        moving_url=url_for("corporate.desk_moving", account_id=account_id) if staff.role in MOVERS else "",
        refund_url=url_for("corporate.desk_refund", account_id=account_id) if whole.view.balance else "",
        payments_url=open_url("corporate.desk_record_payment", account_id=account_id) if corporate else "",
    )


def _terms(whole: WholeAccount, problem: str | None) -> dict[str, Any]:
    days, rule = whole.agreed.terms_days, whole.agreed.purchase_order_rule
    return {
        "days": request.form.get("days", "" if days is None else str(days)),
        "rule": request.form.get("rule", str(rule)),
        "day_options": account_words.day_options(days),
        "rule_options": account_words.rule_options(),
        "problem": problem,
    }


def _others(staff: Staff, whole: WholeAccount) -> list[dict[str, str]]:
    """Whom a manager can give the account to."""
    if staff.role != "manager":
        return []
    return [
        {"value": str(one.id), "label": one.name}
        for one in team.colleagues(reading(), staff)
        if one.works_here and (whole.view.rep is None or one.email != whole.view.rep.email)
    ]
