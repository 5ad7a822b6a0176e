"""How a help page is told: whole sentences, in which the words of the screens are put in and stand out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

from portal.shared.domain.routing.tasks import Task
from portal.shared.web.help.labels import CONTROLS, NAMES


@dataclass(frozen=True, slots=True)
class Note:
    """Something to know beside a step."""

    says: LazyString


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. Whoever is signed in is led to it by `task`, a task link, or by `page`, one of our endpoints."""

    says: LazyString
    notes: tuple[Note, ...] = ()
    task: Task | None = None
    page: str = ""


@dataclass(frozen=True, slots=True)
class Ink(Mapping[str, Any]):
    """What sentences may name: the words of the screens, and the values of this page (a product, a number of days)."""

    own: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, key: str) -> Any:
        """A word of a screen as it stands out, or a value."""
        if key in CONTROLS:
            return Markup("<b>{}</b>").format(str(CONTROLS[key]))
        if key in NAMES:
            return str(NAMES[key])
        return self.own[key]

    def __iter__(self) -> Iterator[str]:
        """Every name there is."""
        return iter({**CONTROLS, **NAMES, **self.own})

    def __len__(self) -> int:
        """How many names there are."""
        return len({**CONTROLS, **NAMES, **self.own})


def told(sentence: LazyString, ink: Ink) -> Markup:
    """A sentence in the language of the page; nothing in it is taken for HTML but what stands out."""
    return escape(str(sentence)) % ink
