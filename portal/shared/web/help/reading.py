"""Everything a help page is made of, for one reader: their language, their account, and the product they ask about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import get_locale
from flask_babel.speaklater import LazyString
from markupsafe import Markup

from portal.shared.domain.cancellations import DATA_KEPT_DAYS
from portal.shared.domain.disputes import DISPUTE_DAYS
from portal.shared.domain.online_policy import OnlinePolicy, online_policy
from portal.shared.domain.quotes import VALIDITY_DAYS
from portal.shared.domain.routing.tasks import Task
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.services.catalog import reading as catalog
from portal.shared.web.help import questions
from portal.shared.web.help.articles import ARTICLES, address
from portal.shared.web.help.general import CORPORATE_WHO, ENDS_WITH_SEATS, ONLINE_WHO
from portal.shared.web.help.labels import NAMES
from portal.shared.web.help.telling import Ink, Step, told
from portal.shared.web.help.ways import way
from portal.shared.web.transactions import reading

PAGE = "help.page"


@dataclass(frozen=True, slots=True)
class Product:
    """The product somebody reads about, or none in particular."""

    code: str | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """How a task is done for one type of account: who does it, and the steps as they are shown."""

    account_type: AccountType
    who: Markup | None
    steps: tuple[Mapping[str, Any], ...]


def products() -> list[Product]:
    """Everything in the catalogue, by the names of the seller in the language of the page."""
    names = catalog.names(reading())
    return [Product(code, names.product(code, str(get_locale()))) for code in names.products]


def product_named(code: str | None) -> Product:
    """The product of a link; one that is not in the catalogue is none in particular."""
    return next((one for one in products() if code and one.code == code), Product())


def title(task: Task, product: Product) -> str:
    """The question of an article."""
    article = ARTICLES[task]
    asked = article.title_for if product.code and article.title_for is not None else article.title
    return str(asked) % {"product": product.name}


def lead(task: Task, product: Product) -> LazyString:
    """What is said below the question."""
    article = ARTICLES[task]
    return article.lead_for if product.code and article.lead_for is not None else article.lead


def page_url(name: str, product: Product) -> str:
    """The address of a page of the help centre."""
    return url_for(PAGE, name=name, product=product.code)


def task_url(task: Task, product: Product) -> str:
    """The task link: the page where it is done for whoever follows it."""
    return url_for("front.go_to_task", task=str(task), product=product.code)


def ink(product: Product, portal_url: str, **more: Any) -> Ink:
    """What sentences may name; both names of portals lead to `portal_url`, where the router knows the right one."""
    return Ink(
        {
            "product": product.name,
            "billing_center_link": link(portal_url, NAMES["billing_center"]),
            "corporate_billing_portal_link": link(portal_url, NAMES["corporate_billing_portal"]),
            "corporate_faqs": link(url_for("help.corporate_faqs"), questions.CORPORATE_FAQS),
            "assign_seats_page": link(
                page_url(address(Task.ASSIGN_SEATS), product), title(Task.ASSIGN_SEATS, product)
            ),
            "data_days": DATA_KEPT_DAYS,
            "dispute_days": DISPUTE_DAYS,
            "quote_days": VALIDITY_DAYS,
            **more,
        }
    )


def link(url: str, words: LazyString | str) -> Markup:
    """A link inside a sentence."""
    return Markup('<a href="{}">{}</a>').format(url, str(words))


def door(
    task: Task, account_type: AccountType, product: Product, *, led: bool, policy: OnlinePolicy | None = None
) -> Door:
    """One door's way to do a task; `led` links each step to the reader's own screen."""
    found = way(task, account_type, policy or online_policy(), for_product=product.code is not None)
    # "Sign in" leads to the front door, where everybody arrives who came without a task.
    words = ink(product, url_for("front.home"), kind=Markup("<b>{}</b>").format(str(found.kind)))
    said = (ONLINE_WHO if account_type is AccountType.ONLINE else CORPORATE_WHO).get(found.who)
    return Door(
        account_type,
        told(said, words) if said is not None else None,
        tuple(_shown(step, words, product, led=led) for step in found.steps),
    )


def ends_with_seats(task: Task) -> bool:
    """Whether seats are still to be assigned after it."""
    return task in ENDS_WITH_SEATS


def _shown(step: Step, words: Ink, product: Product, *, led: bool) -> dict[str, Any]:
    url = task_url(step.task, product) if step.task else url_for(step.page) if step.page else ""
    return {
        "says": told(step.says, words),
        "notes": [told(note.says, words) for note in step.notes],
        "url": url if led else "",
    }


def told_all(sentences: Sequence[LazyString], words: Ink) -> list[Markup]:
    """Several sentences, each told."""
    return [told(one, words) for one in sentences]
