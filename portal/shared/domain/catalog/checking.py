"""Whether a file of the catalogue may be applied: every fault at once, each by its place in the file.

A place counts from one, as people do: `products[2].plans[1].monthly.EUR` is the monthly price in euros of the first
plan of the second product.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from portal.shared.domain.calendar import Frequency
from portal.shared.domain.catalog.shelf import Priced, Shelf, Words, decimal_of, minor_units
from portal.shared.domain.catalog.texts import CatalogText, FeatureText, PlanText, ProductText
from portal.shared.domain.money import exponent

# One day of any price is at least one minor unit, so that no day of service is free (docs/proration.md).
LONGEST_PERIOD_DAYS = {Frequency.MONTHLY: 31, Frequency.ANNUAL: 366}
MOST_MINOR_UNITS = 10**12  # times the most seats of a plan it is still an amount that the tables hold


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is not right, or worth a look, and where it stands in the file."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass(frozen=True, slots=True)
class Running:
    """The subscriptions that run on one plan: how many, and the most seats one of them has."""

    subscriptions: int
    most_seats: int


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a file is held against.

    Without `today` every day of the file may be in the past (a catalogue that is only being founded); without
    `languages` any language is one.
    """

    known: Shelf
    running: Mapping[tuple[str, str], Running] = field(default_factory=dict)
    currencies: Collection[str] = ()
    languages: Collection[str] = ()
    today: date | None = None


def faults(text: CatalogText, given: Circumstances) -> list[Remark]:
    """Everything for which the file cannot be applied."""
    found = [*_vanished(text, given)]
    codes = Counter(product.code for product in text.products)
    for number, product in enumerate(text.products, start=1):
        place = f"products[{number}]"
        if codes[product.code] > 1:
            found.append(
                Remark(place, f"the product {product.code} stands there {codes[product.code]} times")
            )
        found += _of_product(place, product, text.valid_from, given)
    return found


def remarks(text: CatalogText, given: Circumstances) -> list[Remark]:
    """What may be meant, and is worth a look before the file is applied."""
    found: list[Remark] = []
    for number, product in enumerate(text.products, start=1):
        for inner, plan in enumerate(product.plans, start=1):
            place = f"products[{number}].plans[{inner}]"
            running = given.running.get((product.code, plan.code))
            if running and not plan.min_seats <= running.most_seats <= plan.max_seats:
                found.append(
                    Remark(
                        f"{place}.max_seats",
                        f"a subscription that runs has {running.most_seats} seats and keeps them",
                    )
                )
        for place, words in _all_words(f"products[{number}]", product):
            missing = [one for one in given.languages if one not in words]
            if missing and set(words) != {"en"}:
                found.append(Remark(place, f"not told in {', '.join(missing)}; read in English there"))
    named = {(product.code, plan.code) for product in text.products for plan in product.plans}
    for code, kept in given.known.products.items():
        left_out = [one for one in kept.plans if (code, one) not in {*named, *given.running}]
        found += [
            Remark("products", f"{code} {one} is not in the file and stays on sale") for one in left_out
        ]
    return found


def _of_product(place: str, product: ProductText, day: date, given: Circumstances) -> Iterator[Remark]:
    if not product.code.strip():
        yield Remark(f"{place}.code", "a product needs a code")
    if product.trial_days < 0:
        yield Remark(f"{place}.trial_days", "a trial cannot be shorter than 0 days")
    if not product.plans:
        yield Remark(f"{place}.plans", "a product needs a plan")
    for where, words in _all_words(place, product):
        yield from _of_words(where, words, given)
    yield from _of_tiers(place, product, given)
    yield from _of_features(place, product)
    for number, plan in enumerate(product.plans, start=1):
        yield from _of_plan(f"{place}.plans[{number}]", product.code, plan, day, given)


def _of_plan(place: str, product: str, plan: PlanText, day: date, given: Circumstances) -> Iterator[Remark]:
    if not plan.code.strip():
        yield Remark(f"{place}.code", "a plan needs a code")
    if not 1 <= plan.min_seats <= plan.max_seats:
        yield Remark(place, f"from {plan.min_seats} to {plan.max_seats} seats is nothing")
    for frequency, currency, amount in plan.amounts:
        where = f"{place}.{frequency}.{currency}"
        if given.currencies and currency not in given.currencies:
            yield Remark(where, f"{currency} is no currency that is paid with today")
            continue
        what = _wrong_amount(frequency, currency, amount)
        if what:
            yield Remark(where, what)
            continue
        key = Priced(product, plan.code, frequency, currency)
        what = _edited(key, int(minor_units(amount, currency) or 0), day, given)
        if what:
            yield Remark(where, what)


def _wrong_amount(frequency: Frequency, currency: str, amount: str) -> str:
    minor = minor_units(amount, currency)
    if minor is None:
        try:
            Decimal(amount)
        except InvalidOperation:
            return f"{amount!r} is no number"
        return f"{amount} has more than {exponent(currency)} decimals, or is no amount"
    if minor > MOST_MINOR_UNITS:
        return f"{amount} {currency} is more than can be kept"
    fewest = LONGEST_PERIOD_DAYS[frequency]
    if minor < fewest:
        least = decimal_of(fewest, currency)
        return (
            f"{amount} {currency} is too little: one day is worth less than one minor unit (at least {least})"
        )
    return ""


def _edited(key: Priced, minor: int, day: date, given: Circumstances) -> str:
    """Why a price cannot begin to hold on this day; nothing where it can, or holds already."""
    dated = given.known.prices.get(key, {})
    if given.known.price_on(key, day) == minor:
        return ""
    if day in dated:
        stands = decimal_of(dated[day], key.currency)
        return f"from {day} it is {stands}, and a price is never edited; give the new one a later valid_from"
    if given.today is not None and dated and day < given.today:
        return f"valid_from {day} is past, and the past is never edited; a new price begins today at the earliest"
    return ""


def _of_tiers(place: str, product: ProductText, given: Circumstances) -> Iterator[Remark]:
    """A rank belongs to one plan, also of those that the file does not name."""
    kept = given.known.products.get(product.code)
    named = {plan.code for plan in product.plans}
    taken = {old.rank: code for code, old in (kept.plans if kept else {}).items() if code not in named}
    codes: set[str] = set()
    for number, plan in enumerate(product.plans, start=1):
        where = f"{place}.plans[{number}]"
        if plan.code in codes:
            yield Remark(f"{where}.code", f"the plan {plan.code} stands there twice")
        elif plan.rank in taken:
            yield Remark(
                f"{where}.rank",
                f"{plan.rank} is the rank of {taken[plan.rank]} already; tiers are told apart by it",
            )
        codes.add(plan.code)
        taken.setdefault(plan.rank, plan.code)


def _of_features(place: str, product: ProductText) -> Iterator[Remark]:
    codes = {plan.code for plan in product.plans}
    known: set[str] = set()
    for number, feature in enumerate(product.features, start=1):
        where = f"{place}.features[{number}]"
        name = feature.names.get("en", "")
        if name and name in known:
            yield Remark(where, f"the feature {name} stands there twice")
        known.add(name)
        yield from _plans_of_feature(where, feature, codes)


def _plans_of_feature(place: str, feature: FeatureText, codes: Collection[str]) -> Iterator[Remark]:
    named = [*feature.included, *feature.amounts]
    if not named:
        yield Remark(place, "no plan has this feature")
    for code, times in Counter(named).items():
        if code not in codes:
            yield Remark(place, f"there is no plan {code}")
        if times > 1:
            yield Remark(place, f"{code} is named twice")


def _of_words(place: str, words: Words, given: Circumstances) -> Iterator[Remark]:
    if not words.get("en", "").strip():
        yield Remark(place, "an English text is missing; other languages fall back to it")
    for language, told in words.items():
        if given.languages and language not in given.languages:
            spoken = ", ".join(given.languages)
            yield Remark(f"{place}.{language}", f"{language} is no language that is spoken here ({spoken})")
        elif language != "en" and not told.strip():
            yield Remark(
                f"{place}.{language}", "the text is empty; leave the language out where English is to stand"
            )


def _all_words(place: str, product: ProductText) -> Iterable[tuple[str, Words]]:
    yield f"{place}.names", product.names
    for number, plan in enumerate(product.plans, start=1):
        yield f"{place}.plans[{number}].names", plan.names
        yield f"{place}.plans[{number}].summaries", plan.summaries
    for number, feature in enumerate(product.features, start=1):
        yield f"{place}.features[{number}].names", feature.names
        for code, words in feature.amounts.items():
            yield f"{place}.features[{number}].amounts.{code}", words


def _vanished(text: CatalogText, given: Circumstances) -> Iterator[Remark]:
    """What subscriptions run on stays in the file, so that nobody loses sight of it."""
    named = {(product.code, plan.code) for product in text.products for plan in product.plans}
    for (product, plan), running in sorted(given.running.items()):
        if (product, plan) not in named:
            what = f"{product} {plan} is missing, and subscriptions run on it ({running.subscriptions})"
            yield Remark("products", f"{what}; it has to stay in the file")
