"""The form in which a customer asks: what it offers, what it is filled with, and what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.changes import Refusal
from portal.shared.domain.requests import RequestKind, may_be_asked
from portal.shared.domain.routing.tasks import Task, task_named
from portal.shared.domain.wishes import (
    LONGEST_NAME,
    LONGEST_NOTE,
    Cancellation,
    NewContact,
    OtherAccountType,
    OtherCountry,
    OtherFrequency,
    OtherProduct,
    SomethingElse,
    Wish,
)
from portal.shared.services.subscriptions import standing as subscriptions
from portal.shared.web.at_hand import at_hand, seller_taxes
from portal.shared.web.countries import countries
from portal.shared.web.display import language
from portal.shared.web.orders.display import plan_and_seats
from portal.shared.web.transactions import reading
from portal.shared.web.typed.people import is_address
from portal.shared.web.words import requests as request_words
from portal.shared.web.words import router as router_words
from portal.shared.web.words import vocabulary as words

MOST_SEATS = 100_000
_FIELDS = ("subscription", "frequency", "product", "seats", "country", "name", "email", "reason", "note")

# What somebody wants who followed a task link; the note says what the kind does not.
KIND_OF_TASK: Mapping[Task, RequestKind] = {
    Task.CHANGE_FREQUENCY: RequestKind.FREQUENCY,
    Task.ADD_PRODUCT: RequestKind.OTHER_PRODUCT,
    Task.SUBSCRIBE: RequestKind.OTHER_PRODUCT,
    Task.BILLING_CONTACT: RequestKind.BILLING_CONTACT,
    Task.CANCEL: RequestKind.CANCELLATION,
    Task.CHANGE_PLAN: RequestKind.OTHER,
    Task.REMOVE_SEATS: RequestKind.OTHER,
    Task.ADD_SEATS: RequestKind.OTHER,
    Task.REACTIVATE: RequestKind.OTHER,
    Task.VAT_NUMBER: RequestKind.OTHER,
    Task.BILLING_DETAILS: RequestKind.OTHER,
    Task.INVOICE_RECIPIENTS: RequestKind.OTHER,
}


@dataclass(slots=True)
class Asking:
    """A form of one kind: what stands in it, and what is wrong with that. `wish` is whole when nothing is."""

    kind: RequestKind
    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    wish: Wish | None = None
    # What a task link was about, where the kind alone does not say it.
    task: Task | None = None

    @property
    def title(self) -> str:
        """What is asked for, in words."""
        return router_words.task_name(self.task) if self.task else str(request_words.KINDS[self.kind])

    @property
    def note(self) -> str:
        """What was written beside the wish."""
        return self.typed["note"]

    @property
    def problems(self) -> list[dict[str, str]]:
        """The errors for the summary on top."""
        return [{"field": name, "text": text} for name, text in self.errors.items()]


def kinds_here() -> list[RequestKind]:
    """What the account at hand can ask for on this page."""
    account = at_hand().account
    return [kind for kind in request_words.HINTS if may_be_asked(kind, account.type)]


def prefilled(args: Mapping[str, str]) -> Asking | None:
    """The form as somebody finds it who came by a link: `kind`, or the `task` of a task link, and what it is about."""
    kind, task = kind_named(args.get("kind")), task_named(args.get("task"))
    if kind is None and task is not None:
        kind = KIND_OF_TASK.get(task)
    if kind is None:
        return None
    typed = dict.fromkeys(_FIELDS, "")
    product = args.get("product", "")
    if product in at_hand().catalog.offers:
        typed["product"] = product
    typed["subscription"] = _subscription_meant(args.get("subscription_id", ""), product)
    typed["frequency"] = _other_frequency(typed["subscription"])
    if kind is RequestKind.OTHER and task is not None:
        typed["note"] = _task_in_words(task, typed["product"])
    return Asking(kind, typed, task=_told_apart(kind, task))


def read(form: Mapping[str, str]) -> Asking | None:
    """What was typed, with a sentence for everything that is wrong; nothing, when no kind was chosen."""
    kind = kind_named(form.get("kind"))
    if kind is None:
        return None
    typed = {name: form.get(name, "").strip() for name in _FIELDS}
    asking = Asking(kind, typed, task=_told_apart(kind, task_named(form.get("task"))))
    wish = _READERS[kind](asking)
    if len(asking.note) > LONGEST_NOTE:
        asking.errors["note"] = too_long(LONGEST_NOTE)
    if not asking.errors:
        asking.wish = wish
    return asking


def _told_apart(kind: RequestKind, task: Task | None) -> Task | None:
    return task if task is not None and kind is KIND_OF_TASK.get(task) is RequestKind.OTHER else None


def kind_named(text: str | None) -> RequestKind | None:
    """The kind a link or a form names, if it can be asked for here."""
    return next((kind for kind in kinds_here() if kind == text), None)


def too_long(most: int) -> str:
    """The sentence for a text without end."""
    return str(gettext("Write up to %(most)d characters.", most=most))


def choices() -> dict[str, Any]:
    """What the fields offer."""
    here = at_hand()
    names = here.catalog.names
    nothing = {"value": "", "label": gettext("Please choose")}
    return {
        "subscriptions": [nothing, *({"value": one.id, "label": _told(one)} for one in _running())],
        "products": [
            nothing,
            *({"value": code, "label": names.product(code, language())} for code in here.catalog.offers),
        ],
        "frequencies": [{"value": str(one), "label": words.FREQUENCIES[one]} for one in Frequency],
        "countries": [
            nothing,
            *({"value": code, "label": name} for code, name in countries() if code != here.account.country),
        ],
    }


def _running() -> list[subscriptions.SubscriptionCard]:
    here = at_hand()
    cards = subscriptions.cards(reading(), here.account.id, here.now, seller_taxes())
    return [card for card in cards if card.active]


def _told(card: subscriptions.SubscriptionCard) -> str:
    names = at_hand().catalog.names
    terms = plan_and_seats(card.plan_id, card.seats, names)
    return f"{names.product(card.product, language())} ({terms})"


def _subscription_meant(number: str, product: str) -> str:
    running = _running()
    meant = [one for one in running if str(one.id) == number]
    meant = meant or [one for one in running if one.product == product]
    meant = meant or (running if not product else [])
    return str(meant[0].id) if len(meant) == 1 else ""


def _other_frequency(number: str) -> str:
    """The one that a subscription is not paid in: nobody asks for what they have."""
    known = next((one.terms for one in _running() if str(one.id) == number), None)
    if known is None:
        return ""
    return str(next(one for one in Frequency if one is not known.frequency))


def _task_in_words(task: Task, product: str) -> str:
    name = router_words.task_name(task)
    return f"{name}: {at_hand().catalog.names.product(product, language())}" if product else name


# --- one reader a kind ----------------------------------------------------------------------------------------------


def _subscription(asking: Asking) -> int:
    found = [one.id for one in _running() if str(one.id) == asking.typed["subscription"]]
    if not found:
        asking.errors["subscription"] = gettext("Choose the subscription you mean.")
    return found[0] if found else 0


def _frequency(asking: Asking) -> Wish | None:
    number = _subscription(asking)
    if asking.typed["frequency"] not in set(Frequency):
        asking.errors["frequency"] = words.refused(Refusal.UNKNOWN_FREQUENCY)
        return None
    wanted = Frequency(asking.typed["frequency"])
    card = next((one for one in _running() if one.id == number), None)
    if card is not None and card.terms is not None and card.terms.frequency is wanted:
        asking.errors["frequency"] = gettext("This subscription is paid that way already.")
    return OtherFrequency(number, wanted)


def _product(asking: Asking) -> Wish:
    product, seats = asking.typed["product"], asking.typed["seats"]
    if product not in at_hand().catalog.offers:
        asking.errors["product"] = gettext("Choose one of the products.")
    if not (seats.isascii() and seats.isdigit()):
        asking.errors["seats"] = words.refused(Refusal.SEATS_NOT_A_NUMBER)
    elif len(seats) > len(str(MOST_SEATS)) or not 1 <= int(seats) <= MOST_SEATS:
        asking.errors["seats"] = gettext("Ask for 1 to %(most)d seats.", most=MOST_SEATS)
    return OtherProduct(product, 0 if asking.errors else int(seats))


def _country(asking: Asking) -> Wish:
    country = asking.typed["country"]
    if country not in {code for code, _ in countries()}:
        asking.errors["country"] = gettext("Choose a country.")
    elif country == at_hand().account.country:
        asking.errors["country"] = gettext("That is the country of this account already.")
    return OtherCountry(country)


def _contact(asking: Asking) -> Wish:
    name, email, reason = (asking.typed[key] for key in ("name", "email", "reason"))
    if not name:
        asking.errors["name"] = gettext("Write the name of the new contact.")
    elif len(name) > LONGEST_NAME:
        asking.errors["name"] = too_long(LONGEST_NAME)
    if not is_address(email):
        asking.errors["email"] = gettext("Write one email address, for example ana@example.com.")
    if not reason:
        asking.errors["reason"] = gettext("Write why the contact changes.")
    elif len(reason) > LONGEST_NOTE:
        asking.errors["reason"] = too_long(LONGEST_NOTE)
    return NewContact(" ".join(name.split()), email.lower(), reason)


def _cancellation(asking: Asking) -> Wish:
    return Cancellation(_subscription(asking))


def _account_type(asking: Asking) -> Wish:
    if not asking.note:
        asking.errors["note"] = gettext("Write why, so that our people can prepare it.")
    return OtherAccountType()


def _something_else(asking: Asking) -> Wish:
    if not asking.note:
        asking.errors["note"] = gettext("Write what you need.")
    return SomethingElse()


_READERS: Mapping[RequestKind, Callable[[Asking], Wish | None]] = {
    RequestKind.FREQUENCY: _frequency,
    RequestKind.OTHER_PRODUCT: _product,
    RequestKind.COUNTRY: _country,
    RequestKind.BILLING_CONTACT: _contact,
    RequestKind.CANCELLATION: _cancellation,
    RequestKind.ACCOUNT_TYPE: _account_type,
    RequestKind.OTHER: _something_else,
}
