"""Import a list of people: pasted or from a file, shown line by line before anything happens."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext, lazy_gettext
from flask_babel.speaklater import LazyString

from portal.shared.domain.seat_lists import MOST_PEOPLE, decoded, read_list
from portal.shared.domain.seats import ImportLine, ListedLine, Verdict
from portal.shared.services import seats as service
from portal.shared.services.seats import ImportPlan, PlanMovedError
from portal.shared.services.subscriptions.standing import NotPossibleError, SubscriptionCard
from portal.shared.web.at_hand import at_hand
from portal.shared.web.one_subscription import card_or_404
from portal.shared.web.seats import framing
from portal.shared.web.transactions import reading, writing
from portal.shared.web.words import vocabulary as words

# A line takes up to 256 characters of four bytes; a larger file is another kind of file.
LARGEST_FILE = 256 * 1024

VERDICTS: dict[Verdict, tuple[LazyString, str]] = {
    Verdict.NEW_PERSON: (lazy_gettext("Gets a seat and is new to this account"), "good"),
    Verdict.KNOWN_PERSON: (lazy_gettext("Gets a seat"), "good"),
    Verdict.HOLDS_ONE: (lazy_gettext("Already holds a seat and keeps it"), "neutral"),
    Verdict.TWICE: (lazy_gettext("Stands in the list already"), "neutral"),
    Verdict.NO_ADDRESS: (lazy_gettext("Not an email address"), "bad"),
    Verdict.NO_SEAT_LEFT: (lazy_gettext("No seat is left"), "warn"),
}


def show(subscription_id: int) -> ResponseReturnValue:
    """A place for the list."""
    return _form(card_or_404(subscription_id))


def preview(subscription_id: int) -> ResponseReturnValue:
    """What each line would do; nothing happens before it is confirmed."""
    here = at_hand()
    card = card_or_404(subscription_id)
    text = request.form.get("people", "")
    file = request.files.get("file")
    if file is not None and file.filename:
        content = file.stream.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            sentence = gettext(
                "This file is larger than a list of people can be (256 KB). Choose another one."
            )
            return _form(card, sentence, "file"), 413
        text = decoded(content)
    lines, problem = _lines(text)
    if problem is not None:
        return _form(card, problem), 422
    try:
        plan = service.preview(reading(), here.account.id, card.id, lines, here.now)
    except NotPossibleError:
        return _form(card, str(framing.NOT_POSSIBLE)), 422
    return _plan(card, plan, text)


def confirm(subscription_id: int) -> ResponseReturnValue:
    """Do exactly what the page showed, or show what moved since."""
    here = at_hand()
    card = card_or_404(subscription_id)
    text = request.form.get("people", "")
    lines, problem = _lines(text)
    if problem is not None:
        return _form(card, problem), 422
    seen = request.form.get("seen", "").split()
    try:
        count = service.confirm(
            writing(),
            here.account.id,
            card.id,
            lines,
            seen,
            here.person.person_id,
            here.now,
            notify=not framing.quiet(),
        )
    except PlanMovedError as error:
        return _plan(card, error.plan, text, seen), 409
    except NotPossibleError:
        return _form(card, str(framing.NOT_POSSIBLE)), 422
    flash(words.seats_assigned(count), "success")
    return redirect(framing.back_to("seats", subscription_id=card.id), 303)


def _lines(text: str) -> tuple[tuple[ListedLine, ...], str | None]:
    """The lines of a list, or the sentence that says why there are none to work with."""
    if len(text.encode()) > 2 * LARGEST_FILE:
        return (), str(gettext("This list is longer than 256 KB. Import it in parts."))
    lines = read_list(text)
    if not lines:
        return (), str(gettext("Write or choose a list: one email address a line."))
    if len(lines) > MOST_PEOPLE:
        return (), str(gettext("Import up to %(most)d people at once.", most=MOST_PEOPLE))
    return lines, None


def _form(card: SubscriptionCard, problem: str | None = None, field: str = "people") -> str:
    return framing.shown(
        "import",
        card=card,
        name=framing.product_name(card),
        free_text=words.free_seats(max(0, card.seats - card.held)),
        typed=request.values.get("people", ""),
        quiet=framing.quiet(),
        errors={field: problem} if problem else {},
        problems=[{"field": field, "text": problem}] if problem else [],
    )


def _plan(card: SubscriptionCard, plan: ImportPlan, text: str, seen: list[str] | None = None) -> str:
    before = seen if seen is not None and len(seen) == len(plan.lines) else None
    rows = [_row(one, plan.known, before[place] if before else None) for place, one in enumerate(plan.lines)]
    wrong = [row for row in rows if not row["gives"]]
    return framing.shown(
        "import_preview",
        card=card,
        name=framing.product_name(card),
        rows=rows,
        gives=plan.gives,
        wrong=len(wrong),
        free_text=words.free_seats(plan.free),
        text=text,
        seen=" ".join(plan.verdicts),
        moved=seen is not None,
        quiet=framing.quiet(),
    )


def _row(one: ImportLine, known: dict[str, str], before: str | None) -> dict[str, Any]:
    word, tone = VERDICTS[one.verdict]
    said = str(word)
    if one.verdict is Verdict.TWICE:
        said = gettext("Stands in the list already, on line %(number)d", number=one.first or 0)
    old = VERDICTS[Verdict(before)][0] if before in set(Verdict) and before != one.verdict else None
    return {
        "number": one.line.number,
        "name": known.get(one.line.address) or one.line.name,
        "text": one.line.address or one.line.text[:120],
        "said": said,
        "tone": tone,
        "before": str(old) if old else None,
        "gives": one.verdict.gives,
    }
