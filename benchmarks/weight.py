"""What the application weighs: pages on a slow phone, documents, the memory of two processes, and what is installed."""

from __future__ import annotations

import re
import time
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, sync_playwright

from benchmarks.grounds import Ground, SqliteGround
from benchmarks.journey import minimal
from benchmarks.journey.buyers import FloorBuyer, PortalBuyer, Times, journey
from benchmarks.journey.floor import floor_engine
from benchmarks.journey.servers import children, running
from benchmarks.measuring import Noise, Spread, ratio
from benchmarks.report import Report
from benchmarks.shop import customers, filled, shop_on
from portal.shared.records.database import Database
from portal.shared.records.invoices import Invoice
from portal.shared.services.catalog.reading import names
from portal.shared.services.invoices.reading import invoice_of
from portal.shared.web.documents.invoices import invoice_pdf
from tests.support import factories
from tests.support.browser import browser_flags, find_browser
from tests.support.live_server import CastMember, LiveServer, running_server

DOCUMENTS = 20
# As a phone of the simpler kind on a slow mobile network: what Lighthouse calls slow 4G.
SLOWER, ROUND_TRIP_MS, DOWN_BITS, UP_BITS = 4, 150, 1_600_000, 750_000
ROOT = Path(__file__).parents[1]


def measure_memory(ground: Ground, folder: Path, rounds: int, noise: Noise, report: Report) -> None:
    """Two processes of the web server after some orders, and the floor's: what several share is counted in parts."""
    ours_url, floor_url = ground.fresh(), ground.fresh()
    home = folder / f"memory-{ground.name}"
    home.mkdir()
    database = Database(ours_url)
    people = [PortalBuyer(one) for one in filled(database, home, 4, 3)]
    database.dispose()
    engine = floor_engine(floor_url)
    with engine.begin() as connection:
        minimal.make(connection, 4)
    engine.dispose()
    ours, floor = [], []
    for _ in range(rounds):
        with running("portal", ours_url, home) as server:
            for one in people:
                one.sign_in(server.port)
                journey(one, server.port, Times())
            ours.append(_held(server.pid))
        with running("floor", floor_url, folder / f"memory-floor-{ground.name}") as server:
            for number in range(1, 5):
                journey(FloorBuyer(number), server.port, Times())
            floor.append(_held(server.pid))
    report.heading(f"Memory of the web server's processes, {ground.name}")
    report.line("two processes and the one that holds them", "MiB", Spread.of(ours))
    report.line("the floor's", "MiB", Spread.of(floor))
    report.ratio("memory ÷ the floor's", "MiB", ratio(ours, floor))


def measure_documents(folder: Path, rounds: int, noise: Noise, report: Report) -> None:
    """An invoice as PDF with the e-invoice inside, as the page makes it, on SQLite."""
    with shop_on(SqliteGround(folder).fresh(), folder) as shop:
        customers(shop, folder, 1, 1)
        with shop.database.read() as session, shop.app.test_request_context():
            invoice = session.query(Invoice).first()
            assert invoice is not None
            view, words = invoice_of(session, invoice.account_id, invoice.name, factories.NOW), names(session)
            assert view is not None
            made = [invoice_pdf(view, words) for _ in range(3)]
            spent = []
            for _ in range(rounds):
                noise.sample()
                began = time.process_time()
                for _ in range(DOCUMENTS):
                    invoice_pdf(view, words)
                spent.append(1000 * (time.process_time() - began) / DOCUMENTS)
    report.heading("An invoice as a file")
    report.count("bytes of the PDF", len(made[0]))
    report.count("whether the e-invoice is inside", int(b"factur-x.xml" in made[0]))
    report.line("making it", "CPU ms", Spread.of(spent))


def measure_installation(folder: Path, rounds: int, noise: Noise, report: Report) -> None:
    """What the locked packages of the runtime take on the disk."""
    named = re.findall(
        r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements/runtime.lock").read_text(), re.MULTILINE
    )
    sizes = {}
    for name in named:
        try:
            files = distribution(name).files or []
        except PackageNotFoundError:
            continue  # of another system or another Python
        sizes[name] = sum(
            path.stat().st_size for path in (Path(str(one.locate())) for one in files) if path.is_file()
        )
    report.heading("What is installed")
    report.count("packages of the runtime", len(sizes))
    report.count("their bytes, without ours", sum(sizes.values()))
    for name in sorted(sizes, key=lambda one: -sizes[one])[:6]:
        report.count(f"   of them {name}", sizes[name])


def measure_phone(folder: Path, rounds: int, noise: Noise, report: Report) -> None:
    """The first view of the pages most used, each in a browser that has seen nothing before."""
    pages = (
        ("overview", "monthly", "/billing/", ""),
        ("edit", "monthly", "/billing/", "a[href$='/edit']"),
        ("checkout", "cart", "/billing/checkout", ""),
        ("invoices", "monthly", "/billing/invoices", ""),
        ("corporate overview", "corporate", "/corp-billing/", ""),
    )
    report.heading(
        f"A first view in Chromium, processor {SLOWER} times slower, {DOWN_BITS // 1000} kbit/s, "
        f"{ROUND_TRIP_MS} ms for a round trip"
    )
    with running_server(folder / "phone") as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=list(browser_flags()))
        for name, story, path, link in pages:
            person = server.person(story)
            seen = [_visit(browser, server, person, path, link) for _ in range(max(rounds, 3))]
            report.count(f"{name}: bytes on the wire", round(median(one["bytes"] for one in seen)))
            report.count(f"{name}: requests", round(median(one["requests"] for one in seen)))
            report.line(f"{name}: first words", "ms", Spread.of([one["painted"] for one in seen]))
            report.line(f"{name}: interactive", "ms", Spread.of([one["interactive"] for one in seen]))
        browser.close()


_WATCH = """
window.__long = 0;
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.__long = Math.max(window.__long, one.startTime + one.duration);
}).observe({type: 'longtask', buffered: true});
"""
_TIMES = """() => {
  const [page] = performance.getEntriesByType('navigation');
  const [paint] = performance.getEntriesByName('first-contentful-paint');
  const painted = paint ? paint.startTime : 0;
  return {painted, interactive: Math.max(painted, page.domContentLoadedEventEnd, window.__long)};
}"""


def _visit(
    browser: Browser, server: LiveServer, person: CastMember, path: str, link: str
) -> dict[str, float]:
    """Sign in at full speed, forget every file, and open the page as a slow phone does."""
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.goto(server.url + "/sign-in")
    page.fill("[name=email]", person.email)
    page.fill("[name=password]", person.password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.goto(server.url + path)
    address = page.url if not link else server.url + str(page.locator(link).first.get_attribute("href"))
    page.goto("about:blank")
    cdp = context.new_cdp_session(page)
    received = _slowly(cdp)
    page.add_init_script(_WATCH)
    page.goto(address, wait_until="load")
    page.wait_for_load_state("networkidle")
    page.wait_for_function("performance.getEntriesByName('first-contentful-paint').length")
    times: dict[str, float] = page.evaluate(_TIMES)
    context.close()
    return {**times, "bytes": sum(received), "requests": len(received)}


def _slowly(cdp: CDPSession) -> list[float]:
    """From now on the phone is slow and its shelf empty; the list fills with what each answer weighed on the wire."""
    received: list[float] = []

    def note(told: dict[str, Any]) -> None:
        received.append(told["encodedDataLength"])

    cdp.send("Network.enable")
    cdp.send("Network.clearBrowserCache")
    cdp.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": ROUND_TRIP_MS,
            "downloadThroughput": DOWN_BITS / 8,
            "uploadThroughput": UP_BITS / 8,
        },
    )
    cdp.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    cdp.on("Network.loadingFinished", note)
    return received


def _held(pid: int) -> float:
    """MiB of a process and those it started; what several share is counted in parts."""
    total = 0.0
    for one in (pid, *children(pid)):
        told = Path(f"/proc/{one}/smaps_rollup").read_text()
        found = re.search(r"^Pss:\s+([0-9]+) kB", told, re.MULTILINE)
        assert found is not None
        total += int(found[1]) / 1024
    return total
