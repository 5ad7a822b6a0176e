"""The words for an account that has come to the other portal: in the mail, and on the first page there."""

from __future__ import annotations

from flask_babel import gettext, ngettext

from portal.shared.services.accounts import AccountView
from portal.shared.services.moving.telling import News


def portal(account_type: str) -> str:
    """The portal of accounts of a type."""
    return str(
        gettext("Corporate Billing Portal") if account_type == "corporate" else gettext("Billing Center")
    )


def arrived(account_type: str, account: str, *, undone: bool) -> str:
    """That the account is new here, or here again."""
    there = portal(account_type)
    if undone:
        return str(
            gettext(
                "%(account)s is in the %(portal)s again, as it was before.", account=account, portal=there
            )
        )
    return str(
        gettext("%(account)s is looked after in the %(portal)s from now on.", account=account, portal=there)
    )


def who_looks_after(account_type: str, rep: str) -> str:
    """Who does what from now on."""
    if account_type != "corporate":
        return str(
            gettext(
                "You change plan, seats and billing frequency yourselves. Renewals take the list price of their day, "
                "and Customer Care helps with everything else."
            )
        )
    if rep:
        return str(
            gettext(
                "%(rep)s looks after the account together with you. Renewals keep the price you have now, and changes "
                "come to you as quotes.",
                rep=rep,
            )
        )
    return str(
        gettext(
            "A representative looks after the account together with you. Renewals keep the price you have now, and "
            "changes come to you as quotes."
        )
    )


def unchanged() -> str:
    """What did not change."""
    return str(
        gettext(
            "Nothing was charged or credited. Seats, invoices, balance and renewal dates are the same, and old links "
            "lead to the same things."
        )
    )


def terms(days: int | None) -> str:
    """How long an account has to pay."""
    if days is None:
        return str(gettext("Card, charged at once"))
    if days == 0:
        return str(gettext("Invoice, due at once"))
    return str(ngettext("Invoice, %(num)d day", "Invoice, %(num)d days", days))


def notice(news: News | None, account: AccountView) -> dict[str, str] | None:
    """What stands on the first page of the new portal; nothing where the account was not moved lately."""
    if news is None:
        return None
    return {
        "heading": arrived(account.type, account.name, undone=news.undone),
        "who": who_looks_after(account.type, account.rep.name if account.rep else ""),
        "same": unchanged(),
    }
