"""A VAT number that somebody typed: kept, and what became of it told; for both portals."""

from __future__ import annotations

from flask import flash
from flask_babel import gettext

from portal.shared.domain.taxes import VatState
from portal.shared.services.taxes import rules as taxes
from portal.shared.web.at_hand import at_hand
from portal.shared.web.house import house
from portal.shared.web.transactions import database
from portal.shared.web.words import vocabulary as words


def keep_vat_number(typed: str) -> str | None:
    """Keep a VAT number of the account at hand and leave a message for the next page; or say what is wrong with it."""
    here = at_hand()
    result = taxes.set_vat_number(
        database(), house().tax_registry, here.account.id, here.person.person_id, typed, here.now
    )
    if result.problem is not None:
        return str(words.VAT_PROBLEMS[result.problem])
    if result.state is VatState.PENDING:
        flash(gettext("The VAT number is kept. Until the tax registry confirms it, tax is charged."), "info")
    elif result.state is VatState.VALID:
        flash(gettext("The VAT number is confirmed."), "success")
    else:
        flash(gettext("The VAT number is removed."), "success")
    return None
