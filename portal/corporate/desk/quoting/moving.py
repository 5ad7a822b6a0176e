"""What the desk does with a quote: send, approve, send back, withdraw, duplicate, replace."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from itsdangerous import BadData

from portal.corporate.desk.quoting.one import page, sealed
from portal.corporate.desk.quoting.places import corporate_account, quote_or_404
from portal.shared.domain.quotes import IllegalQuoteMoveError, QuoteState
from portal.shared.domain.summary import OrderSummary, from_plain
from portal.shared.services.accounts import AccountView
from portal.shared.services.desk import Staff
from portal.shared.services.quotes import drafting, sending
from portal.shared.services.quotes.moves import OnItsWayError
from portal.shared.services.quotes.reading import QuoteView
from portal.shared.services.quotes.sending import Sending
from portal.shared.web.at_hand import quote_limits, seller_taxes
from portal.shared.web.house import house
from portal.shared.web.requests import forms as request_forms
from portal.shared.web.transactions import writing


def send(account_id: int, number: int) -> ResponseReturnValue:
    """Send a draft as it was shown, or ask a manager."""
    staff, account, view = _found(account_id, number)
    digest, seen = _shown(view)
    return _sent(
        staff,
        account,
        number,
        seen,
        lambda: sending.send(
            writing(), account_id, number, staff, digest, seller_taxes(), quote_limits(), house().clock.now()
        ),
    )


def approve(account_id: int, number: int) -> ResponseReturnValue:
    """Approve what somebody else wrote, as it was shown; the customer has it then."""
    staff, account, view = _found(account_id, number)
    digest, seen = _shown(view)
    return _sent(
        staff,
        account,
        number,
        seen,
        lambda: sending.approve(
            writing(), account_id, number, staff, digest, seller_taxes(), quote_limits(), house().clock.now()
        ),
    )


def send_back(account_id: int, number: int) -> ResponseReturnValue:
    """Give a quote back to its author, with a word why."""
    staff, account, view = _found(account_id, number)
    note = request.form.get("note", "").replace("\r\n", "\n").strip()
    problem = None
    if not note:
        problem = gettext("Write what is to be changed, so that the author can do it.")
    elif len(note) > drafting.LONGEST_NOTE:
        problem = request_forms.too_long(drafting.LONGEST_NOTE)
    if problem is not None:
        return page(staff, account, view, errors={"note": problem}, note=note), 422

    def give_back() -> None:
        sending.send_back(writing(), account_id, number, staff, note, house().clock.now())

    hindered = _hindrance(staff, account, number, give_back, note=note)
    if hindered is not None:
        return hindered
    flash(gettext("%(name)s has the quote back, with your note.", name=view.author.name), "success")
    return _to_quote(account_id, number)


def withdraw(account_id: int, number: int) -> ResponseReturnValue:
    """Take a quote back; a customer who has it is told."""
    staff, account, view = _found(account_id, number)

    def take_back() -> None:
        sending.withdraw(writing(), account_id, number, staff, house().clock.now())

    hindered = _hindrance(staff, account, number, take_back)
    if hindered is not None:
        return hindered
    had_it = view.state is QuoteState.SENT
    flash(
        gettext("The quote is withdrawn, and its customer gets a mail.")
        if had_it
        else gettext("The draft is withdrawn."),
        "success",
    )
    return _to_quote(account_id, number)


def duplicate(account_id: int, number: int) -> ResponseReturnValue:
    """Make a draft like this quote, beside it or to replace it, and go on to its form."""
    staff, account, _ = _found(account_id, number)
    replacing = request.form.get("replacing") == "yes"
    try:
        copy = drafting.duplicate(
            writing(),
            account_id,
            number,
            staff.person_id,
            seller_taxes(),
            house().clock.now(),
            replacing=replacing,
        )
    except drafting.UnpriceableError:
        sentence = gettext("What this quote proposes cannot be had any more. Make a new quote instead.")
        return _again(staff, account, number, sentence)
    flash(
        gettext("This draft replaces quote %(number)d when it is sent.", number=number)
        if replacing
        else gettext("This draft is a copy of quote %(number)d.", number=number),
        "info",
    )
    return redirect(url_for("corporate.desk_edit_quote", account_id=account_id, number=copy), 303)


def _sent(
    staff: Staff,
    account: AccountView,
    number: int,
    seen: OrderSummary | None,
    act: Callable[[], Sending],
) -> ResponseReturnValue:
    """Do it and say what became of it."""
    outcomes: list[Sending] = []
    hindered = _hindrance(staff, account, number, lambda: outcomes.append(act()))
    if hindered is not None:
        return hindered
    match outcomes[0]:
        case sending.Sent():
            flash(gettext("The customer has the quote now, and a mail about it."), "success")
        case sending.AwaitsApproval():
            flash(gettext("A manager was asked. The customer gets the quote once it is approved."), "success")
        case sending.BeyondLimits():
            sentence = gettext("Nobody may grant this. Choose a smaller discount or a shorter term.")
            return _again(staff, account, number, sentence, 403)
        case sending.NotTheSenders():
            sentence = gettext(
                "This draft goes beyond your limits. Its author can send it; or edit it, and it becomes yours."
            )
            return _again(staff, account, number, sentence, 403)
        case sending.FiguresMoved():
            sentence = gettext(
                "This quote is not as it was shown any more. Nothing was sent. Look at it and try again."
            )
            return _again(staff, account, number, sentence, moved_from=seen)
    return _to_quote(account.id, number)


def _hindrance(
    staff: Staff, account: AccountView, number: int, act: Callable[[], None], *, note: str = ""
) -> ResponseReturnValue | None:
    """The page with a sentence when it cannot be done; nothing when it was done."""
    try:
        act()
    except sending.OwnQuoteError:
        sentence = gettext("Nobody approves their own quote. Another manager has to look at it.")
        return _again(staff, account, number, sentence, 403, note=note)
    except sending.NotAManagerError:
        return _again(staff, account, number, gettext("Only a manager answers this."), 403, note=note)
    except IllegalQuoteMoveError:
        sentence = gettext("Something has happened to this quote meanwhile. This is how it stands now.")
        return _again(staff, account, number, sentence, note=note)
    except OnItsWayError:
        sentence = gettext("The customer is ordering it at this moment. Wait for what the bank says.")
        return _again(staff, account, number, sentence, note=note)
    return None


def _found(account_id: int, number: int) -> tuple[Staff, AccountView, QuoteView]:
    staff, account = corporate_account(account_id)
    return staff, account, quote_or_404(account_id, number)


def _shown(view: QuoteView) -> tuple[str, OrderSummary | None]:
    """What the page showed of this quote; one that does not say so, or was another quote's, showed nothing."""
    try:
        told = sealed().loads(request.form.get("shown", ""))
    except BadData:
        return "", None
    if told["quote"] != view.id:
        return "", None
    return str(told["digest"]), from_plain(told["summary"])


def _again(
    staff: Staff,
    account: AccountView,
    number: int,
    sentence: str,
    status: int = 409,
    *,
    moved_from: OrderSummary | None = None,
    note: str = "",
) -> ResponseReturnValue:
    """The page as the quote stands now, with a sentence on top."""
    view = quote_or_404(account.id, number)
    return page(staff, account, view, problem=sentence, moved_from=moved_from, note=note), status


def _to_quote(account_id: int, number: int) -> ResponseReturnValue:
    return redirect(url_for("corporate.desk_quote", account_id=account_id, number=number), 303)
