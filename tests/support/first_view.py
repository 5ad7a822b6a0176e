"""What a browser that comes for the first time fetches for a page, and how many bytes that is on the wire."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin

from tests.support.html import read_html
from tests.support.visitor import Visitor

AS_A_BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
_FONT_FACE = re.compile(r"@font-face\s*{[^}]*}")
_FONT = re.compile(r"url\(\"?([^)\"]+\.woff2)\"?\)")
_RANGE = re.compile(r"U\+([0-9A-Fa-f]+)(?:-([0-9A-Fa-f]+))?")


@dataclass(frozen=True, slots=True)
class FirstView:
    """The page and everything it needs: bytes of each answer's body, as compressed, by address."""

    sizes: dict[str, int]

    @property
    def bytes(self) -> int:
        """All of them together."""
        return sum(self.sizes.values())

    @property
    def requests(self) -> int:
        """How many there are."""
        return len(self.sizes)


def first_view(visitor: Visitor, path: str) -> FirstView:
    """Fetch a page and what it names: style sheets, scripts, its icon, and the fonts for the letters it shows."""
    root = read_html(_text(visitor, path))
    named = [one.attributes.get("href", "") for one in root.all("link")]
    named += [one.attributes.get("src", "") for one in root.all("script")]
    wanted = {name: None for name in named if name.startswith("/")}
    sizes = {path: _size(visitor, path)}
    for name in wanted:
        sizes[name] = _size(visitor, name)
        if ".css" in name:
            fonts = _fonts(_text(visitor, name), name, root.text)
            sizes |= {one: _size(visitor, one) for one in fonts if one not in sizes}
    return FirstView(sizes)


def _size(visitor: Visitor, path: str) -> int:
    with visitor.client.get(path, headers=AS_A_BROWSER) as answer:
        assert answer.status_code == 200, (path, answer.status_code)
        return len(answer.get_data())


def _text(visitor: Visitor, path: str) -> str:
    with visitor.client.get(path) as answer:
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.get_data(as_text=True)


def _fonts(css: str, base: str, text: str) -> set[str]:
    """The fonts whose letters stand on the page."""
    letters = {ord(one) for one in text}
    found = set()
    for face in _FONT_FACE.findall(css):
        ranges = [(int(low, 16), int(high or low, 16)) for low, high in _RANGE.findall(face)]
        if not ranges or any(low <= letter <= high for low, high in ranges for letter in letters):
            found |= {urljoin(base, one) for one in _FONT.findall(face)}
    return found
