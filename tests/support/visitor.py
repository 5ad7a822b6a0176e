"""Somebody who reads pages and sends their forms, as a browser without scripts does, straight to the application."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.support.html import Element, Form, forms_of, read_html

Typed = Mapping[str, str | list[str] | None]


@dataclass
class Page:
    """An answer, read."""

    status: int
    path: str
    html: str
    answer: TestResponse
    root: Element = field(repr=False)

    @property
    def text(self) -> str:
        """Everything that is read on the page itself, without the frame around it."""
        main = self.root.all("main")
        return (main[0] if main else self.root).text

    @property
    def all_text(self) -> str:
        """Everything that is read, the frame and its messages included."""
        return self.root.text

    @property
    def heading(self) -> str:
        """The one heading of the page."""
        (heading,) = self.root.all("h1")
        return heading.text

    @property
    def forms(self) -> list[Form]:
        """Its forms."""
        return forms_of(self.root)

    def form(self, ending: str) -> Form:
        """The one form that is sent to an address with this ending; a card says some of its menu twice, alike."""
        found = [form for form in self.forms if self._sent_to(form).endswith(ending)]
        alike = {(form.action, tuple(form.fields)) for form in found}
        assert len(alike) == 1, f"{len(alike)} forms end in {ending!r} on {self.path}: {self.text[:300]}"
        return found[0]

    def has_form(self, ending: str) -> bool:
        """Whether one is sent to such an address."""
        return any(self._sent_to(form).endswith(ending) for form in self.forms)

    def _sent_to(self, form: Form) -> str:
        return urlsplit(form.action).path or self.path

    def value(self, name: str) -> str | None:
        """What stands in a field, or which of several is ticked."""
        fields = [pair for form in self.forms for pair in form.fields if pair[0] == name]
        return fields[0][1] if fields else None

    def problem(self, name: str) -> str | None:
        """The sentence beside a field; nothing when the field is fine."""
        beside = self.root.by_id(f"{name}-error")
        return beside.text if beside else None

    @property
    def problems(self) -> list[str]:
        """The sentences summed up on top."""
        boxes = self.root.all(class_="error-summary")
        return [line.text for box in boxes for line in box.all("li")]

    @property
    def total(self) -> str:
        """The total due of the order summary."""
        (foot,) = [one for one in self.root.all("section", class_="summary") for one in one.all("tfoot")]
        return foot.all("td")[0].text


@dataclass
class Visitor:
    """A browser with its cookies."""

    client: FlaskClient

    def get(self, path: str, *, follow: bool = True, headers: Mapping[str, str] | None = None) -> Page:
        """Ask for a page, and go where it leads."""
        return read(
            self.client.get(path, follow_redirects=follow, headers=dict(headers or {}), buffered=True)
        )

    def post(
        self, path: str, fields: Iterable[tuple[str, str]] | Mapping[str, str], *, follow: bool = True
    ) -> Page:
        """Send fields as they are."""
        data = MultiDict(fields.items() if isinstance(fields, Mapping) else list(fields))
        return read(self.client.post(path, data=data, follow_redirects=follow, buffered=True))

    def send(self, page: Page, ending: str, typed: Typed | None = None, *, follow: bool = True) -> Page:
        """Send a form of a page with some fields typed anew (None: left out; a list: ticked several times)."""
        form = page.form(ending)
        return self.post(form.action or page.path, filled(form, typed or {}), follow=follow)

    def show_code(self, page: Page) -> Page:
        """Type the one-time code that the demo says, where a page asks for it; else stay on the page."""
        said = [one for one in page.root.all("b") if "data-demo-code" in one.attributes]
        if page.path != "/sign-in/second-factor":
            return page
        return self.send(page, "/second-factor", {"code": said[0].text})

    def token(self) -> str:
        """The token every form of this browser carries."""
        for path in ("/accounts", "/sign-in"):  # small pages; the first has a form for whoever is signed in
            token = self.get(path, follow=False).value("csrf_token")
            if token is not None:
                return token
        raise AssertionError("no page holds a form")


def filled(form: Form, typed: Typed) -> list[tuple[str, str]]:
    """What a form sends, with some of its fields typed anew."""
    fields = [(name, value) for name, value in form.fields if name not in typed]
    for name, value in typed.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        fields += [(name, one) for one in values]
    return fields


def read(answer: TestResponse) -> Page:
    """An answer, read; its path is where one ended up."""
    path = answer.request.path
    if 300 <= answer.status_code < 400:
        path = answer.location or ""
    html = answer.text if (answer.mimetype or "").startswith(("text/", "application/json")) else ""
    return Page(answer.status_code, path, html, answer, read_html(html))
