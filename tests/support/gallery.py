"""Every page as a picture: in every language and theme, wide and on a phone, with an index to compare them.

`python -m tests.support.gallery FOLDER` (or `python3 dev.py gallery FOLDER`) brings in a demo in which everything has
happened once, walks through it as everybody of its cast, and takes a picture of each page it meets for the first time;
the mails are pages of the demo, and of documents there is a picture where `pdftoppm` is at hand.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from portal.shared.web.entrance.languages import LANGUAGES
from tests.site.furnishing import furnish
from tests.site.walking import Visit, walk_everywhere
from tests.support.browser import browser_flags, make_sure_of_a_browser
from tests.support.demo_house import DemoHouse, build_stage, open_house
from tests.support.open_doors import OpenHouse, open_to_browsers
from tests.support.pseudo import LANGUAGE, speak_pseudo

LONG = "long"  # not a language: English, two fifths longer
THEMES = ("light", "dark")
WIDTHS = (1280, 360)
MOST_OF_A_KIND = {"front.demo_mail": 60, "front.help_page": 30}
_STYLE = """body{font:15px system-ui;margin:2rem;background:#f4f4f5;color:#222}h2{margin:2rem 0 .5rem}
.row{display:flex;gap:1rem;flex-wrap:wrap;align-items:flex-start}figure{margin:0}figcaption{font-size:12px;color:#666}
img{border:1px solid #ccc;max-height:30rem;width:auto;max-width:34rem;object-fit:contain;object-position:top}"""


@dataclass(frozen=True, slots=True)
class Shot:
    """A page to be taken: its name, who looks, and where."""

    name: str
    who: str | None
    path: str


@dataclass(frozen=True, slots=True)
class Look:
    """How it is looked at."""

    language: str
    theme: str
    width: int

    @property
    def folder(self) -> str:
        """Where its pictures lie."""
        return f"{self.language}-{self.theme}-{self.width}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Take the pictures, and write the index."""
    wish = _wishes(arguments)
    looks = [Look(*one) for one in _mixed(wish.languages, wish.themes, wish.widths)]
    target: Path = wish.folder
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as room, sync_playwright() as playwright:
        stage = build_stage(Path(room) / "stage")
        browser = playwright.chromium.launch(
            executable_path=str(make_sure_of_a_browser()), args=list(browser_flags())
        )
        with open_house(stage, Path(room) / "house") as house:
            furnish(house)
            shots = [shot for shot in _shots(house) if wish.only in shot.name]
            for look in looks:
                if look.language == LONG:
                    with open_house(house.folder, Path(room) / look.folder) as long_house:
                        speak_pseudo(long_house.app)
                        _take(long_house, browser, shots, look, target)
                else:
                    _take(house, browser, shots, look, target)
            documents = [] if wish.only else _documents(house, target)
        browser.close()
    index = target / "index.html"
    index.write_text(_index(shots, looks, documents), encoding="utf-8")
    print(f"{len(shots)} pages, {len(looks)} looks, {len(documents)} documents: {index}")  # noqa: T201  # the answer


def _wishes(arguments: Sequence[str] | None) -> argparse.Namespace:
    known = argparse.ArgumentParser(prog="dev.py gallery", description=__doc__)
    known.add_argument("folder", type=Path, help="where the pictures and index.html go")
    known.add_argument("--languages", nargs="+", choices=[*LANGUAGES, LONG], default=list(LANGUAGES))
    known.add_argument("--themes", nargs="+", choices=THEMES, default=list(THEMES))
    known.add_argument("--widths", nargs="+", type=int, default=list(WIDTHS))
    known.add_argument("--only", default="", help="pages with this in their name")
    return known.parse_args(arguments)


def _mixed(
    languages: Sequence[str], themes: Sequence[str], widths: Sequence[int]
) -> Iterator[tuple[str, str, int]]:
    for language in languages:
        for theme in themes:
            for width in widths:
                yield language, theme, width


def _shots(house: DemoHouse) -> Iterator[Shot]:
    """The first visit to every page by every kind of person, and every page that said no."""
    seen: dict[str, int] = {}
    for visit in walk_everywhere(house, LANGUAGE):
        kind = visit.endpoint or f"error-{visit.page.status}"
        if visit.page.status not in (200, 404):
            continue
        if seen.get(kind, 0) < MOST_OF_A_KIND.get(kind, 2) and not _seen_so(visit, seen):
            seen[kind] = seen.get(kind, 0) + 1
            who = None if visit.who == "nobody" else visit.who
            yield Shot(f"{kind}-{seen[kind]}", who, visit.asked)


def _seen_so(visit: Visit, seen: dict[str, int]) -> bool:
    """Whether a page with the very same heading was seen: mails of a kind, states of an order."""
    headings = visit.page.root.all("h1")
    key = f"{visit.endpoint}: {headings[0].text if headings else visit.page.path}"
    seen[key] = seen.get(key, 0) + 1
    return seen[key] > 1 and visit.endpoint in MOST_OF_A_KIND


def _take(house: DemoHouse, browser: Browser, shots: Sequence[Shot], look: Look, target: Path) -> None:
    folder = target / look.folder
    folder.mkdir(exist_ok=True)
    language = LANGUAGE if look.language == LONG else look.language
    with open_to_browsers(house) as opened:
        window = opened.page(
            browser,
            None,
            language=language,
            viewport={"width": look.width, "height": 900 if look.width > 600 else 740},
            color_scheme=look.theme,
            reduced_motion="reduce",
        )
        for shot in shots:
            _speak(opened, window, shot.who, language)
            window.goto(opened.url + shot.path)
            window.screenshot(path=folder / f"{shot.name}.png", full_page=True)
        window.context.close()


def _speak(opened: OpenHouse, window: Page, who: str | None, language: str) -> None:
    """Let somebody in, with the language of this look."""
    window.context.clear_cookies()
    if who is not None:
        opened.let_in(window.context, who)
        opened.house.choose_language(who, language)
    window.context.add_cookies([{"name": "language", "value": language, "url": opened.url}])


def _documents(house: DemoHouse, target: Path) -> list[str]:
    """The first page of every kind of document, where something can draw it."""
    painter = shutil.which("pdftoppm")
    if painter is None:
        return []
    names: list[str] = []
    for story, path in _papers(house):
        answer = house.contact(story).client.get(path)
        if answer.mimetype != "application/pdf":
            continue
        name = f"document-{len(names) + 1}"
        paper = target / f"{name}.pdf"
        paper.write_bytes(answer.data)
        subprocess.run(
            [painter, "-png", "-r", "80", "-singlefile", str(paper), str(target / name)], check=True
        )
        names.append(name)
    return names


def _papers(house: DemoHouse) -> Iterator[tuple[str, str]]:
    yield "monthly", "/billing/statement/pdf"
    yield "corporate", "/corp-billing/quotes/1/pdf"
    for story, portal in (("monthly", "billing"), ("annual", "billing"), ("corporate", "corp-billing")):
        page = house.contact(story).get(f"/{portal}/invoices")
        links = [one.get("href") for one in page.root.all("a") if f"/{portal}/invoices/" in one.get("href")]
        yield from ((story, f"{link}/pdf") for link in links[:1])


def _index(shots: Sequence[Shot], looks: Sequence[Look], documents: Sequence[str]) -> str:
    """The page on which everything is looked at."""
    parts = [
        f"<!doctype html><meta charset=utf-8><title>Gallery</title><style>{_STYLE}</style><h1>Gallery</h1>"
    ]
    for shot in shots:
        parts.append(f"<h2 id='{escape(shot.name)}'>{escape(shot.name)}</h2>")
        parts.append(f"<p>{escape(shot.path)} · {escape(shot.who or 'nobody')}</p><div class=row>")
        for look in looks:
            file = f"{look.folder}/{shot.name}.png"
            parts.append(
                f"<figure><a href='{file}'><img loading=lazy src='{file}' alt=''></a>"
                f"<figcaption>{look.language}, {look.theme}, {look.width}</figcaption></figure>"
            )
        parts.append("</div>")
    if documents:
        pictures = "".join(f"<a href='{one}.pdf'><img src='{one}.png' alt='{one}'></a>" for one in documents)
        parts.append(f"<h2>Documents</h2><div class=row>{pictures}</div>")
    return "\n".join(parts)


if __name__ == "__main__":
    main()
