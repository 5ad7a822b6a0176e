"""Scanners that are programs of their own (wapiti, sqlmap): how they are called, and what they say they found."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from tests.security.offered import TOKEN, Offer

SCANNERS = (
    Path(sys.prefix) / "scanners" / "bin"
)  # their own environment, because they want other versions than we do
# Without `ldap`: there is none here, and it takes our refusal of NUL, which it sends, for a sign of it.
MODULES = (
    "xss,permanentxss,sql,redirect,crlf,file,exec,csrf,cookieflags,csp,http_headers,methods,upload,backup"
)
# What ends the session, and what belongs to another company's site in the demo.
NOT_THERE = ("/sign-out", "/sign-in-and-security/sessions*", "/sandbox-processor*")
SPARE_SECONDS = 400


def wapiti(url: str, cookie: str, folder: Path, seconds: float) -> tuple[str, list[str]]:
    """Let wapiti walk along the links and attack what it finds; gives how much it saw, and its findings."""
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / "wapiti.json"
    command = [
        str(SCANNERS / "wapiti"),
        "-u",
        f"{url}/",
        "-m",
        MODULES,
        "--scope",
        "folder",
        "-f",
        "json",
        "-o",
        str(report),
    ]
    command += ["--store-session", str(folder / "wapiti"), "--flush-session", "--no-bugreport", "-v", "0"]
    command += [
        "--max-scan-time",
        str(int(seconds / 3)),
        "--max-attack-time",
        str(max(20, int(seconds / 20))),
    ]
    command += ["--drop-set-cookie", *(["-C", cookie] if cookie else [])]
    command += [part for path in NOT_THERE for part in ("-x", url + path)]
    patience = 3 * seconds + SPARE_SECONDS  # each module may use up its time
    ran = subprocess.run(command, capture_output=True, text=True, timeout=patience, check=False)
    if not report.exists():
        said = " ".join((ran.stdout + ran.stderr).split())
        return "nothing", [f"wapiti wrote no report: {said[-400:]}"]
    told = json.loads(report.read_text())
    found = [
        f"{kind}: {one['method']} {urlsplit(one['path']).path} ({one.get('parameter') or '-'}): {one['info']}"
        for group in ("vulnerabilities", "anomalies")
        for kind, ones in told[group].items()
        for one in ones
    ]
    return f"{told['infos']['crawled_pages_nbr']} pages", found


def sqlmap(
    url: str, offers: Iterable[Offer], cookie: str, token: str, folder: Path, seconds: float
) -> tuple[str, list[str]]:
    """Let sqlmap attack every field of these forms; gives how many it had, and what could be injected."""
    folder.mkdir(parents=True, exist_ok=True)
    requests, results = folder / "requests.log", folder / "sqlmap.csv"
    offers = [one for one in offers if one.fields]
    requests.write_text("".join(_request(url, one, cookie, token) for one in offers))
    command = [
        str(SCANNERS / "sqlmap"),
        "-l",
        str(requests),
        "--batch",
        "--level=1",
        "--risk=1",
        "--technique=BEU",
    ]
    command += ["--smart", "--skip", f"{TOKEN},key,shown", "--results-file", str(results), "--threads=4"]
    command += ["--output-dir", str(folder / "sqlmap"), "--flush-session", "--disable-coloring"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
        said = ran.stdout
    except subprocess.TimeoutExpired as late:
        said = (late.stdout or b"").decode()
    (folder / "sqlmap.log").write_text(said)
    found = []
    if results.exists():
        with results.open() as file:
            found = [
                f"{row['Target URL']}: {row['Parameter']} ({row['Technique(s)']})"
                for row in csv.DictReader(file)
                if row.get("Parameter")
            ]
    tested = said.count("testing if the target URL content is stable") or said.count("testing URL")
    return f"{tested} of {len(offers)} forms", found


def _request(url: str, offer: Offer, cookie: str, token: str) -> str:
    """A request as a proxy would have noted it."""
    fields = offer.filled() | ({TOKEN: token} if token else {})
    body = urlencode({name: value or "1" for name, value in fields.items()})
    host = urlsplit(url).netloc
    line, typed = (f"POST {offer.path}", body) if offer.method == "post" else (f"GET {offer.path}?{body}", "")
    rule = "=" * 54
    return (
        f"{rule}\n12:00:00  {url}  [127.0.0.1]\n{rule}\n{line} HTTP/1.1\nHost: {host}\n"
        + (f"Cookie: {cookie}\n" if cookie else "")
        + "Content-Type: application/x-www-form-urlencoded\n"
        + f"\n{typed}\n{rule}\n\n\n\n"
    )
