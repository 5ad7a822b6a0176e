"""What the proxy that we describe offers: its own file is the one that operators copy."""

from __future__ import annotations

import re

from tests.support.source_files import ROOT

CONFIGURATION = (ROOT / "docs" / "running" / "nginx.conf").read_text()


def servers() -> list[str]:
    return CONFIGURATION.split("\nserver {")[1:]


def test_a_program_is_never_led_from_plain_http_to_https() -> None:
    (plain,) = [one for one in servers() if "listen 80;" in one]
    places = dict(re.findall(r"location (\S+) \{([^}]*)\}", plain))
    assert "return 301 https://" in places["/"]
    assert "return 403" in places["/api/"]
    outside = re.sub(r"location \S+ \{[^}]*\}", "", plain)
    assert "return" not in outside, "it would hold for programs, too"


def test_only_ciphers_with_forward_secrecy_are_offered() -> None:
    (encrypted,) = [one for one in servers() if "ssl_certificate " in one]
    found = re.search(r"ssl_ciphers (\S+);", encrypted)
    assert found is not None
    for cipher in found[1].split(":"):
        assert cipher.startswith("ECDHE-"), cipher
        assert "GCM" in cipher or "POLY1305" in cipher, cipher
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in encrypted
