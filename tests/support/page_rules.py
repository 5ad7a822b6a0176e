"""What every page must be, whoever looks at it and whatever it says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from tests.support.html import Element
from tests.support.labels import words
from tests.support.visitor import Page

PORTALS = {"/billing": "billing_center", "/corp-billing": "corporate_billing_portal"}
PROCESSOR = "/sandbox-processor"  # stands for the site of another company
LEFTOVERS = ("%(", "{{", "}}", "{%", "LazyString", "Undefined", "<Macro", "&lt;", "&amp;")
_REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "popovertarget", "form")


def broken_rules(page: Page, language: str, seller: str) -> list[str]:
    """Every rule the page breaks, with its address."""
    rules = (_frame(page, language, seller), _references(page), _forms(page), _inline(page), _words(page))
    return [f"{page.status} {page.path} ({language}): {text}" for rule in rules for text in rule]


def _frame(page: Page, language: str, seller: str) -> Iterator[str]:
    (html,) = page.root.all("html")
    if html.get("lang") != language.replace("_", "-"):
        yield f"its language is {html.get('lang')!r}"
    headings = page.root.all("h1")
    if len(headings) != 1 or not headings[0].text:
        yield f"it has {len(headings)} first headings"
    if len(page.root.all("main")) != 1:
        yield "it has not one main part"
    if page.path.startswith(PROCESSOR):
        return
    titles = page.root.all("title")
    parts = titles[0].text.split(" – ") if len(titles) == 1 else []
    portal = next(
        (words(language)[key] for start, key in PORTALS.items() if page.path.startswith(start)), None
    )
    expected = [portal, seller] if portal and page.status < 400 else [seller]
    if parts[-len(expected) :] != expected or len(parts) <= len(expected) or not all(parts):
        yield f"its title is {titles[0].text if titles else None!r}"


def _references(page: Page) -> Iterator[str]:
    ids = Counter(one.get("id") for one in page.root.walk() if "id" in one.attributes)
    yield from (f"the id {name!r} stands {count} times" for name, count in ids.items() if count > 1)
    for one in page.root.walk():
        for attribute in _REFERENCES:
            for name in one.get(attribute).split():
                if name not in ids:
                    yield f"{attribute}={name!r} of a {one.tag} names nothing"
        href = one.get("href")
        if one.tag == "a" and href.startswith("#") and href[1:] not in ids:
            yield f"the link {href!r} leads nowhere"
        if one.tag == "a" and not href:
            yield "a link has no address"


def _forms(page: Page) -> Iterator[str]:
    for form in page.forms:
        tokens = [value for name, value in form.fields if name == "csrf_token"]
        if form.method == "post" and (len(tokens) != 1 or not tokens[0]):
            yield f"the form to {form.action} carries {len(tokens)} tokens"
        if form.method == "get" and tokens:
            yield f"the form to {form.action} shows its token in an address"
        if form.action and not form.action.startswith("/"):
            yield f"a form is sent to {form.action!r}"


def _inline(page: Page) -> Iterator[str]:
    for one in page.root.walk():
        if "style" in one.attributes or one.tag == "style":
            yield f"a {one.tag} has a style of its own"
        if one.tag == "script" and "src" not in one.attributes and not one.get("nonce"):
            yield "a script has no nonce"
        for name, value in one.attributes.items():
            if name.startswith(("on", "hx-on")) or value.strip().lower().startswith("javascript:"):
                yield f"{name} of a {one.tag} holds a script"
            if name in ("src", "href", "action") and _leaves_the_house(one, value):
                yield f"{name}={value!r} is loaded from elsewhere"


def _leaves_the_house(one: Element, address: str) -> bool:
    return one.tag != "a" and not address.startswith(("/", "#")) and bool(address)


def _words(page: Page) -> Iterator[str]:
    shown = page.all_text + " ".join(
        one.get(name) for one in page.root.walk() for name in ("aria-label", "title", "alt", "placeholder")
    )
    yield from (f"{text!r} is left over" for text in LEFTOVERS if text in shown)
    for one in page.root.walk():
        if one.tag in ("button", "a", "h1", "h2", "h3", "th", "legend", "label") and not _name(one):
            yield f"a {one.tag} says nothing"
        if one.text == "None":
            yield f"a {one.tag} says None"


def _name(one: Element) -> str:
    return one.text or one.get("aria-label") or one.get("aria-labelledby") or one.get("title")
