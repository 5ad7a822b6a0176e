"""`python3 dev.py scan`: scanners as signed-in roles against the running product, and a report of what they found.

Each scanner first has to find the hole that was made for it in the bad application. Ends with 1 when a scanner is
broken or found something. What the findings of the last long run meant: docs/security/scans.md.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.security import bad_app, description
from tests.security.hostile_texts import HOSTILE_TEXTS
from tests.security.hostile_texts_live import typed_everywhere
from tests.security.offered import ENDS_THE_SESSION, Field, Offer, offers_along_links
from tests.security.tools import sqlmap, wapiti
from tests.site import matrix
from tests.support.demo_house import build_stage, open_house
from tests.support.live_server import running_server

SECRET = "the secret of a scan"
ROLES = (matrix.CONTACT, matrix.CORPORATE_CONTACT, matrix.REP, matrix.MANAGER, matrix.CARE)


@dataclass(frozen=True, slots=True)
class Role:
    """Somebody who is signed in at the scanned server, with the forms they are shown."""

    name: str
    cookie: str
    token: str
    offers: tuple[Offer, ...]


@dataclass(slots=True)
class Report:
    """What was run, how much was sent, and what was found."""

    file: Path
    rows: list[tuple[str, str, str, float, list[str]]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def measure(self, scanner: str, who: str, run: Callable[[], tuple[str, list[str]]]) -> list[str]:
        """Run a scanner, note how much it sent and how long it took; gives what it found."""
        began = time.monotonic()
        sent, found = run()
        self.rows.append((scanner, who, sent, time.monotonic() - began, found))
        self.file.write_text(self.text())  # what is known so far, should a scanner die
        sys.stderr.write(f"{scanner} as {who}: {sent}, {len(found)} found\n")
        return found

    def must_find(
        self, scanner: str, words: tuple[str, ...], run: Callable[[], tuple[str, list[str]]]
    ) -> None:
        """A scanner that does not find these in the bad application is broken."""
        told = " ".join(self.measure(scanner, "anybody, at the bad application", run)).lower()
        self.broken += [f"{scanner} did not find {word!r}" for word in words if word not in told]
        self.file.write_text(self.text())

    def found(self) -> list[str]:
        """Everything found in the product."""
        return [one for _, who, _, _, found in self.rows if "bad application" not in who for one in found]

    def text(self) -> str:
        """The report as Markdown."""
        head = f"# Scan of {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n\n"
        table = "| scanner | signed in as | sent | seconds | found |\n|---|---|---|---|---|\n"
        table += "".join(
            f"| {scanner} | {who} | {sent} | {seconds:.0f} | {len(found)} |\n"
            for scanner, who, sent, seconds, found in self.rows
        )
        said = "".join(
            f"\n## {scanner}, {who}\n\n" + "".join(f"- {one}\n" for one in sorted(set(found)))
            for scanner, who, _, _, found in self.rows
            if found
        )
        return head + table + said + "".join(f"\n**Broken: {one}**\n" for one in self.broken)


@contextmanager
def product(folder: Path) -> Iterator[tuple[str, list[Role]]]:
    """The product with its demo cast under its own server, and the roles that are signed in there."""
    now = datetime.now(UTC)
    stage = build_stage(folder / "stage", now)
    with open_house(stage, folder / "server", now, secret_key=SECRET) as house:
        roles = []
        for name in ROLES:
            visitor, offers = offers_along_links(house, name)
            token = visitor.token()
            cookie = visitor.client.get_cookie("session")
            assert cookie is not None
            fine = tuple(one for one in offers.values() if one.endpoint not in ENDS_THE_SESSION)
            roles.append(Role(name, cookie.value, token, fine))
    # As behind HTTPS, so that cookies and headers are those of a real installation.
    os.environ.update(SECRET_KEY=SECRET, HTTPS="1", PROOF_MINUTES="600")
    with running_server(folder / "server") as server:
        yield server.url, roles


def scan(folder: Path, file: Path, only: str | None, minutes: float, who: str | None) -> Report:
    """Run every scanner, or one, on the bad application and then as every role, or one, on the product."""
    report = Report(file)
    tools = {
        "hostile texts": _hostile,
        "schemathesis": _schemathesis,
        "wapiti": _wapiti,
        "sqlmap": _sqlmap,
    }
    chosen = {name: run for name, run in tools.items() if only in (None, name)}
    bad = Role("nobody", "", "", BAD_OFFERS)
    with bad_app.served() as url:
        for name, run in chosen.items():
            report.must_find(name, MUST_FIND[name], lambda run=run: run(url, bad, folder / "bad", minutes))  # type: ignore[misc]
    with product(folder) as (url, roles):
        for name, run in chosen.items():
            for role in (one for one in roles if who in (None, one.name)):
                report.measure(
                    name,
                    role.name,
                    lambda run=run, role=role: run(url, role, folder / role.name, minutes),  # type: ignore[misc]
                )
    return report


BAD_OFFERS = (
    Offer("seats", "post", "/seats", "nobody", {"seats": Field("3"), "name": Field("Ada")}),
    Offer("item", "get", "/item", "nobody", {"number": Field("1")}),
    Offer("search", "get", "/search", "nobody", {"words": Field("a")}),
)
MUST_FIND = {
    "hostile texts": ("500", "markup"),
    "schemathesis": ("500",),
    "wapiti": (
        "cross site scripting",
        "sql injection",
        "redirect",
        "internal server error",
        "csp is not set",
    ),
    "sqlmap": ("number",),
}


def _cookie(role: Role) -> str:
    return f"__Host-session={role.cookie}" if role.cookie else ""


def _hostile(url: str, role: Role, folder: Path, minutes: float) -> tuple[str, list[str]]:
    sent, found = typed_everywhere(url, role.offers, _cookie(role), role.token, 60 * minutes)
    return f"{sent} forms, {len(HOSTILE_TEXTS)} texts", found


def _schemathesis(url: str, role: Role, folder: Path, minutes: float) -> tuple[str, list[str]]:
    posts = [one for one in role.offers if one.method == "post" and one.fields]
    told = description.described(posts, role.token)
    sent, found = description.tried(told, url, {"Cookie": _cookie(role)}, max(4, int(10 * minutes)))
    return f"{sent} forms", found


def _wapiti(url: str, role: Role, folder: Path, minutes: float) -> tuple[str, list[str]]:
    return wapiti(url, _cookie(role), folder, 60 * minutes)


def _sqlmap(url: str, role: Role, folder: Path, minutes: float) -> tuple[str, list[str]]:
    return sqlmap(url, role.offers, _cookie(role), role.token, folder, 60 * minutes)


def main() -> int:
    """Scan, and write the report."""
    asked = argparse.ArgumentParser(prog="dev.py scan", description=__doc__)
    asked.add_argument(
        "--report", type=Path, default=Path("scan-report.md"), help="where to write (%(default)s)"
    )
    asked.add_argument("--only", choices=sorted(MUST_FIND), help="one scanner")
    asked.add_argument(
        "--minutes", type=float, default=5, help="the most a scanner may take as one role (%(default)s)"
    )
    asked.add_argument("--role", choices=ROLES, help="as one role")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="twodoor-scan-") as folder:
        report = scan(Path(folder), told.report, told.only, told.minutes, told.role)
    told.report.write_text(report.text())
    sys.stderr.write(json.dumps({"broken": report.broken, "found": len(report.found())}) + "\n")
    return 1 if report.broken or report.found() else 0


if __name__ == "__main__":
    raise SystemExit(main())
