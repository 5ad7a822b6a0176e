"""Was this the page you needed? The answer reaches those who write the pages, without a name."""

from __future__ import annotations

from flask import abort, flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from portal.shared.services.arriving import help_answers
from portal.shared.web.help.pages import is_a_page
from portal.shared.web.help.reading import page_url, product_named
from portal.shared.web.house import house
from portal.shared.web.transactions import writing


def send(name: str) -> ResponseReturnValue:
    """Keep what a reader says of a page, and thank them."""
    if not is_a_page(name):
        abort(404)
    product = product_named(request.form.get("product"))
    back = page_url(name, product)
    needed = request.form.get("needed")
    if needed not in ("yes", "no"):
        flash(gettext("Choose Yes or No."), "error")
        return redirect(f"{back}#needed", 303)
    now = house().clock.now()
    mark = help_answers.sender_mark(house().settings.secret_key, request.remote_addr or "", now)
    kept = help_answers.keep(
        writing(),
        page=name,
        language=str(get_locale()),
        needed=needed == "yes",
        words=request.form.get("words", ""),
        sender=mark,
        now=now,
    )
    if not kept:
        flash(gettext("There were too many answers today. Please try again tomorrow."), "error")
        return redirect(back, 303)
    joined = "&" if "?" in back else "?"
    return redirect(f"{back}{joined}thanks=yes#needed", 303)
