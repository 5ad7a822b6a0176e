"""A page as a browser reads it: its elements, and its forms with what they would send."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_SILENT = frozenset(("script", "style", "template"))

Fields = list[tuple[str, str]]


@dataclass(eq=False)
class Element:
    """A tag with what stands in it."""

    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """The element itself and everything in it, in the order of the page."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def all(self, *tags: str, **attributes: str) -> list[Element]:
        """Every element of these tags with these attributes (`class_` for one class among several)."""
        wanted_class = attributes.pop("class_", None)
        return [
            one
            for one in self.walk()
            if (not tags or one.tag in tags)
            and (wanted_class is None or wanted_class in one.get("class").split())
            and all(one.attributes.get(name) == value for name, value in attributes.items())
        ]

    def by_id(self, identity: str) -> Element | None:
        """The element with this id."""
        return next((one for one in self.walk() if one.attributes.get("id") == identity), None)

    def get(self, name: str) -> str:
        """An attribute, or nothing."""
        return self.attributes.get(name, "")

    @property
    def text(self) -> str:
        """What is read in it, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            elif child.tag not in _SILENT:
                yield " "
                yield from child._texts()


@dataclass(frozen=True)
class Form:
    """A form, and the controls that belong to it wherever they stand."""

    element: Element
    controls: tuple[Element, ...]

    @property
    def action(self) -> str:
        """Where it is sent to."""
        return self.element.get("action")

    @property
    def method(self) -> str:
        """`get` or `post`."""
        return self.element.get("method").lower() or "get"

    @property
    def fields(self) -> Fields:
        """What it would send as it stands, without any button."""
        return [pair for control in self.controls for pair in _sent(control)]

    @property
    def names(self) -> set[str]:
        """The names of all its controls, ticked or not."""
        return {control.get("name") for control in self.controls} - {""}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def read_html(text: str) -> Element:
    """The tree of a page."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.root


def forms_of(page: Element) -> list[Form]:
    """Every form of a page; once more for each of its buttons that sends it to another address."""
    found = [Form(element, tuple(_controls(page, element))) for element in page.all("form")]
    for form in list(found):
        for control in form.controls:
            elsewhere = control.get("formaction")
            if elsewhere:
                twin = replace(form.element, attributes={**form.element.attributes, "action": elsewhere})
                found.append(Form(twin, form.controls))
    return found


def _controls(page: Element, form: Element) -> Iterator[Element]:
    inside = {id(one) for one in form.walk()}
    for one in page.all("input", "textarea", "select", "button"):
        named = one.attributes.get("form")
        if named == form.get("id") if named is not None else id(one) in inside:
            yield one


def _sent(control: Element) -> Fields:
    name, kind = control.get("name"), control.get("type")
    if not name or "disabled" in control.attributes or control.tag == "button":
        return []
    if control.tag == "textarea":
        return [(name, "".join(child for child in control.children if isinstance(child, str)))]
    if control.tag == "select":
        options = control.all("option")
        chosen = [one for one in options if "selected" in one.attributes] or options[:1]
        return [(name, one.attributes.get("value", one.text)) for one in chosen]
    if kind in ("checkbox", "radio") and "checked" not in control.attributes:
        return []
    return [(name, control.attributes.get("value", "on" if kind in ("checkbox", "radio") else ""))]
