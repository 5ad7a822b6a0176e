"""Sixty ways to write an address that should lead out of the house, and how a browser would read an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

EVIL = "evil.example"

HOSTILE: Mapping[str, str] = {
    # Said openly
    "https": f"https://{EVIL}/",
    "http": f"http://{EVIL}/",
    "scheme in capitals": f"HTTPS://{EVIL}/",
    "ftp": f"ftp://{EVIL}/",
    "one slash after the scheme": f"https:/{EVIL}/",
    "no slash after the scheme": f"https:{EVIL}/",
    "three slashes after the scheme": f"https:///{EVIL}/",
    "backslashes after the scheme": f"https:\\\\{EVIL}\\",
    "a host alone": EVIL,
    "a word": "accounts",
    "an address of mail": f"a@{EVIL}",
    # Without a scheme
    "two slashes": f"//{EVIL}/",
    "three slashes": f"///{EVIL}/",
    "four slashes": f"////{EVIL}/",
    "slash backslash": f"/\\{EVIL}/",
    "backslash slash": f"\\/{EVIL}/",
    "two backslashes": f"\\\\{EVIL}/",
    "slash and two backslashes": f"/\\\\{EVIL}/",
    "slash, backslash, slash": f"/\\/{EVIL}/",
    "two slashes and a port": f"//{EVIL}:443/",
    "two slashes and our name before an at": f"//localhost@{EVIL}/",
    "two slashes and a password": f"//localhost:80@{EVIL}/",
    "our name as a beginning": f"//localhost.{EVIL}/",
    "an address in numbers": "//2130706433/",
    "an address of six": "//[::1]/",
    "a broken address of six": "//[",
    "dots between the slashes": f"/.//{EVIL}/",
    "two dots between the slashes": f"/..//{EVIL}/",
    "a page and two slashes": f"/accounts//{EVIL}/..",
    # Encoded
    "an encoded slash": f"/%2f{EVIL}/",
    "two encoded slashes": f"%2f%2f{EVIL}/",
    "an encoded backslash": f"/%5c{EVIL}/",
    "an encoded slash, twice": f"/%252f{EVIL}/",
    "an encoded backslash, twice": f"/%255c{EVIL}/",
    "an encoded slash, three times": f"/%25252f{EVIL}/",
    "encoded dots": f"/%2e%2f%2f{EVIL}/",
    "an encoded tab": f"/%09/{EVIL}/",
    "an encoded line break": "/%0d%0aLocation:%20https://" + EVIL,
    "an encoded line break after a page": "/accounts%0d%0aSet-Cookie:%20a=b",
    "an encoded NUL": f"/%00/{EVIL}/",
    "entities": f"&#47;&#47;{EVIL}/",
    "overlong slashes": f"/%c0%af{EVIL}/",
    # Characters nobody sees, and some that look like others
    "a tab": f"/\t/{EVIL}/",
    "a line feed": f"/\n/{EVIL}/",
    "a return": f"/\r/{EVIL}/",
    "a return and a line feed": f"/accounts\r\nLocation: https://{EVIL}/",
    "a space before": f" //{EVIL}/",
    "a control character before": f"\x01//{EVIL}/",
    "a byte order mark": f"\ufeff//{EVIL}/",
    "a space of no width": f"/\u200b/{EVIL}/",
    "a mark that turns the text around": f"/\u202e//{EVIL}/",
    "wide slashes": f"\uff0f\uff0f{EVIL}/",
    "a wide slash after a slash": f"/\uff0f{EVIL}/",
    "a fraction slash": f"/\u2044{EVIL}/",
    "dots of another alphabet": "//evil\u3002example/",
    "wide dots": "//evil\uff0eexample/",
    # No address at all
    "a script": "javascript:alert(1)",
    "a script in pieces": "java\tscript:alert(1)",
    "a script behind two slashes": "javascript://%0aalert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "vbscript": "vbscript:msgbox(1)",
    "a view of the source": f"view-source:https://{EVIL}/",
    "a tag": '/"><script>alert(1)</script>',
    "a quote and a handler": '/accounts" onfocus="alert(1)',
    "another page of our own that only takes forms": "/sign-out",
    "no page of ours": "/nowhere",
    "very long": "/accounts?" + "a" * 9000,
    "very long and elsewhere": f"//{EVIL}/" + "a" * 9000,
}

_IGNORED = re.compile(r"[\t\n\r]")
_HARMLESS = frozenset({"mailto", "tel"})


def leaves(address: str, base: str = "http://localhost/somewhere") -> bool:
    """Whether a browser that finds this address on a page of ours would go elsewhere, or run something."""
    plain = _IGNORED.sub("", address.strip("".join(map(chr, range(33))))).replace("\\", "/")
    if re.match(r"[a-zA-Z][a-zA-Z0-9+.-]*:", plain):
        scheme = plain.partition(":")[0].lower()
        if scheme in _HARMLESS:
            return False
        if scheme not in ("http", "https"):
            return True
        plain = re.sub(r"^(\w+):/*", r"\1://", plain)
    elif plain.startswith("//"):
        plain = "//" + plain.lstrip("/")  # a browser counts more slashes as two
    try:
        return urlsplit(urljoin(base, plain)).netloc != urlsplit(base).netloc
    except ValueError:
        return True
