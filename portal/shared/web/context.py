"""What every template may name."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Flask, current_app, url_for
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from jinja2 import Undefined

from portal.shared.services.rehearsal import movable
from portal.shared.web import pieces
from portal.shared.web.display import format_long_date, language
from portal.shared.web.entrance.identity import current_person
from portal.shared.web.entrance.languages import LANGUAGES, html_lang
from portal.shared.web.entrance.own_paths import FRONT, resume_path
from portal.shared.web.frame import Demo, Language, assets, site_header
from portal.shared.web.headers import csp_nonce
from portal.shared.web.house import house
from portal.shared.web.statics import static_url


class Missing(Undefined):
    """A name no page gave: a layout may ask for it, but it is never printed: an amount must not show as nothing."""

    __str__ = __iter__ = __len__ = Undefined._fail_with_undefined_error  # noqa: SLF001  # as StrictUndefined does


def install(app: Flask) -> None:
    """Give every page the seller, the person, the language and the addresses of static files."""
    app.context_processor(_every_page)
    app.jinja_env.globals.update(
        static_url=static_url, csp_nonce=csp_nonce, assets=assets, site_header=site_header
    )
    pieces.install(app, token=generate_csrf, way_back=resume_path)


def _every_page() -> dict[str, Any]:
    person = current_person()
    return {
        "home_url": FRONT,
        "seller": house().settings.seller,
        "demo": _demo() if house().settings.demo else None,
        "person": person,
        "switch_url": url_for("front.choose_account") if person and len(person.memberships) > 1 else None,
        "html_lang": html_lang(),
        "languages": _languages(str(get_locale())),
    }


@cache
def _languages(spoken: str) -> tuple[Language, ...]:
    return tuple(Language(code.replace("_", "-"), name, code == spoken) for code, name in LANGUAGES.items())


def _demo() -> Demo:
    mailbox, clock = "front.demo_mailbox", movable(house().clock)
    return Demo(
        mailbox_url=url_for(mailbox) if mailbox in current_app.view_functions else FRONT,
        clock_url=url_for("front.demo_clock") if clock else None,
        day=format_long_date(clock.now(), language(), "UTC") if clock and clock.ahead else None,
    )
