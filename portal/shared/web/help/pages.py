"""The pages of the help centre: open to everybody, and more to the point for whoever is signed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from portal.shared.domain.online_policy import online_policy
from portal.shared.domain.routing.tasks import Task, task_named
from portal.shared.domain.routing.visitor import AccountType
from portal.shared.web.help import general, questions
from portal.shared.web.help.articles import ARTICLES, address
from portal.shared.web.help.questions import Group
from portal.shared.web.help.reader import causes, for_reader
from portal.shared.web.help.reading import (
    Product,
    door,
    ink,
    lead,
    page_url,
    product_named,
    products,
    task_url,
    title,
    told_all,
)
from portal.shared.web.help.telling import told
from portal.shared.web.help.ways import way
from portal.shared.web.words import router as router_words

MOST_WANTED = (
    Task.CHANGE_PLAN,
    Task.ADD_SEATS,
    Task.CANCEL,
    Task.PAYMENT_METHOD,
    Task.INVOICES,
    Task.ASSIGN_SEATS,
)


def index() -> ResponseReturnValue:
    """What people come for most, the two indexes of questions, and the products."""
    product = _product()
    return render_template(
        "help/index.html",
        products=[{"name": one.name, "url": url_for("help.index", product=one.code)} for one in products()],
        product=product,
        wanted=[_question(task, product) for task in MOST_WANTED],
        groups=[_group(one, product) for one in questions.ONLINE_GROUPS],
    )


def faqs() -> ResponseReturnValue:
    """The questions of online accounts, in their four groups."""
    return _faqs(AccountType.ONLINE)


def corporate_faqs() -> ResponseReturnValue:
    """The questions of corporate accounts."""
    return _faqs(AccountType.CORPORATE)


def page(name: str) -> ResponseReturnValue:
    """One page: a task's how-to, or one of the two that explain."""
    explains = _EXPLAINING.get(name)
    if explains is not None:
        return explains()
    task = task_named(name)
    if task is None:
        abort(404)
    return _article(task)


def is_a_page(name: str) -> bool:
    """Whether a page of that name exists."""
    return name in _EXPLAINING or task_named(name) is not None


def page_title(name: str, product: Product) -> str:
    """The title of a page, by its name in addresses."""
    task = task_named(name)
    if task is not None:
        return title(task, product)
    return str(
        {questions.WHY_NOT: general.WHY_NOT, questions.ACCOUNT_TYPES: general.ACCOUNT_TYPES}.get(name, name)
    )


def _article(task: Task) -> str:
    product = _product()
    here = for_reader(task, product.code)
    policy = online_policy()
    words = ink(product, task_url(task, product))
    own = here.account_type if here else None
    types = sorted(AccountType, key=lambda one: (one is not own, one is AccountType.CORPORATE))
    after = general.ASSIGN_AFTERWARDS_FOR if product.code else general.ASSIGN_AFTERWARDS
    return render_template(
        "help/article.html",
        **_around(address(task), product),
        title=title(task, product),
        lead=told(lead(task, product), words),
        said=told_all([*general.policy_sentences(policy)], words) if task in general.TELLS_THE_POLICY else [],
        note=told_all([general.ACCOUNT_TYPES_NOTE, general.OTHER_STEPS], words),
        doors=[
            door(task, one, product, led=here is not None and here.goes_on and one is own, policy=policy)
            for one in types
        ],
        own=own,
        here=here,
        go_url=task_url(task, product),
        task=router_words.task_name(task),
        after=told(after, words) if task in general.ENDS_WITH_SEATS else None,
        products=_other_products(task, product),
    )


def _why_not() -> str:
    product = _product()
    words = ink(product, task_url(Task.CHANGE_PLAN, product))
    found = causes()
    policy = online_policy()
    return render_template(
        "help/why_not.html",
        **_around(questions.WHY_NOT, product),
        title=general.WHY_NOT,
        lead=told(general.WHY_NOT_LEAD, words),
        causes=[
            {
                "title": heading,
                "says": told(says, words),
                "accounts": [one.account for one in found if one.cause == name],
            }
            for name, (heading, says) in general.CAUSES.items()
        ],
        free=[one.account for one in found if one.cause is None],
        lower_plan=None if policy.lower_plan else told(general.LOWER_PLAN_CAUSE, words),
        go_url=task_url(Task.CHANGE_PLAN, product),
        task=router_words.task_name(Task.CHANGE_PLAN),
    )


def _account_types() -> str:
    product = _product()
    words = ink(product, task_url(Task.SUBSCRIPTIONS, product))
    here = for_reader(Task.SUBSCRIPTIONS, None)
    return render_template(
        "help/account_types.html",
        **_around(questions.ACCOUNT_TYPES, product),
        title=general.ACCOUNT_TYPES,
        lead=told(general.ACCOUNT_TYPES_LEAD, words),
        rows=[
            (said, told(online, words), told(corporate, words)) for said, online, corporate in general.TYPES
        ],
        move=told(general.ACCOUNT_TYPES_MOVE, words),
        own=here.account_type if here else None,
    )


def _faqs(account_type: AccountType) -> str:
    product = _product()
    online = account_type is AccountType.ONLINE
    words = ink(product, url_for("front.home"))
    return render_template(
        "help/faqs.html",
        title=questions.BILLING_CENTER_FAQS if online else questions.CORPORATE_FAQS,
        note=told(general.ACCOUNT_TYPES_NOTE, words),
        groups=[_group(one, product, account_type) for one in questions.GROUPS[account_type]],
        product=product,
        products=[
            {
                "label": one.name,
                "url": url_for(request.endpoint or "help.faqs", product=one.code),
                "current": one == product,
            }
            for one in products()
        ],
    )


_EXPLAINING: Mapping[str, Callable[[], ResponseReturnValue]] = {
    questions.WHY_NOT: _why_not,
    questions.ACCOUNT_TYPES: _account_types,
}


def _product() -> Product:
    return product_named(request.args.get("product"))


def _around(name: str, product: Product) -> dict[str, Any]:
    """What every page of words has around it: its name, the product, and whether its reader has just answered."""
    return {"name": name, "product": product, "thanked": request.args.get("thanks") == "yes"}


def _other_products(task: Task, product: Product) -> list[dict[str, Any]]:
    if ARTICLES[task].title_for is None:
        return []
    return [
        {"label": one.name, "url": page_url(address(task), one), "current": one == product}
        for one in products()
    ]


def _group(group: Group, product: Product, account_type: AccountType | None = None) -> dict[str, Any]:
    return {
        "id": group.name,
        "title": group.title,
        "questions": [_question(one, product, account_type) for one in group.asks],
    }


def _question(asked: Task | str, product: Product, account_type: AccountType | None = None) -> dict[str, str]:
    name = address(asked) if isinstance(asked, Task) else asked
    who = ""
    if account_type is AccountType.CORPORATE and isinstance(asked, Task):
        found = way(asked, account_type, online_policy())
        who = (
            gettext("by your representative")
            if found.who == "representative"
            else gettext("online, by yourself")
        )
    return {"title": page_title(name, product), "url": page_url(name, product), "who": who}
