"""What waits at an account, in words that lead to it."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext

from portal.shared.domain.attention import Signal, Waiting
from portal.shared.domain.purchase_orders import WARNING_SHARES
from portal.shared.services.catalog.reading import Names
from portal.shared.web.display import format_short_date, language, money

_TONES: dict[Waiting, str] = {
    Waiting.EXPIRED: "bad",
    Waiting.APPROVAL: "brand",
    Waiting.REQUEST: "info",
    Waiting.OVERDUE: "bad",
    Waiting.QUOTE: "neutral",
    Waiting.PURCHASE_ORDER: "warn",
    Waiting.RENEWAL: "neutral",
    Waiting.ENDING: "warn",
    Waiting.EXEMPTION: "warn",
}

# The part of the account's page where a kind is told at length.
_PARTS: dict[Waiting, str] = {
    Waiting.EXPIRED: "subscriptions",
    Waiting.APPROVAL: "quotes",
    Waiting.REQUEST: "requests",
    Waiting.OVERDUE: "invoices",
    Waiting.QUOTE: "quotes",
    Waiting.PURCHASE_ORDER: "purchase-orders",
    Waiting.RENEWAL: "subscriptions",
    Waiting.ENDING: "subscriptions",
    Waiting.EXEMPTION: "facts",
}


def told(signal: Signal, account_id: int, names: Names) -> dict[str, Any]:
    """A signal as `components/signals.html` shows it: words, what is to know beside them, where they lead."""
    words, detail = _words(signal, names)
    return {
        "text": words,
        "detail": detail,
        "tone": _TONES[signal.kind],
        "url": _address(signal, account_id),
    }


def _address(signal: Signal, account_id: int) -> str:
    if signal.kind is Waiting.REQUEST and signal.count == 1:
        return url_for("corporate.desk_request", request_id=signal.id)
    if signal.kind in {Waiting.APPROVAL, Waiting.QUOTE} and signal.count == 1:
        return url_for("corporate.desk_quote", account_id=account_id, number=signal.number)
    if signal.kind is Waiting.APPROVAL:
        return url_for("corporate.desk_quotes")
    if signal.kind is Waiting.EXEMPTION:
        return url_for("corporate.desk_tax", account_id=account_id)
    return url_for("corporate.desk_account", account_id=account_id, _anchor=_PARTS[signal.kind])


def _words(signal: Signal, names: Names) -> tuple[str, str]:
    day = format_short_date(signal.day, language()) if signal.day else ""
    match signal.kind:
        case Waiting.EXPIRED:
            return gettext("Account expired"), day
        case Waiting.APPROVAL:
            return _counted_quotes(signal), _since(signal)
        case Waiting.REQUEST:
            if signal.count == 1:
                return gettext("Request #%(number)d waits", number=signal.number), _since(signal)
            words = ngettext("%(num)d request waits", "%(num)d requests wait", signal.count)
            return words, _since(signal)
        case Waiting.OVERDUE:
            return _overdue(signal)
        case Waiting.QUOTE:
            return _open_quote(signal), _left(signal)
        case Waiting.PURCHASE_ORDER:
            return _purchase_order(signal, day)
        case Waiting.EXEMPTION:
            return gettext("Tax exemption ends on %(day)s", day=day), _left(signal)
        case _:
            return _end(signal, names, day), _left(signal)


def _counted_quotes(signal: Signal) -> str:
    if signal.count == 1:
        return str(gettext("Quote %(number)d awaits your approval", number=signal.number))
    return str(
        ngettext("%(num)d quote awaits your approval", "%(num)d quotes await your approval", signal.count)
    )


def _open_quote(signal: Signal) -> str:
    if signal.count == 1:
        return str(gettext("Quote %(number)d is not answered", number=signal.number))
    return str(ngettext("%(num)d quote is not answered", "%(num)d quotes are not answered", signal.count))


def _overdue(signal: Signal) -> tuple[str, str]:
    late = ngettext("%(num)d day overdue", "%(num)d days overdue", -signal.days)
    detail = f"{money(signal.amount)} · {late}" if signal.amount else late
    if signal.count == 1:
        return gettext("Invoice %(name)s is overdue", name=signal.subject), detail
    words = ngettext("%(num)d invoice is overdue", "%(num)d invoices are overdue", signal.count)
    return words, detail


def _purchase_order(signal: Signal, day: str) -> tuple[str, str]:
    words = gettext("Purchase order %(number)s runs out", number=signal.subject)
    if signal.count > 1:
        words = ngettext("%(num)d purchase order runs out", "%(num)d purchase orders run out", signal.count)
    facts = []
    if signal.percent is not None and signal.percent >= min(WARNING_SHARES):
        facts.append(gettext("%(percent)d%% used", percent=signal.percent))
    if day:
        facts.append(
            gettext("ended on %(day)s", day=day) if signal.days < 0 else gettext("ends on %(day)s", day=day)
        )
    return words, " · ".join(facts)


def _end(signal: Signal, names: Names, day: str) -> str:
    if signal.count > 1:
        return str(ngettext("%(num)d renewal comes up", "%(num)d renewals come up", signal.count))
    product = names.product(signal.subject, language())
    if signal.kind is Waiting.ENDING:
        return str(gettext("%(product)s ends on %(day)s", product=product, day=day))
    return str(gettext("%(product)s renews on %(day)s", product=product, day=day))


def _left(signal: Signal) -> str:
    if signal.days < 0:
        return str(ngettext("%(num)d day ago", "%(num)d days ago", -signal.days))
    if signal.days == 0:
        return str(gettext("today"))
    return str(ngettext("%(num)d day left", "%(num)d days left", signal.days))


def _since(signal: Signal) -> str:
    if signal.days >= 0:
        return str(gettext("since today"))
    return str(ngettext("for %(num)d day", "for %(num)d days", -signal.days))
