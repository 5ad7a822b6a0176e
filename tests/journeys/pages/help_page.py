"""A help page, read by somebody who knows nothing but what stands on it."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

# What a reader may find by its name: something to press, to fill in, to choose, or a part of the page.
_ROLES = ("button", "link", "textbox", "radio", "group", "region", "heading", "rowheader")


@dataclass(frozen=True, slots=True)
class HelpPage:
    """The steps of a help page, as the words that stand out in them."""

    page: Page

    def steps(self) -> list[list[str]]:
        """For each step of the first door the words that stand out in it; notes are read by `note`."""
        items = self.page.locator("ol.help-steps").first.locator("> li")
        return [one.locator("> p").first.locator("b").all_inner_texts() for one in items.all()]

    def note(self, step: int) -> list[str]:
        """The words that stand out in the first note of a step."""
        item = self.page.locator("ol.help-steps").first.locator("> li").nth(step)
        return item.locator(".help-note").first.locator("b").all_inner_texts()

    def follow_first_link(self) -> None:
        """Press the link of the first step."""
        first = self.page.locator("ol.help-steps").first.locator("> li").first
        first.locator("> p").first.get_by_role("link").click()

    @property
    def last_paragraph(self) -> Locator:
        """What is said when the steps are done."""
        return self.page.locator(".help-after")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who looks for things by their names alone."""

    page: Page

    def press(self, name: str, inside: Locator | None = None) -> None:
        """Press the one thing that can be pressed and has this name."""
        where = inside if inside is not None else self.page.locator("main")
        button = where.get_by_role("button", name=name, exact=True)
        link = where.get_by_role("link", name=name, exact=True)
        button.or_(link).first.click()

    def sees(self, name: str) -> None:
        """The page has something of this name: a control, a part, or a fact."""
        main = self.page.locator("main")
        found = main.locator("dt").filter(has_text=name)
        for role in _ROLES:
            found = found.or_(main.get_by_role(role, name=name, exact=True))  # type: ignore[arg-type]
        expect(found.first, f"{name!r} on {self.page.url}").to_be_visible()

    def fills(self, names: list[str], value: str) -> None:
        """Fill in the one field among things of these names."""
        field, *others = [self.page.get_by_role("textbox", name=name, exact=True) for name in names]
        for other in others:
            field = field.or_(other)
        field.fill(value)
